#include <array>
#include <atomic>
#include <benchmark/benchmark.h>
#include <cstring>
#include <ctime>
#include <deque>
#include <memory>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <openssl/evp.h>

#include "media/egress/whep/peer_testing.h"
#include "media/egress/whep/unit_ring.h"
#include "media/egress/whep/viewer_sender.h"
#include "media/egress/whep/whep_testing.h"

// What one packet costs from the shared ring to the socket, for many viewers; and beside it the least it can
// cost: the same packets to the same sockets by nothing but OpenSSL and sendmmsg.
namespace luso::media::whep {
namespace {
using testing::UnitMaker;

constexpr std::size_t kPackets = 6;  // 1.5 Mbit/s at 30 pictures a second.
constexpr std::size_t kPayloadBytes = 1'040;

// The viewers' sockets, and a thread that reads them.
class Audience {
 public:
  explicit Audience(std::size_t count) : poll_(epoll_create1(0)) {
    for (std::size_t i = 0; i < count; ++i) {
      const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      socklen_t length = sizeof address;
      bind(fd, reinterpret_cast<sockaddr*>(&address), length);
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
      epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
      epoll_ctl(poll_, EPOLL_CTL_ADD, fd, &event);
      sockets_.push_back(fd);
      ports_.push_back(ntohs(address.sin_port));
    }
    reader_ = std::thread([this] { read(); });
  }

  ~Audience() {
    stop_ = true;
    reader_.join();
    for (const int fd : sockets_) close(fd);
    close(poll_);
  }

  [[nodiscard]] const std::vector<std::uint16_t>& ports() const { return ports_; }

 private:
  void read() {
    std::vector<std::array<char, 2048>> bytes(64);
    std::array<iovec, 64> pieces{};
    std::array<mmsghdr, 64> headers{};
    std::array<epoll_event, 512> events{};
    for (std::size_t i = 0; i < 64; ++i) pieces.at(i) = {.iov_base = bytes[i].data(), .iov_len = 2048};
    while (!stop_) {
      const int count = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 50);
      for (int i = 0; i < count; ++i) {
        for (std::size_t at = 0; at < 64; ++at) {
          headers.at(at) = {};
          headers.at(at).msg_hdr.msg_iov = &pieces.at(at);
          headers.at(at).msg_hdr.msg_iovlen = 1;
        }
        recvmmsg(events.at(static_cast<std::size_t>(i)).data.fd, headers.data(), 64, MSG_DONTWAIT, nullptr);
      }
    }
  }

  int poll_;
  std::vector<int> sockets_;
  std::vector<std::uint16_t> ports_;
  std::atomic<bool> stop_ = false;
  std::thread reader_;
};

double thread_cpu_s() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

RtpUnitPtr picture(UnitMaker& make, bool keyframe) {
  auto unit = std::make_shared<RtpUnit>(*make.video(keyframe, kPackets));
  unit->payloads.clear();
  for (std::size_t i = 0; i < kPackets; ++i) {
    unit->payloads.buffer().insert(unit->payloads.buffer().end(), kPayloadBytes,
                                   static_cast<std::uint8_t>(i));
    unit->payloads.close_payload();
  }
  return unit;
}

void fan_out(benchmark::State& state) {
  const Audience audience(static_cast<std::size_t>(state.range(0)));
  io::Reactor reactor(0);
  const auto socket = io::UdpSocket::open(reactor, {boost::asio::ip::address_v4::loopback(), 0}, {}).value();
  SeededRandom random(1);
  std::deque<testing::SocketPeer> peers;
  std::deque<ViewerSender> viewers;
  ViewerPlan plan = testing::browser_plan();
  plan.measures_way = false;  // As of a stream of one rendition.
  for (const std::uint16_t port : audience.ports()) {
    peers.emplace_back(*socket,
                       io::UdpPath{.remote = {boost::asio::ip::address_v4::loopback(), port}, .local = {}},
                       static_cast<std::uint8_t>(port));
    viewers.emplace_back(peers.back(), plan, random);
  }
  UnitRing ring;
  UnitMaker make;
  SystemClock clock;
  SendTally tally;
  bool keyframe = true;
  double cpu_s = 0;
  for (auto _ : state) {
    ring.push(picture(make, std::exchange(keyframe, false)));
    const double begin = thread_cpu_s();
    const ViewerSender::Now now{.mono = clock.monotonic() + std::chrono::seconds(state.iterations()),
                                .wall = clock.now()};
    for (ViewerSender& viewer : viewers) benchmark::DoNotOptimize(viewer.pump(ring, now, {}, tally));
    socket->flush();
    const double took = thread_cpu_s() - begin;
    cpu_s += took;
    state.SetIterationTime(took);
  }
  state.counters["us_per_packet"] = cpu_s * 1e6 / static_cast<double>(tally.packets);
  state.counters["dropped"] =
      static_cast<double>(socket->sent().dropped_full + socket->sent().dropped_failed);
  state.counters["viewer_bytes"] = sizeof(ViewerSender);
}

// As little as it takes: per viewer a key and an address, per packet a header, one seal and its place in a
// run.
class Floor {
 public:
  explicit Floor(const std::vector<std::uint16_t>& ports)
      : fd_(socket(AF_INET, SOCK_DGRAM, 0)), ports_(ports), keys_(ports.size()) {
    const int buffer_bytes = 8 << 20;
    setsockopt(fd_, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
    std::array<std::uint8_t, 16> key{};
    for (std::size_t i = 0; i < keys_.size(); ++i) {
      std::memcpy(key.data(), &i, sizeof i);
      keys_[i] = EVP_CIPHER_CTX_new();
      EVP_EncryptInit_ex(keys_[i], EVP_aes_128_gcm(), nullptr, key.data(), key.data());
    }
  }

  ~Floor() {
    for (EVP_CIPHER_CTX* context : keys_) EVP_CIPHER_CTX_free(context);
    close(fd_);
  }

  // One picture to every viewer.
  void send() {
    for (std::size_t first = 0; first < keys_.size(); first += kBatch) {
      const std::size_t batch = std::min(kBatch, keys_.size() - first);
      for (std::size_t i = 0; i < batch; ++i) {
        seal(keys_[first + i], &out_[i * kRun]);
        address(i, ports_[first + i]);
      }
      sendmmsg(fd_, headers_.data(), static_cast<unsigned>(batch), 0);
    }
    sequence_ += kPackets;
  }

 private:
  static constexpr std::size_t kHeader = 20;
  static constexpr std::size_t kSegment = kHeader + kPayloadBytes + 16;
  static constexpr std::size_t kRun = kPackets * kSegment;
  static constexpr std::size_t kBatch = 64;

  struct alignas(cmsghdr) Control {
    std::uint8_t bytes[CMSG_SPACE(2)];
  };

  void seal(EVP_CIPHER_CTX* key, std::uint8_t* at) {
    for (std::size_t p = 0; p < kPackets; ++p, at += kSegment) {
      const std::uint32_t number = sequence_ + static_cast<std::uint32_t>(p);
      std::memset(at, 0x90, kHeader);
      std::memcpy(at + 2, &number, 2);
      std::array<std::uint8_t, 12> nonce{};
      std::memcpy(nonce.data(), &number, 4);
      int written = 0;
      EVP_EncryptInit_ex(key, nullptr, nullptr, nullptr, nonce.data());
      EVP_EncryptUpdate(key, nullptr, &written, at, kHeader);
      EVP_EncryptUpdate(key, at + kHeader, &written, &payload_[p * kPayloadBytes], kPayloadBytes);
      EVP_EncryptFinal_ex(key, at + kHeader + kPayloadBytes, &written);
      EVP_CIPHER_CTX_ctrl(key, EVP_CTRL_AEAD_GET_TAG, 16, at + kHeader + kPayloadBytes);
    }
  }

  void address(std::size_t i, std::uint16_t port) {
    to_.at(i) = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}, .sin_zero = {}};
    pieces_.at(i) = {.iov_base = &out_[i * kRun], .iov_len = kRun};
    msghdr& header = headers_.at(i).msg_hdr;
    header = {};
    header.msg_name = &to_.at(i);
    header.msg_namelen = sizeof to_.at(i);
    header.msg_iov = &pieces_.at(i);
    header.msg_iovlen = 1;
    header.msg_control = controls_.at(i).bytes;
    header.msg_controllen = sizeof controls_.at(i).bytes;
    cmsghdr* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = IPPROTO_UDP;
    control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(2);
    const std::uint16_t segment = kSegment;
    std::memcpy(CMSG_DATA(control), &segment, sizeof segment);
  }

  int fd_;
  const std::vector<std::uint16_t>& ports_;
  std::vector<EVP_CIPHER_CTX*> keys_;
  std::uint32_t sequence_ = 0;
  std::vector<std::uint8_t> payload_ = std::vector<std::uint8_t>(kPackets * kPayloadBytes, 0x42);
  std::vector<std::uint8_t> out_ = std::vector<std::uint8_t>(kBatch * kRun);
  std::array<sockaddr_in, kBatch> to_{};
  std::array<mmsghdr, kBatch> headers_{};
  std::array<iovec, kBatch> pieces_{};
  std::array<Control, kBatch> controls_{};
};

void floor_of_it(benchmark::State& state) {
  const Audience audience(static_cast<std::size_t>(state.range(0)));
  Floor floor(audience.ports());
  double cpu_s = 0;
  for (auto _ : state) {
    const double begin = thread_cpu_s();
    floor.send();
    const double took = thread_cpu_s() - begin;
    cpu_s += took;
    state.SetIterationTime(took);
  }
  const auto packets =
      static_cast<double>(state.iterations()) * static_cast<double>(audience.ports().size() * kPackets);
  state.counters["us_per_packet"] = cpu_s * 1e6 / packets;
}

BENCHMARK(floor_of_it)->Arg(500)->UseManualTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(fan_out)->Arg(500)->UseManualTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace luso::media::whep
