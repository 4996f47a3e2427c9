#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "channels/town_pgtest.h"
#include "live/broadcasts.h"
#include "live/gate.h"
#include "live/tokens.h"
#include "live/viewers.h"

namespace luso::live {

// An engine without pictures: it remembers whom it was told to disconnect.
class EngineStandIn final : public Engine {
 public:
  struct Disconnected {
    StreamId stream_id;
    media::UnpublishCause cause;
    friend bool operator==(const Disconnected&, const Disconnected&) = default;
  };

  Task<void> disconnect(StreamId stream_id, media::UnpublishCause cause) override {
    disconnected.push_back({stream_id, cause});
    co_return;
  }

  Task<std::optional<media::IngestFacts>> facts_of(StreamId stream_id) override {
    const auto found = facts.find(stream_id.value);
    if (found == facts.end()) co_return std::nullopt;
    co_return found->second;
  }

  std::vector<Disconnected> disconnected;
  std::map<std::int64_t, media::IngestFacts> facts;
};

// A town with everything live needs, and short words for what encoders and viewers do.
class Studio : public channels::TownForTests {
 public:
  Studio() { start(); }

  ~Studio() { std::filesystem::remove_all(folder_); }

  // As after a kill -9: nothing in memory is left; the database and the keyring are.
  void restart() {
    start();
    LUSO_CHECK(run(gate->resume_after_restart()));
  }

  Result<CreatedStream> try_create(UserId owner, std::string category = "fado") {
    const NewStream stream{
        .user_id = owner, .title = "Fado à janela", .category = std::move(category), .language = "pt-PT"};
    return run(broadcasts->create(owner, std::nullopt, stream));
  }

  struct Created {
    Stream stream;
    PublishSettings publish;
  };

  Created create(UserId owner) {
    CreatedStream created = try_create(owner).value();
    return {.stream = std::move(created.stream), .publish = created.publish.value()};
  }

  Stream stream(StreamId id) { return run(broadcasts->get(id)).value(); }

  Result<media::PublishGrant> try_publish(const std::string& stream_key, const std::string& token) {
    const media::PublishRequest request{
        .stream_key = stream_key, .token = token, .remote = {}, .protocol = "rtmp"};
    return run(gate->may_publish(request));
  }

  std::string_view refusal(const PublishSettings& publish) {
    const auto grant = try_publish(publish.stream_key, publish.token);
    return grant ? "granted" : grant.error().reason;
  }

  // An encoder connects and its first picture arrives.
  media::PublishGrant go_live(const PublishSettings& publish) {
    const auto grant = try_publish(publish.stream_key, publish.token).value();
    run(gate->on_live(grant));
    return grant;
  }

  // A stream with a picture, for tests that are about something else.
  StreamId on_air(UserId owner) {
    const Created created = create(owner);
    go_live(created.publish);
    return created.stream.id;
  }

  void drop(const media::PublishGrant& grant,
            media::UnpublishCause cause = media::UnpublishCause::connection_lost) {
    run(gate->on_unpublished(grant, cause));
  }

  EngineStandIn engine;
  SeededRandom random{11};
  Settings settings;
  std::unique_ptr<Keyring> keyring;
  std::optional<Broadcasts> broadcasts;
  std::optional<Gate> gate;
  std::optional<Viewers> viewers;

 private:
  void start() {
    gate.reset();
    broadcasts.reset();
    settings.keyring_file = folder_ + "/keys/stream_jwt.json";
    keyring = Keyring::open(settings.keyring_file, clock.now(), random).value();
    broadcasts.emplace(clock, random, world.pg(), engine, *keyring, settings);
    gate.emplace(clock, random, world.pg(), engine, *broadcasts, *keyring, settings);
    viewers.emplace(clock, world.pg());
  }

  static std::string temporary_folder() {
    std::string name = (std::filesystem::temp_directory_path() / "lusotown-studio-XXXXXX").string();
    return mkdtemp(name.data());
  }

  const std::string folder_ = temporary_folder();
};

}  // namespace luso::live
