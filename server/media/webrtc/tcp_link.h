#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include <boost/asio/ip/tcp.hpp>

#include "base/bytes.h"
#include "base/clock.h"
#include "io/task.h"
#include "io/tcp.h"
#include "media/webrtc/ice.h"

namespace luso::media::webrtc {

// One ICE-TCP connection that a remote opened to us (RFC 6544): datagrams both ways, each behind its length
// (RFC 4571). Lives on its port's reactor.
class TcpLink : public std::enable_shared_from_this<TcpLink> {
 public:
  // Of one connection, waiting for the kernel: about a second of video. Beyond it packets are dropped, and
  // whoever sends skips to a keyframe.
  static constexpr std::size_t kOutputBytesMax = std::size_t{256} << 10U;
  // What the kernel may hold besides: what lies there is late already.
  static constexpr int kKernelBytesMax = 128 << 10U;
  // Before its first valid check a connection is nobody's.
  static constexpr std::size_t kUnknownBytesMax = 4'096;
  static constexpr std::chrono::seconds kUnknownMax{5};

  TcpLink(boost::asio::ip::tcp::socket socket, std::uint64_t id, MonoTime now);

  enum class Ending : std::uint8_t { closed, garbage, silent };

  // Hands out each frame, which may be written over, until either side closes the connection.
  using Handler = std::function<void(std::span<std::uint8_t> frame)>;
  [[nodiscard]] Task<Ending> receive(Handler handler);
  void close();

  [[nodiscard]] const Route& route() const { return route_; }

  [[nodiscard]] bool is_known() const { return known_; }

  void set_known() { known_ = true; }

  [[nodiscard]] MonoTime opened() const { return opened_; }

  // As io::UdpSocket's: room for one datagram, then add() it, and flush() at the end of a round.
  [[nodiscard]] std::span<std::uint8_t> room(std::size_t bytes_max);
  void add(std::size_t bytes);
  void flush();
  bool send(ByteView datagram);  // One, at the next flush; false when it was dropped.

  [[nodiscard]] std::size_t waiting() const { return used_ - sent_; }

 private:
  void wait_writable();

  io::Wire wire_;
  Route route_;
  MonoTime opened_;
  bool known_ = false, open_ = true, waiting_ = false;
  Bytes output_;  // [sent_, used_) is still to go; beyond lies what room() gave out.
  std::size_t sent_ = 0, used_ = 0;
};

}  // namespace luso::media::webrtc
