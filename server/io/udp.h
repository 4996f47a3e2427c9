#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include <boost/asio/ip/udp.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "io/reactor.h"
#include "io/task.h"
#include "io/udp_send_queue.h"

namespace luso::io {

// One datagram that came. Its bytes may be written over (decryption in place) and live as long as the call
// that hands it out.
struct UdpDatagram {
  std::span<std::uint8_t> bytes;
  UdpPath path;
  MonoTime arrived;  // When the kernel took it, not when we looked.
};

struct UdpReceiveStats {
  std::uint64_t received = 0;  // Datagrams
  std::uint64_t bytes = 0;
  std::uint64_t calls = 0;      // recvmmsg
  std::uint64_t truncated = 0;  // Longer than kDatagramBytesMax, and thrown away.
};

// A UDP socket that lives on one reactor: datagrams come in batches (recvmmsg) and leave in batches
// (sendmmsg, with UDP segmentation offload where the kernel has it).
class UdpSocket {
 public:
  static constexpr std::size_t kDatagramBytesMax = UdpSendQueue::kDatagramBytesMax;
  static constexpr std::size_t kBatchMax = 64;    // Datagrams a recvmmsg.
  static constexpr std::size_t kBatchesMax = 16;  // Then the reactor's other work has its turn.

  struct Settings {
    // Asked of the kernel, which may give less (net.core.rmem_max): see receive_buffer_bytes().
    std::size_t receive_buffer_bytes = std::size_t{4} << 20U;
    std::size_t send_buffer_bytes = std::size_t{4} << 20U;
    UdpSendQueue::Settings queue;
  };

  // "::" takes IPv4 too, as mapped addresses. Port 0 takes a free one, see local(). Fails with
  // "io.listen_failed", also when somebody else has the port.
  [[nodiscard]] static Result<std::unique_ptr<UdpSocket>> open(Reactor& reactor, const UdpEndpoint& endpoint,
                                                               Settings settings);
  ~UdpSocket();
  UdpSocket(const UdpSocket&) = delete;
  UdpSocket& operator=(const UdpSocket&) = delete;

  using Handler = std::function<void(std::span<UdpDatagram> batch)>;
  // Hands out what comes until close() or cancellation. What the handler sends is flushed after each batch.
  [[nodiscard]] Task<void> receive(Handler handler);

  // Sending: begin(), then room() and add() for each datagram, as in UdpSendQueue; flush() at the end of a
  // round of peers. What the kernel does not take at once leaves when it can, while the queue has room.
  void begin(const UdpPath& to) { queue_.begin(to); }

  [[nodiscard]] std::span<std::uint8_t> room(std::size_t bytes_max) { return queue_.room(bytes_max); }

  void add(std::size_t bytes) { queue_.add(bytes); }

  void send(const UdpPath& to, std::span<const std::uint8_t> bytes);  // One datagram, at the next flush.
  void flush();

  // The kernel takes nothing more: what can wait (retransmissions, bursts) should.
  [[nodiscard]] bool is_congested() const { return waiting_; }

  void close();  // Ends receive().

  [[nodiscard]] UdpEndpoint local() const { return local_; }

  [[nodiscard]] bool segmentation() const { return queue_.segmentation(); }

  [[nodiscard]] std::size_t receive_buffer_bytes() const { return receive_buffer_bytes_; }

  [[nodiscard]] std::size_t send_buffer_bytes() const { return send_buffer_bytes_; }

  [[nodiscard]] const UdpSendStats& sent() const { return queue_.stats(); }

  [[nodiscard]] const UdpReceiveStats& received() const { return received_; }

 private:
  struct Batch;

  UdpSocket(boost::asio::ip::udp::socket socket, Settings settings);
  [[nodiscard]] std::size_t receive_batch(const Handler& handler);
  [[nodiscard]] UdpDatagram datagram_at(std::size_t index, MonoTime now, std::chrono::nanoseconds wall);
  void wait_writable();

  boost::asio::ip::udp::socket socket_;
  UdpEndpoint local_;
  std::size_t receive_buffer_bytes_ = 0, send_buffer_bytes_ = 0;
  UdpSendQueue queue_;
  bool waiting_ = false;
  std::unique_ptr<Batch> batch_;
  UdpReceiveStats received_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);  // For a wait that ends after us.
};

}  // namespace luso::io
