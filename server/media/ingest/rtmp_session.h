#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "io/reactor.h"
#include "io/tcp.h"
#include "media/directory.h"
#include "media/ingest/context.h"
#include "media/ingest/flv_feed.h"
#include "media/publisher.h"
#include "proto/rtmp.h"

namespace luso::media {

// One encoder's connection, from accept to close, on the reactor that accepted it.
class RtmpSession final : public PublisherPort, public std::enable_shared_from_this<RtmpSession> {
 public:
  static constexpr std::size_t kReadBytes = 32 * 1024;
  static constexpr std::chrono::seconds kHandshakeDeadline{5};  // From accept, TLS included.
  static constexpr std::chrono::seconds kPublishDeadline{10};   // From the handshake until it publishes.
  static constexpr std::chrono::seconds kAuthorityDeadline{10};
  static constexpr std::chrono::seconds kTransportInterval{1};  // Between facts about the connection.
  static constexpr std::chrono::seconds kCloseDeadline{2};      // For the last words to be read.

  RtmpSession(const IngestContext& context, io::Reactor& reactor, boost::asio::ip::tcp::socket socket,
              const io::TlsContext* tls);

  [[nodiscard]] Task<void> run();
  void dismiss(UnpublishCause cause) override;
  void check(MonoTime now);  // Called every so often; ends what has passed its deadline.

 private:
  enum class Phase : std::uint8_t { handshake, connecting, asking, publishing, closing };

  void enter(Phase phase);
  void say_goodbye(UnpublishCause cause);
  [[nodiscard]] Task<void> serve();
  [[nodiscard]] Task<bool> take_events();
  [[nodiscard]] Task<bool> write_output();
  [[nodiscard]] Task<void> decide(proto::rtmp::PublishRequested request);
  [[nodiscard]] Task<Result<PublishGrant>> ask(PublishRequest request);
  [[nodiscard]] Task<void> hand_over_media();
  void refuse(const Error& error);
  void end_publish(UnpublishCause cause);

  [[nodiscard]] std::string remote() const { return wire_.remote().address().to_string(); }

  const IngestContext& context_;
  io::Reactor& reactor_;
  io::Wire wire_;
  proto::rtmp::Session session_;
  Phase phase_ = Phase::handshake;
  MonoTime since_;
  std::vector<char> buffer_;
  FlvFeed feed_;
  MediaEvents events_;
  MonoTime transport_told_{};
  std::optional<StreamDirectory::Ticket> ticket_;
  std::optional<UnpublishCause> dismissed_;
  bool finished_politely_ = false;
  bool cut_off_ = false;  // It passed a deadline: nothing it asked for counts any more.
};

}  // namespace luso::media
