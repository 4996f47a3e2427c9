#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <sys/socket.h>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/udp.hpp>

namespace luso::io {

using UdpEndpoint = boost::asio::ip::udp::endpoint;

// Whom a datagram came from, and which of our addresses it was sent to: an answer that leaves from another
// address is lost in most NATs and firewalls.
struct UdpPath {
  UdpEndpoint remote;
  boost::asio::ip::address local;  // Unspecified (0.0.0.0): the kernel chooses.
  friend bool operator==(const UdpPath&, const UdpPath&) = default;
};

// What became of everything that was sent, in datagrams unless it says otherwise.
struct UdpSendStats {
  std::uint64_t sent = 0;
  std::uint64_t bytes = 0;
  std::uint64_t messages = 0;      // What the kernel was handed: a run of datagrams to one peer counts once.
  std::uint64_t calls = 0;         // sendmmsg
  std::uint64_t dropped_full = 0;  // The kernel took nothing more and the queue was full.
  std::uint64_t dropped_failed = 0;  // The kernel refused them: no route, too long, a firewall.
  std::uint64_t runs_split = 0;      // Runs the kernel did not segment; sent one by one.
};

// Datagrams to many peers on their way to one socket, written in place into one buffer. Those of one begin()
// that are equally long, but for a shorter last one, leave as one message that the kernel (or the network
// card) cuts: UDP segmentation offload, a third of the cost. No sockets here: the system call is handed in.
class UdpSendQueue {
 public:
  static constexpr std::size_t kDatagramBytesMax = 2'048;
  static constexpr std::size_t kRunDatagramsMax = 64;  // UDP_MAX_SEGMENTS of older kernels.
  static constexpr std::size_t kRunBytesMax = 65'000;  // An IP packet's 16 bits, less the headers.
  static constexpr std::size_t kMessagesPerCallMax = 256;

  struct Settings {
    std::size_t bytes_max = std::size_t{256} << 10U;  // Beyond it a flush; beyond that drops, counted.
    bool segmentation = true;
  };

  // As sendmmsg: the number of messages taken, or -1 with errno.
  using Send = std::function<int(std::span<mmsghdr> messages)>;

  UdpSendQueue(Settings settings, Send send);

  // What is added from here on goes to this peer.
  void begin(const UdpPath& to);
  // Room for one datagram of at most so many bytes, to write into and then add(). Empty when there is none:
  // that datagram is dropped and counted.
  [[nodiscard]] std::span<std::uint8_t> room(std::size_t bytes_max);
  void add(std::size_t bytes);

  // False when the kernel takes nothing more: until resume(), which is for when the socket is writable again,
  // what is added stays here.
  bool flush();
  bool resume();

  [[nodiscard]] bool empty() const { return messages_.empty(); }

  [[nodiscard]] bool segmentation() const { return settings_.segmentation; }

  [[nodiscard]] const UdpSendStats& stats() const { return stats_; }

 private:
  struct Message {
    UdpPath to;
    std::uint32_t offset = 0;
    std::uint32_t bytes = 0;
    std::uint32_t datagrams = 0;
    std::uint16_t segment = 0;  // Bytes of each datagram but the last.
    bool closed = false;        // Its last datagram was shorter.
  };

  struct Control {
    alignas(cmsghdr) std::uint8_t bytes[64];
  };

  [[nodiscard]] bool fits(const Message& run, std::size_t bytes) const;
  [[nodiscard]] std::span<mmsghdr> prepare();
  void prepare(const Message& message, std::size_t index);
  void take_accepted(std::size_t messages);
  void take_refusal(int error);
  void split_first();
  void forget_sent();

  Settings settings_;
  Send send_;
  std::vector<std::uint8_t> buffer_;
  std::size_t used_ = 0;
  std::vector<Message> messages_;
  std::size_t first_ = 0;  // Those before it are sent.
  bool blocked_ = false;
  UdpPath to_;
  bool continues_ = false;  // The last message is to to_ and from this begin().
  std::vector<mmsghdr> headers_;
  std::vector<iovec> pieces_;
  std::vector<Control> controls_;
  UdpSendStats stats_;
};

}  // namespace luso::io
