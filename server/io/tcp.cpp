#include "io/tcp.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "io/reactor.h"
#include "io/tls.h"

namespace luso::io {
namespace asio = boost::asio;
using asio::ip::tcp;

namespace {

constexpr auto kNoThrow = asio::as_tuple(asio::use_awaitable);
constexpr auto kInPlace =
    asio::as_tuple(asio::deferred);                 // Awaited where it is begun, without a frame of its own.
constexpr std::size_t kIovecMax = 1024;             // What the kernel takes in one call (IOV_MAX).
constexpr std::size_t kTlsRecordBytes = 16 * 1024;  // RFC 8446, 5.1.
constexpr std::size_t kSendfileBytesMax = 512 * 1024;  // Then other connections have their turn.
constexpr int kListenBacklog = 4096;

std::size_t size_of(std::span<const iovec> pieces) {
  std::size_t total = 0;
  for (const iovec& piece : pieces) total += piece.iov_len;
  return total;
}

// What is left of `pieces` after their first `taken` bytes.
std::vector<iovec> rest_of(std::span<const iovec> pieces, std::size_t taken) {
  std::vector<iovec> rest;
  for (iovec piece : pieces) {
    const std::size_t skipped = std::min(taken, piece.iov_len);
    taken -= skipped;
    if (skipped == piece.iov_len) continue;
    piece.iov_base = static_cast<char*>(piece.iov_base) + skipped;
    piece.iov_len -= skipped;
    rest.push_back(piece);
  }
  return rest;
}

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

Error listen_error(const tcp::endpoint& endpoint, const boost::system::error_code& error) {
  return Error{.kind = ErrorKind::unavailable,
               .reason = "io.listen_failed",
               .detail = endpoint.address().to_string() + ':' + std::to_string(endpoint.port()) + ": " +
                         error.message(),
               .field = {},
               .retry_after_s = 0};
}

Result<tcp::acceptor> listen_once(asio::any_io_executor executor, const tcp::endpoint& endpoint,
                                  bool share_port) {
  using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;
  tcp::acceptor acceptor(std::move(executor));
  boost::system::error_code error;
  const auto step = [&error](auto&& action) {
    if (!error) action();
  };
  step([&] { acceptor.open(endpoint.protocol(), error); });
  step([&] { acceptor.set_option(tcp::acceptor::reuse_address(true), error); });
  if (share_port) step([&] { acceptor.set_option(ReusePort(true), error); });
  if (endpoint.address().is_v6()) step([&] { acceptor.set_option(asio::ip::v6_only(false), error); });
  step([&] { acceptor.bind(endpoint, error); });
  step([&] { acceptor.listen(kListenBacklog, error); });
  if (error) return tl::unexpected(listen_error(endpoint, error));
  return acceptor;
}

}  // namespace

struct Wire::Tls {
  std::shared_ptr<asio::ssl::context> context;
  asio::ssl::stream<tcp::socket&> stream;
  std::array<char, kTlsRecordBytes> record;  // Small pieces leave together.

  Tls(tcp::socket& socket, const TlsContext& tls) : context(tls.current()), stream(socket, *context) {}
};

Wire::Wire(tcp::socket socket, const TlsContext* tls) : socket_(std::move(socket)) {
  boost::system::error_code ignored;
  remote_ = socket_.remote_endpoint(ignored);
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.non_blocking(true, ignored);
  if (tls != nullptr) tls_ = std::make_unique<Tls>(socket_, *tls);
}

Wire::~Wire() = default;

bool Wire::is_tls() const {
  return tls_ != nullptr;
}

tcp::socket& Wire::socket() {
  return socket_;
}

Task<bool> Wire::handshake() {
  if (!tls_) co_return true;
  auto [error] = co_await tls_->stream.async_handshake(asio::ssl::stream_base::server, kNoThrow);
  co_return !error;
}

Task<std::size_t> Wire::read_some(std::span<char> into) {
  const asio::mutable_buffer buffer(into.data(), into.size());
  if (tls_) {
    auto [error, size] = co_await tls_->stream.async_read_some(buffer, kNoThrow);
    co_return error ? 0 : size;
  }
  auto [error, size] = co_await socket_.async_read_some(buffer, kInPlace);
  co_return error ? 0 : size;
}

std::ptrdiff_t Wire::try_write(std::span<const iovec> pieces) {
  if (tls_) return 0;
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(pieces.data());  // The kernel only reads them.
  message.msg_iovlen = std::min(pieces.size(), kIovecMax);
  const ssize_t sent = ::sendmsg(socket_.native_handle(), &message, MSG_NOSIGNAL | MSG_DONTWAIT);
  if (sent < 0) return would_block() ? 0 : -1;
  bytes_written_ += static_cast<std::uint64_t>(sent);
  return sent;
}

Task<bool> Wire::wait_writable() {
  auto [error] = co_await socket_.async_wait(tcp::socket::wait_write, kNoThrow);
  co_return !error;
}

Task<bool> Wire::write(std::span<const iovec> pieces) {
  return write_rest(pieces, try_write(pieces));
}

Task<bool> Wire::write_rest(std::span<const iovec> pieces, std::ptrdiff_t taken) {
  if (tls_) {
    const bool written = co_await write_tls(pieces);
    co_return written;
  }
  std::size_t left = size_of(pieces);
  std::vector<iovec> rest;
  while (taken >= 0) {
    left -= static_cast<std::size_t>(taken);
    if (left == 0) co_return true;
    rest = rest_of(rest.empty() ? pieces : rest, static_cast<std::size_t>(taken));
    if (!co_await wait_writable()) co_return false;
    taken = try_write(rest);
  }
  co_return false;
}

Task<bool> Wire::write_tls(std::span<const iovec> pieces) {
  std::size_t at = 0;      // Index of the piece,
  std::size_t inside = 0;  // and what of it has gone.
  while (at < pieces.size()) {
    std::size_t filled = 0;
    while (at < pieces.size() && filled < kTlsRecordBytes) {
      const std::size_t size = std::min(kTlsRecordBytes - filled, pieces[at].iov_len - inside);
      std::memcpy(tls_->record.data() + filled, static_cast<const char*>(pieces[at].iov_base) + inside, size);
      filled += size;
      inside += size;
      if (inside == pieces[at].iov_len) ++at, inside = 0;
    }
    for (std::size_t gone = 0; gone < filled;) {
      const asio::const_buffer buffer(tls_->record.data() + gone, filled - gone);
      auto [error, size] = co_await tls_->stream.async_write_some(buffer, kNoThrow);
      if (error) co_return false;
      gone += size;
      bytes_written_ += size;
    }
  }
  co_return true;
}

Task<bool> Wire::write(std::string_view text) {
  const iovec piece{.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};
  const bool written = co_await write(std::span(&piece, 1));
  co_return written;
}

Task<bool> Wire::send_file(int file, std::uint64_t offset, std::uint64_t length) {
  std::vector<char> block(tls_ ? kTlsRecordBytes : 0);
  while (length > 0) {
    if (tls_) {
      const ssize_t size = ::pread(file, block.data(), std::min<std::uint64_t>(block.size(), length),
                                   static_cast<off_t>(offset));
      if (size <= 0) co_return false;
      if (!co_await write(std::string_view(block.data(), static_cast<std::size_t>(size)))) co_return false;
      offset += static_cast<std::uint64_t>(size);
      length -= static_cast<std::uint64_t>(size);
      continue;
    }
    auto from = static_cast<off_t>(offset);
    const auto sent =
        ::sendfile(socket_.native_handle(), file, &from, std::min<std::uint64_t>(length, kSendfileBytesMax));
    if (sent == 0) co_return false;  // The file became shorter.
    if (sent < 0 && !would_block()) co_return false;
    if (sent > 0) {
      offset += static_cast<std::uint64_t>(sent);
      length -= static_cast<std::uint64_t>(sent);
      bytes_written_ += static_cast<std::uint64_t>(sent);
    }
    if (length > 0 && !co_await wait_writable()) co_return false;
  }
  co_return true;
}

Task<void> Wire::finish() {
  if (tls_) co_await tls_->stream.async_shutdown(kNoThrow);
  boost::system::error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void Wire::abort() {
  boost::system::error_code ignored;
  socket_.close(ignored);
}

bool Wire::peer_is_gone() const {
  pollfd poll{.fd = const_cast<tcp::socket&>(socket_).native_handle(), .events = POLLRDHUP, .revents = 0};
  return ::poll(&poll, 1, 0) > 0 && (poll.revents & (POLLRDHUP | POLLHUP | POLLERR | POLLNVAL)) != 0;
}

Result<tcp::endpoint> endpoint_of(const std::string& address, std::uint16_t port) {
  boost::system::error_code error;
  const auto parsed = asio::ip::make_address(address, error);
  if (error) return fail(ErrorKind::invalid, "io.bad_address", "'" + address + "' is not an IP address");
  return tcp::endpoint(parsed, port);
}

Result<std::vector<tcp::acceptor>> listen_on_all(Reactors& reactors, tcp::endpoint endpoint) {
  if (endpoint.port() != 0) {
    // SO_REUSEPORT would share the port with another process of ours, silently: ask without it first.
    TRY([[maybe_unused]] const tcp::acceptor probe, listen_once(reactors.home().executor(), endpoint, false));
  }
  std::vector<tcp::acceptor> acceptors;
  for (std::size_t i = 0; i < reactors.size(); ++i) {
    TRY(tcp::acceptor acceptor, listen_once(reactors.at(i).executor(), endpoint, true));
    endpoint.port(acceptor.local_endpoint().port());
    acceptors.push_back(std::move(acceptor));
  }
  return acceptors;
}

}  // namespace luso::io
