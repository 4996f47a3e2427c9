#include "io/udp.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <ctime>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string>
#include <sys/socket.h>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace luso::io {
namespace asio = boost::asio;
using asio::ip::udp;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kControlBytes = 128;     // A time stamp and an address.
constexpr std::chrono::seconds kQueuedMax{5};  // An older stamp means that the wall clock was set.

// Beyond the system's limit when we may (CAP_NET_ADMIN), else up to it.
std::size_t set_buffer(int socket, int force_option, int option, std::size_t wanted) {
  int bytes = static_cast<int>(wanted);
  if (::setsockopt(socket, SOL_SOCKET, force_option, &bytes, sizeof bytes) != 0) {
    static_cast<void>(::setsockopt(socket, SOL_SOCKET, option, &bytes, sizeof bytes));
  }
  socklen_t size = sizeof bytes;
  if (::getsockopt(socket, SOL_SOCKET, option, &bytes, &size) != 0) return 0;
  return static_cast<std::size_t>(bytes) / 2;  // The kernel reports twice what it was given (socket(7)).
}

// A kernel without UDP segmentation does not know the option.
bool has_segmentation(int socket) {
  int bytes = 0;
  socklen_t size = sizeof bytes;
  return ::getsockopt(socket, IPPROTO_UDP, UDP_SEGMENT, &bytes, &size) == 0;
}

void ask_for(int socket, int level, int option) {
  const int on = 1;
  static_cast<void>(::setsockopt(socket, level, option, &on, sizeof on));
}

std::chrono::nanoseconds since_epoch(const timespec& time) {
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

std::chrono::nanoseconds wall_now() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return since_epoch(now);
}

template <typename T>
T read_control(const cmsghdr& header) {
  T value;
  std::memcpy(&value, CMSG_DATA(&header), sizeof value);
  return value;
}

}  // namespace

struct UdpSocket::Batch {
  std::array<std::array<std::uint8_t, kDatagramBytesMax>, kBatchMax> bytes;

  struct Control {
    alignas(cmsghdr) std::array<std::uint8_t, kControlBytes> bytes;
  };

  std::array<Control, kBatchMax> controls;
  std::array<iovec, kBatchMax> pieces;
  std::array<mmsghdr, kBatchMax> headers;
  std::array<UdpDatagram, kBatchMax> datagrams;
  std::array<UdpEndpoint, kBatchMax> remotes;

  void reset() {
    for (std::size_t i = 0; i < kBatchMax; ++i) {
      pieces[i] = {.iov_base = bytes[i].data(), .iov_len = bytes[i].size()};
      msghdr& header = headers[i].msg_hdr;
      header = {};
      header.msg_name = remotes[i].data();
      header.msg_namelen = static_cast<socklen_t>(remotes[i].capacity());
      header.msg_iov = &pieces[i];
      header.msg_iovlen = 1;
      header.msg_control = controls[i].bytes.data();
      header.msg_controllen = controls[i].bytes.size();
    }
  }
};

Result<std::unique_ptr<UdpSocket>> UdpSocket::open(Reactor& reactor, const UdpEndpoint& endpoint,
                                                   Settings settings) {
  udp::socket socket(reactor.executor());
  boost::system::error_code error;
  const auto step = [&error](auto&& action) {
    if (!error) action();
  };
  step([&] { socket.open(endpoint.protocol(), error); });
  if (endpoint.address().is_v6()) step([&] { socket.set_option(asio::ip::v6_only(false), error); });
  step([&] { socket.bind(endpoint, error); });
  step([&] { socket.non_blocking(true, error); });
  if (error) {
    return fail(ErrorKind::unavailable, "io.listen_failed",
                "udp " + endpoint.address().to_string() + ':' + std::to_string(endpoint.port()) + ": " +
                    error.message());
  }
  const int descriptor = socket.native_handle();
  ask_for(descriptor, SOL_SOCKET, SO_TIMESTAMPNS);
  if (endpoint.address().is_unspecified()) {
    if (endpoint.address().is_v6()) {
      ask_for(descriptor, IPPROTO_IPV6, IPV6_RECVPKTINFO);
    } else {
      ask_for(descriptor, IPPROTO_IP, IP_PKTINFO);
    }
  }
  settings.queue.segmentation = settings.queue.segmentation && has_segmentation(descriptor);
  return std::unique_ptr<UdpSocket>(new UdpSocket(std::move(socket), settings));
}

UdpSocket::UdpSocket(udp::socket socket, Settings settings)
    : socket_(std::move(socket)),
      queue_(settings.queue,
             [this](std::span<mmsghdr> messages) {
               return ::sendmmsg(socket_.native_handle(), messages.data(),
                                 static_cast<unsigned>(messages.size()), MSG_DONTWAIT | MSG_NOSIGNAL);
             }),
      batch_(std::make_unique<Batch>()) {
  boost::system::error_code ignored;
  local_ = socket_.local_endpoint(ignored);
  const int descriptor = socket_.native_handle();
  receive_buffer_bytes_ = set_buffer(descriptor, SO_RCVBUFFORCE, SO_RCVBUF, settings.receive_buffer_bytes);
  send_buffer_bytes_ = set_buffer(descriptor, SO_SNDBUFFORCE, SO_SNDBUF, settings.send_buffer_bytes);
}

UdpSocket::~UdpSocket() = default;

Task<void> UdpSocket::receive(Handler handler) {
  for (;;) {
    auto [error] = co_await socket_.async_wait(udp::socket::wait_read, kNoThrow);
    if (error) co_return;
    for (std::size_t i = 0; i < kBatchesMax; ++i) {
      if (receive_batch(handler) < kBatchMax) break;
    }
  }
}

std::size_t UdpSocket::receive_batch(const Handler& handler) {
  batch_->reset();
  const int count =
      ::recvmmsg(socket_.native_handle(), batch_->headers.data(), kBatchMax, MSG_DONTWAIT, nullptr);
  ++received_.calls;
  if (count <= 0) return 0;
  const MonoTime now = std::chrono::steady_clock::now();
  const std::chrono::nanoseconds wall = wall_now();
  std::size_t good = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(count); ++i) {
    if ((batch_->headers[i].msg_hdr.msg_flags & MSG_TRUNC) != 0) {
      ++received_.truncated;
      continue;
    }
    UdpDatagram& datagram = batch_->datagrams[good++];
    datagram = datagram_at(i, now, wall);
    received_.bytes += datagram.bytes.size();
  }
  received_.received += good;
  handler(std::span(batch_->datagrams).first(good));
  flush();
  return static_cast<std::size_t>(count);
}

UdpDatagram UdpSocket::datagram_at(std::size_t index, MonoTime now, std::chrono::nanoseconds wall) {
  msghdr& header = batch_->headers[index].msg_hdr;
  batch_->remotes[index].resize(header.msg_namelen);
  UdpDatagram datagram{.bytes = std::span(batch_->bytes[index]).first(batch_->headers[index].msg_len),
                       .path = {.remote = batch_->remotes[index], .local = {}},
                       .arrived = now};
  for (cmsghdr* control = CMSG_FIRSTHDR(&header); control != nullptr;
       control = CMSG_NXTHDR(&header, control)) {
    if (control->cmsg_level == SOL_SOCKET && control->cmsg_type == SCM_TIMESTAMPNS) {
      const auto queued = wall - since_epoch(read_control<timespec>(*control));
      if (queued.count() > 0 && queued < kQueuedMax) datagram.arrived = now - queued;
    } else if (control->cmsg_level == IPPROTO_IP && control->cmsg_type == IP_PKTINFO) {
      const in_addr address = read_control<in_pktinfo>(*control).ipi_spec_dst;
      datagram.path.local = asio::ip::address_v4(ntohl(address.s_addr));
    } else if (control->cmsg_level == IPPROTO_IPV6 && control->cmsg_type == IPV6_PKTINFO) {
      asio::ip::address_v6::bytes_type address;
      const auto info = read_control<in6_pktinfo>(*control);
      std::memcpy(address.data(), &info.ipi6_addr, address.size());
      datagram.path.local = asio::ip::address_v6(address);
    }
  }
  return datagram;
}

void UdpSocket::send(const UdpPath& to, std::span<const std::uint8_t> bytes) {
  begin(to);
  const std::span<std::uint8_t> into = room(bytes.size());
  if (into.empty()) return;
  std::ranges::copy(bytes, into.begin());
  add(bytes.size());
}

void UdpSocket::flush() {
  if (queue_.flush() || waiting_ || !socket_.is_open()) return;
  wait_writable();
}

void UdpSocket::wait_writable() {
  waiting_ = true;
  socket_.async_wait(udp::socket::wait_write,
                     [this, alive = std::weak_ptr(alive_)](const boost::system::error_code& error) {
                       if (error || alive.expired()) return;
                       waiting_ = false;
                       if (!queue_.resume()) wait_writable();
                     });
}

void UdpSocket::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

}  // namespace luso::io
