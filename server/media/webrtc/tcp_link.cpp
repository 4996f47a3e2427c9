#include "media/webrtc/tcp_link.h"

#include <algorithm>
#include <utility>

#include <boost/asio/socket_base.hpp>

#include "proto/rfc4571.h"

namespace luso::media::webrtc {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr std::size_t kKeptBytes = std::size_t{8} << 10U;  // An idle connection holds no more.

io::UdpEndpoint as_udp(const tcp::endpoint& endpoint) {
  return {endpoint.address(), endpoint.port()};
}

}  // namespace

TcpLink::TcpLink(tcp::socket socket, std::uint64_t id, MonoTime now)
    : wire_(std::move(socket)), opened_(now) {
  boost::system::error_code ignored;
  wire_.socket().set_option(asio::socket_base::send_buffer_size(kKernelBytesMax), ignored);
  route_.udp.remote = as_udp(wire_.remote());
  route_.tcp = id;
}

Task<TcpLink::Ending> TcpLink::receive(Handler handler) {
  proto::rfc4571::Deframer deframer;
  std::size_t unknown_bytes = 0;
  while (open_) {
    const auto room = deframer.prepare();
    const std::span<char> into(reinterpret_cast<char*>(room.data()), room.size());
    const std::size_t bytes = co_await wire_.read_some(into);
    if (bytes == 0 || !open_) co_return Ending::closed;
    deframer.commit(bytes);
    while (const auto frame = deframer.next()) {
      handler(*frame);
      if (!open_) co_return Ending::closed;
    }
    if (deframer.failed()) co_return Ending::garbage;
    if (!known_ && (unknown_bytes += bytes) > kUnknownBytesMax) co_return Ending::silent;
  }
  co_return Ending::closed;
}

void TcpLink::close() {
  open_ = false;
  wire_.abort();
}

std::span<std::uint8_t> TcpLink::room(std::size_t bytes_max) {
  constexpr std::size_t kLength = proto::rfc4571::kLengthBytes;
  if (!open_ || waiting() + kLength + bytes_max > kOutputBytesMax) return {};
  if (sent_ > kOutputBytesMax / 2) {
    std::copy(output_.begin() + static_cast<std::ptrdiff_t>(sent_),
              output_.begin() + static_cast<std::ptrdiff_t>(used_), output_.begin());
    used_ -= sent_;
    sent_ = 0;
  }
  if (output_.size() < used_ + kLength + bytes_max) output_.resize(used_ + kLength + bytes_max);
  return std::span(output_).subspan(used_ + kLength, bytes_max);
}

void TcpLink::add(std::size_t bytes) {
  if (bytes == 0) return;
  output_[used_] = static_cast<std::uint8_t>(bytes >> 8U);
  output_[used_ + 1] = static_cast<std::uint8_t>(bytes);
  used_ += proto::rfc4571::kLengthBytes + bytes;
}

bool TcpLink::send(ByteView datagram) {
  const auto into = room(datagram.size());
  if (into.empty()) return false;
  std::ranges::copy(datagram, into.begin());
  add(datagram.size());
  return true;
}

void TcpLink::flush() {
  if (!open_ || waiting_ || waiting() == 0) return;
  const iovec piece{.iov_base = output_.data() + sent_, .iov_len = waiting()};
  const std::ptrdiff_t sent = wire_.try_write(std::span(&piece, 1));
  if (sent < 0) {
    close();  // receive() tells.
    return;
  }
  sent_ += static_cast<std::size_t>(sent);
  if (waiting() > 0) {
    wait_writable();
    return;
  }
  sent_ = used_ = 0;
  if (output_.size() > kKeptBytes) output_ = Bytes();
}

void TcpLink::wait_writable() {
  waiting_ = true;
  wire_.socket().async_wait(tcp::socket::wait_write,
                            [self = shared_from_this()](const boost::system::error_code& error) {
                              self->waiting_ = false;
                              if (!error) self->flush();
                            });
}

}  // namespace luso::media::webrtc
