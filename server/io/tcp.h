#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <sys/uio.h>
#include <vector>

#include <boost/asio/ip/tcp.hpp>

#include "base/result.h"
#include "io/task.h"

namespace luso::io {

class Reactors;
class TlsContext;

// A TCP connection, with TLS on it or without, that lives on one reactor. It keeps no deadlines: whoever owns
// it looks at bytes_written() and a clock now and then, and calls abort(), which ends every pending call at
// once.
class Wire {
 public:
  // The server's side; plain without `tls`.
  explicit Wire(boost::asio::ip::tcp::socket socket, const TlsContext* tls = nullptr);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // TLS: must succeed before the first read. Plain: true at once.
  [[nodiscard]] Task<bool> handshake();
  // What came, at least one byte; 0 when the peer has ended or the connection is broken.
  [[nodiscard]] Task<std::size_t> read_some(std::span<char> into);
  // All of it, in order, with as few system calls as the kernel allows; false when the connection is broken.
  [[nodiscard]] Task<bool> write(std::span<const iovec> pieces);
  [[nodiscard]] Task<bool> write(std::string_view text);
  // Sends without waiting what fits now; returns the bytes taken, or -1 when the connection is broken. Plain
  // TCP sends at once; with TLS it always takes nothing.
  [[nodiscard]] std::ptrdiff_t try_write(std::span<const iovec> pieces);
  // Goes on where try_write() of the same pieces stopped; `taken` is what it returned.
  [[nodiscard]] Task<bool> write_rest(std::span<const iovec> pieces, std::ptrdiff_t taken);
  // From an open file: sendfile on plain TCP, read and write on TLS.
  [[nodiscard]] Task<bool> send_file(int file, std::uint64_t offset, std::uint64_t length);

  // Says that we send no more (close_notify and FIN).
  [[nodiscard]] Task<void> finish();
  void abort();
  // The peer has closed or reset, as far as the kernel knows. One system call.
  [[nodiscard]] bool peer_is_gone() const;

  [[nodiscard]] bool is_tls() const;

  [[nodiscard]] boost::asio::ip::tcp::endpoint remote() const { return remote_; }

  // Bytes written since the connection began: a stalled reader's counter does not move.
  [[nodiscard]] std::uint64_t bytes_written() const { return bytes_written_; }

  [[nodiscard]] boost::asio::ip::tcp::socket& socket();

 private:
  struct Tls;
  [[nodiscard]] Task<bool> write_tls(std::span<const iovec> pieces);
  [[nodiscard]] Task<bool> wait_writable();

  boost::asio::ip::tcp::socket socket_;
  std::unique_ptr<Tls> tls_;
  boost::asio::ip::tcp::endpoint remote_;
  std::uint64_t bytes_written_ = 0;
};

// One listening socket a reactor, all on the same port (SO_REUSEPORT): the kernel spreads connections, and
// each lives where it was accepted. Port 0 takes a free one. A port that anybody listens on already is an
// error, even where the kernel would let us share it.
[[nodiscard]] Result<std::vector<boost::asio::ip::tcp::acceptor>> listen_on_all(
    Reactors& reactors, boost::asio::ip::tcp::endpoint endpoint);
// "0.0.0.0", "::", "127.0.0.1" and a port.
[[nodiscard]] Result<boost::asio::ip::tcp::endpoint> endpoint_of(const std::string& address,
                                                                 std::uint16_t port);

}  // namespace luso::io
