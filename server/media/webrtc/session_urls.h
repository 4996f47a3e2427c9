#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "io/http.h"
#include "io/reactor.h"
#include "media/webrtc/peer.h"
#include "proto/sdp.h"

namespace luso::media::webrtc {

// A viewer or a publisher, as its URL sees it. Lives on its peer's reactor.
class SignalledSession {
 public:
  virtual ~SignalledSession() = default;
  [[nodiscard]] virtual Peer* peer() = 0;  // Null once it is over.
  virtual void leave() = 0;                // DELETE. It has no URL any more.
};

// The URLs of all sessions of one kind: trickling and ICE restarts by PATCH, the end by DELETE (RFC 9725,
// 4.2 and 4.3). A session's id begins with the reactor it lives on, so any HTTP connection reaches it; the
// rest cannot be guessed.
class SessionUrls {
 public:
  using CandidatesOf = std::function<std::vector<proto::sdp::Candidate>(std::size_t reactor)>;

  // `prefix`: "/whep/session/"
  SessionUrls(io::Reactors& reactors, Random& random, std::string prefix, CandidatesOf candidates_of);
  SessionUrls(const SessionUrls&) = delete;
  SessionUrls& operator=(const SessionUrls&) = delete;

  struct Url {
    std::string id;
    std::string location;
    std::string etag;
  };

  // On the session's reactor. `remote_ufrag` is the offer's: another one means that ICE starts over.
  [[nodiscard]] Url add(std::shared_ptr<SignalledSession> session, std::string remote_ufrag);
  void remove(const std::string& id);  // Harmless when it is not there.

  // The id in a path below the prefix.
  [[nodiscard]] std::optional<std::string> id_in(std::string_view path) const;
  // PATCH and DELETE, from any reactor.
  [[nodiscard]] Task<io::HttpResponse> handle(io::HttpRequest& request, std::string id);

  // Every session leaves. While the reactors run.
  [[nodiscard]] Task<void> close_all();

  [[nodiscard]] std::size_t size() const { return size_.load(std::memory_order_relaxed); }  // Any thread.

 private:
  struct Entry {
    std::shared_ptr<SignalledSession> session;
    std::string remote_ufrag;
    std::string etag;
  };

  using Room = std::unordered_map<std::string, Entry>;  // Of one reactor.

  [[nodiscard]] io::Reactor* reactor_of(std::string_view id);
  [[nodiscard]] io::HttpResponse erase(io::Reactor& reactor, const std::string& id,
                                       const io::HttpRequest& request);
  [[nodiscard]] io::HttpResponse patch(io::Reactor& reactor, const std::string& id,
                                       const proto::sdp::Fragment& fragment, const io::HttpRequest& request);
  [[nodiscard]] io::HttpResponse restart(io::Reactor& reactor, Entry& entry,
                                         const proto::sdp::Fragment& fragment);
  [[nodiscard]] std::string new_etag();

  io::Reactors& reactors_;
  Random& random_;
  std::string prefix_;
  CandidatesOf candidates_of_;
  std::vector<Room> rooms_;
  std::atomic<std::size_t> size_ = 0;
};

}  // namespace luso::media::webrtc
