#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "io/http.h"
#include "io/reactor.h"
#include "media/authority.h"
#include "media/egress/llhls/snapshot.h"
#include "media/settings.h"
#include "proto/sdp.h"

namespace luso::io {
class TlsContext;
}

namespace luso::media {

// The media engine as the rest of the server sees it: encoders come in by RTMP, viewers and those who publish
// by WebRTC are answered by handle(). Methods may be called on any reactor unless they say otherwise.
class Engine {
 public:
  // `tls` is for RTMPS and may be null. All of them outlive the engine.
  Engine(EngineSettings settings, io::Reactors& reactors, Authority& authority, Clock& clock,
         const io::TlsContext* tls = nullptr);
  ~Engine();  // After stop(), when start() succeeded.
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Listens, and lets streams that were cut off by the end of the last process wait for their encoders. Call
  // before the reactors start, or from any thread but theirs.
  [[nodiscard]] Result<void> start();
  [[nodiscard]] std::uint16_t rtmp_port() const;
  [[nodiscard]] std::optional<std::uint16_t> rtmps_port() const;
  [[nodiscard]] std::optional<std::uint16_t> webrtc_port() const;  // Of the first reactor.

  // Takes no new encoder, sends the others away, and returns when all of it has been told and stored.
  [[nodiscard]] Task<void> stop();

  // Everything below /hls/, /whep/ and /whip/.
  static constexpr std::size_t kOfferBytesMax = proto::sdp::kBytesMax;  // Of a body for the latter two.
  [[nodiscard]] io::HttpAnswer handle(io::HttpRequest& request);

  // What the encoder really sends; empty while nobody publishes.
  [[nodiscard]] Task<std::optional<IngestFacts>> facts(StreamId stream_id);
  // Empty when the engine does not know the stream.
  [[nodiscard]] Task<std::optional<StreamState>> state(StreamId stream_id);

  // Sends the publisher away at once; the stream waits for another, with another key.
  void revoke(StreamId stream_id, UnpublishCause cause = UnpublishCause::revoked);
  // The stream is over now, publisher or not. Calls Authority::on_ended.
  void end(StreamId stream_id);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace luso::media
