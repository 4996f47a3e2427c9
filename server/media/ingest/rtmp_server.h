#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "io/reactor.h"
#include "io/scope.h"
#include "media/ingest/rtmp_session.h"

namespace luso::io {
class TlsContext;
}

namespace luso::media {

// Listens for encoders on one port, on every reactor.
class RtmpServer {
 public:
  static constexpr std::size_t kConnectionsMax =
      4'096;  // Of one reactor; one more is closed at once and counted.

  struct Settings {
    std::string address;
    std::uint16_t port = 0;
    const io::TlsContext* tls = nullptr;  // RTMPS when set.
  };

  RtmpServer(io::Reactors& reactors, const IngestContext& context, Settings settings);
  ~RtmpServer();

  [[nodiscard]] Result<void> start();

  [[nodiscard]] std::uint16_t port() const { return port_; }

  [[nodiscard]] Task<void> stop();  // After the publishers have been dismissed.

 private:
  struct Door;
  [[nodiscard]] Task<void> accept_loop(Door& door);
  [[nodiscard]] Task<void> watch_loop(Door& door);
  [[nodiscard]] Task<void> serve(Door& door, std::shared_ptr<RtmpSession> session);
  [[nodiscard]] Task<void> close(Door& door);

  io::Reactors& reactors_;
  const IngestContext& context_;
  Settings settings_;
  std::uint16_t port_ = 0;
  std::vector<std::unique_ptr<Door>> doors_;
};

}  // namespace luso::media
