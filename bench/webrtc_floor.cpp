// webrtc_floor --film FILE.flv [--viewers N] [--secs S] [--audio-bytes B]
// What fanning a film out by WebRTC costs at the least on this machine: the same RTP packets as the server
// makes of it, per viewer a header, AES-128-GCM by OpenSSL and UDP segmentation offload by sendmmsg, to as
// many sockets, in real time; nothing is decided, nothing remembered. Every 20 ms a packet of sound of B
// bytes. Another process drains the sockets. Prints one JSON line:
// {"packets":N,"cpu_us":N,"us_per_packet":X}.
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <openssl/evp.h>

#include "flv_film.h"
#include "proto/flv.h"
#include "proto/rtp.h"
#include "proto/rtp_packetiser.h"
#include "tally.h"

namespace luso::bench {
namespace {

namespace rtp = proto::rtp;
using Steady = std::chrono::steady_clock;

constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kExtensionBytes =
    8;  // One two-byte element: transport-wide numbers, as browsers ask for.
constexpr std::size_t kHeadBytes = rtp::kHeaderBytes + kExtensionBytes;
constexpr std::size_t kRunMax = 64;  // Segments a message.
constexpr std::size_t kDrainBatch = 64;
constexpr int kBufferBytes = 8 << 20;
constexpr std::uint32_t kAudioEveryMs = 20;

struct Options {
  std::string film;
  std::size_t viewers = 500;
  std::size_t audio_bytes = 320;
  int secs = 10;
};

Options parse(int argc, char** argv) {
  std::map<std::string, std::string> values;
  for (int i = 1; i + 1 < argc; i += 2) values[argv[i]] = argv[i + 1];
  Options options;
  options.film = values["--film"];
  if (values.contains("--viewers")) options.viewers = std::strtoul(values["--viewers"].c_str(), nullptr, 10);
  if (values.contains("--secs")) options.secs = std::atoi(values["--secs"].c_str());
  if (values.contains("--audio-bytes"))
    options.audio_bytes = std::strtoul(values["--audio-bytes"].c_str(), nullptr, 10);
  if (options.film.empty()) die("--film is needed");
  return options;
}

std::int64_t own_cpu_us() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1'000'000 + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

// The viewers' sockets, read by a process of its own until it is told to stop.
class Audience {
 public:
  explicit Audience(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
      sockaddr_in address{};
      address.sin_family = AF_INET;
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      socklen_t length = sizeof address;
      if (fd < 0 || bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
        die("no more sockets");
      getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
      const int bytes = 1 << 20;
      setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
      sockets_.push_back(fd);
      addresses_.push_back(address);
    }
    child_ = fork();
    if (child_ == 0) drain();
  }

  ~Audience() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    for (const int fd : sockets_) close(fd);
  }

  Audience(const Audience&) = delete;
  Audience& operator=(const Audience&) = delete;

  [[nodiscard]] std::vector<sockaddr_in>& addresses() { return addresses_; }

 private:
  [[noreturn]] void drain() const {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int poll = epoll_create1(0);
    for (const int fd : sockets_) {
      epoll_event event{.events = EPOLLIN, .data = {.fd = fd}};
      epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
    }
    std::vector<std::array<char, 2048>> bytes(kDrainBatch);
    std::array<iovec, kDrainBatch> pieces{};
    std::array<mmsghdr, kDrainBatch> headers{};
    for (std::size_t i = 0; i < kDrainBatch; ++i)
      pieces.at(i) = {.iov_base = bytes[i].data(), .iov_len = 2048};
    std::array<epoll_event, 512> events{};
    for (;;) {
      const int count = epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
      usleep(2000);  // Read some at a time, as the load tool does.
      for (int i = 0; i < count; ++i) {
        for (std::size_t at = 0; at < kDrainBatch; ++at) {
          headers.at(at) = {};
          headers.at(at).msg_hdr.msg_iov = &pieces.at(at);
          headers.at(at).msg_hdr.msg_iovlen = 1;
        }
        recvmmsg(events.at(static_cast<std::size_t>(i)).data.fd, headers.data(), kDrainBatch, MSG_DONTWAIT,
                 nullptr);
      }
    }
  }

  std::vector<int> sockets_;
  std::vector<sockaddr_in> addresses_;
  pid_t child_ = -1;
};

// Datagrams of one round, in runs that the kernel cuts, and the one system call that sends them.
class Sender {
 public:
  Sender() : socket_(socket(AF_INET, SOCK_DGRAM, 0)) {
    setsockopt(socket_, SOL_SOCKET, SO_SNDBUF, &kBufferBytes, sizeof kBufferBytes);
  }

  ~Sender() { close(socket_); }

  Sender(const Sender&) = delete;
  Sender& operator=(const Sender&) = delete;

  void reserve(std::size_t bytes) { buffer_.resize(bytes); }

  void begin(sockaddr_in& to) {
    to_ = &to;
    is_open_ = false;
  }

  [[nodiscard]] std::span<std::uint8_t> room() { return std::span(buffer_).subspan(used_); }

  void add(std::size_t bytes) {
    Run* run = is_open_ ? &runs_.back() : nullptr;
    if (run == nullptr || run->count == kRunMax || bytes > run->segment) {
      runs_.push_back({.to = to_, .offset = used_, .bytes = 0, .count = 0, .segment = bytes});
      run = &runs_.back();
    }
    run->bytes += bytes;
    ++run->count;
    is_open_ = bytes == run->segment;  // A shorter one is the last.
    used_ += bytes;
  }

  void flush() {
    headers_.assign(runs_.size(), {});
    pieces_.resize(runs_.size());
    controls_.resize(runs_.size());
    for (std::size_t i = 0; i < runs_.size(); ++i) describe(i);
    for (std::size_t sent = 0; sent < runs_.size();) {
      const int count = sendmmsg(socket_, &headers_[sent], static_cast<unsigned>(runs_.size() - sent), 0);
      if (count <= 0) die("sendmmsg failed: no UDP segmentation offload here?");
      sent += static_cast<std::size_t>(count);
    }
    runs_.clear();
    used_ = 0;
  }

 private:
  struct Run {
    sockaddr_in* to;
    std::size_t offset, bytes, count, segment;
  };

  struct Control {
    alignas(cmsghdr) std::uint8_t bytes[CMSG_SPACE(sizeof(std::uint16_t))];
  };

  void describe(std::size_t index) {
    const Run& run = runs_[index];
    pieces_[index] = {.iov_base = &buffer_[run.offset], .iov_len = run.bytes};
    msghdr& header = headers_[index].msg_hdr;
    header.msg_name = run.to;
    header.msg_namelen = sizeof(sockaddr_in);
    header.msg_iov = &pieces_[index];
    header.msg_iovlen = 1;
    if (run.count == 1) return;
    header.msg_control = controls_[index].bytes;
    header.msg_controllen = sizeof(Control);
    cmsghdr* control = CMSG_FIRSTHDR(&header);
    control->cmsg_level = SOL_UDP;
    control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(sizeof(std::uint16_t));
    const auto segment = static_cast<std::uint16_t>(run.segment);
    std::memcpy(CMSG_DATA(control), &segment, sizeof segment);
  }

  int socket_;
  Bytes buffer_;
  std::size_t used_ = 0;
  sockaddr_in* to_ = nullptr;
  bool is_open_ = false;
  std::vector<Run> runs_;
  std::vector<mmsghdr> headers_;
  std::vector<iovec> pieces_;
  std::vector<Control> controls_;
};

// AES-128-GCM with a key of its own (RFC 7714), which a viewer is here.
class Seal {
 public:
  explicit Seal(std::uint32_t number) : context_(EVP_CIPHER_CTX_new()) {
    std::array<std::uint8_t, 16> key{};
    std::memcpy(key.data(), &number, sizeof number);
    EVP_EncryptInit_ex(context_, EVP_aes_128_gcm(), nullptr, key.data(), nullptr);
  }

  ~Seal() { EVP_CIPHER_CTX_free(context_); }

  Seal(const Seal&) = delete;
  Seal& operator=(const Seal&) = delete;

  [[nodiscard]] std::size_t operator()(ByteView head, ByteView payload, std::uint64_t number,
                                       std::span<std::uint8_t> out) const {
    std::array<std::uint8_t, 12> nonce{};
    std::memcpy(nonce.data(), &number, sizeof number);
    std::memcpy(out.data(), head.data(), head.size());
    std::uint8_t* sealed = out.data() + head.size();
    int size = 0;
    EVP_EncryptInit_ex(context_, nullptr, nullptr, nullptr, nonce.data());
    EVP_EncryptUpdate(context_, nullptr, &size, head.data(), static_cast<int>(head.size()));
    EVP_EncryptUpdate(context_, sealed, &size, payload.data(), static_cast<int>(payload.size()));
    EVP_EncryptFinal_ex(context_, sealed + payload.size(), &size);
    EVP_CIPHER_CTX_ctrl(context_, EVP_CTRL_AEAD_GET_TAG, kTagBytes, sealed + payload.size());
    return head.size() + payload.size() + kTagBytes;
  }

 private:
  EVP_CIPHER_CTX* context_;
};

class Floor {
 public:
  explicit Floor(const Options& options)
      : options_(options),
        film_(read_flv_film(options.film)),
        audience_(options.viewers),
        packetiser_(make_packetiser()) {
    for (std::size_t i = 0; i < options.viewers; ++i) seals_.push_back(std::make_unique<Seal>(i));
    sound_.assign(options.audio_bytes, 0x42);
  }

  void run() {
    std::uint32_t loop_offset_ms = 0, next_audio_ms = 0;
    const auto began = Steady::now();
    const std::int64_t cpu_before = own_cpu_us();
    for (std::size_t at = 0;; ++at) {
      if (at == film_.tags.size()) {
        at = 0;
        loop_offset_ms += film_.length_ms;
      }
      const FlvTag& tag = film_.tags[at];
      const std::uint32_t due_ms = loop_offset_ms + tag.timestamp_ms;
      if (due_ms > static_cast<std::uint32_t>(options_.secs) * 1000) break;
      std::this_thread::sleep_until(began + std::chrono::milliseconds(due_ms));
      for (; next_audio_ms <= due_ms; next_audio_ms += kAudioEveryMs) send_sound();
      if (tag.type == 9) send_picture(tag);
    }
    cpu_us_ = own_cpu_us() - cpu_before;
  }

  void report() const {
    std::printf("{\"packets\":%llu,\"cpu_us\":%lld,\"us_per_packet\":%.3f}\n",
                static_cast<unsigned long long>(packets_), static_cast<long long>(cpu_us_),
                static_cast<double>(cpu_us_) / static_cast<double>(packets_));
  }

 private:
  [[nodiscard]] rtp::Packetiser make_packetiser() const {
    for (const FlvTag& tag : film_.headers) {
      if (tag.type != 9) continue;
      const auto video = proto::flv::parse_video(tag.body);
      if (!video) break;
      proto::VideoTrack track;
      track.codec = video->codec;
      track.config.assign(video->payload.begin(), video->payload.end());
      const auto made = rtp::Packetiser::of(track);
      if (made) return *made;
    }
    die(options_.film + " has no picture that goes by RTP");
  }

  void send_picture(const FlvTag& tag) {
    const auto video = proto::flv::parse_video(tag.body);
    if (!video || video->kind != proto::flv::TagKind::frame) return;
    packetiser_.packetise(video->payload, video->keyframe, payloads_);
    send_to_all(payloads_);
  }

  void send_sound() {
    sound_payload_.clear();
    sound_payload_.buffer().insert(sound_payload_.buffer().end(), sound_.begin(), sound_.end());
    sound_payload_.close_payload();
    send_to_all(sound_payload_);
  }

  void send_to_all(const rtp::Payloads& payloads) {
    const std::size_t bytes = payloads.bytes().size() + payloads.size() * (kHeadBytes + kTagBytes);
    sender_.reserve(bytes * options_.viewers);
    std::array<std::uint8_t, kHeadBytes> head{};
    for (std::size_t viewer = 0; viewer < options_.viewers; ++viewer) {
      sender_.begin(audience_.addresses()[viewer]);
      for (std::size_t i = 0; i < payloads.size(); ++i) {
        const std::uint64_t number = sequence_ + i;
        std::memcpy(head.data() + 2, &number, 2);
        sender_.add((*seals_[viewer])(head, payloads[i], number, sender_.room()));
      }
    }
    sender_.flush();
    sequence_ += payloads.size();
    packets_ += payloads.size() * options_.viewers;
  }

  Options options_;
  FlvFilm film_;
  Audience audience_;
  rtp::Packetiser packetiser_;
  rtp::Payloads payloads_, sound_payload_;
  Bytes sound_;
  Sender sender_;
  std::vector<std::unique_ptr<Seal>> seals_;
  std::uint64_t sequence_ = 0, packets_ = 0;
  std::int64_t cpu_us_ = 0;
};

}  // namespace
}  // namespace luso::bench

int main(int argc, char** argv) {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  luso::bench::Floor floor(luso::bench::parse(argc, argv));
  floor.run();
  floor.report();
  return 0;
}
