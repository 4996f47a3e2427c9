#include "io/tcp_info.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <optional>
#include <sys/socket.h>

#include "base/clock.h"

namespace luso::io {

std::optional<Duration> round_trip_of(boost::asio::ip::tcp::socket& socket) {
  tcp_info info{};
  socklen_t size = sizeof(info);
  if (!socket.is_open()) return std::nullopt;
  if (::getsockopt(socket.native_handle(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  return Duration(info.tcpi_rtt);
}

}  // namespace luso::io
