#pragma once

#include <atomic>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/text.h"
#include "io/http_server.h"
#include "media/engine.h"

// An engine on free ports with a front door and an authority that tests can ask.
namespace luso::media::testing {

// Grants every key that is a number, as that stream; remembers what it was told.
class FakeAuthority final : public Authority {
 public:
  Task<Result<PublishGrant>> may_publish(PublishRequest request) override;
  Task<void> on_live(PublishGrant grant) override;
  Task<void> on_unpublished(PublishGrant grant, UnpublishCause cause) override;
  Task<void> on_ended(StreamId stream_id) override;

  // "live 7", "unpublished 7 taken_over", "ended 7": waits until it has been told so often; false after a
  // while.
  [[nodiscard]] bool was_told(const std::string& what, std::ptrdiff_t times = 1);

 private:
  void remember(std::string what);

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> told_;
  std::atomic<std::uint64_t> next_publish_id_ = 1;
};

struct Fetched {
  int status = 0;
  std::string headers;  // As they came.
  std::string body;
};

// A child process that is ended with its handle.
class Process {
 public:
  explicit Process(std::vector<std::string> arguments);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  void kill();
  [[nodiscard]] int wait();

 private:
  pid_t pid_ = -1;
};

class World {
 public:
  explicit World(EngineSettings settings = {});
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] std::string rtmp_url(const std::string& key) const;
  [[nodiscard]] std::string http_url(const std::string& path) const;
  [[nodiscard]] Fetched get(const std::string& path, const std::vector<std::string>& headers = {}) const;
  // Asks again until the answer has this text in it; the last answer when it never has.
  [[nodiscard]] Fetched get_until(const std::string& path, const std::string& text) const;

  [[nodiscard]] std::optional<IngestFacts> facts(StreamId stream_id);
  void stop();  // The engine, as the process would.

  FakeAuthority authority;
  SystemClock clock;
  io::Reactors reactors{{.count = 2, .blocking_threads = 2}};
  std::unique_ptr<Engine> engine;

 private:
  std::unique_ptr<io::HttpServer> http_;
  bool stopped_ = false;
};

// A test card with a tone, published as an encoder would, in real time.
[[nodiscard]] std::vector<std::string> ffmpeg_publish(const std::string& url,
                                                      const std::vector<std::string>& extra = {});

}  // namespace luso::media::testing
