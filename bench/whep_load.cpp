// whep_load --url http://127.0.0.1:8080/whep/7 [--viewers N] [--joins-per-s R] [--settle S] [--secs S]
//           [--probes N] [--drop PERCENT] [--nack 0|1] [--leave-after-ms N] [--profiles LIST] [--pid PID]
// Many WHEP viewers from one thread. Joins them, lets them settle, measures for some seconds, leaves
// politely, and prints one JSON line: what arrived, what it cost the server (--pid), how long joins took, how
// long pictures stood still, what was lost and recovered, and every 250 ms how many viewers were in real
// time. With --leave-after-ms each viewer leaves so long after its first picture, and the run ends with the
// last. Arrival times are the kernel's, so this tool's own queueing does not count. Loopback only.
#include <array>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <memory>
#include <string>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "flv_film.h"
#include "tally.h"
#include "whep_viewer.h"

namespace luso::bench {
namespace {

constexpr std::int64_t kTickUs = 10'000;
constexpr std::int64_t kSeriesUs = 250'000;
constexpr std::int64_t kCurrentUs = 300'000;  // A picture at most so late is in real time.
constexpr std::int64_t kJoinWaitUs = 20'000'000;
constexpr std::int64_t kLeaveWaitUs = 5'000'000;
constexpr std::size_t kBatch = 32;
constexpr useconds_t kGatherUs = 1000;  // Datagrams are read some at a time: the stamps lose nothing by it.

struct Options {
  std::string url, profiles = "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";
  std::size_t viewers = 1, probes = 5;
  double joins_per_s = 50, drop = 0;
  std::int64_t settle_us = 3'000'000, measure_us = 20'000'000, leave_after_us = 0;
  bool nack = true;
  int pid = 0;
};

Options parse(int argc, char** argv) {
  std::map<std::string, std::string> values;
  for (int i = 1; i + 1 < argc; i += 2) values[argv[i]] = argv[i + 1];
  const auto number = [&values](const char* name, double otherwise) {
    return values.contains(name) ? std::atof(values[name].c_str()) : otherwise;
  };
  Options options;
  options.url = values["--url"];
  if (values.contains("--profiles")) options.profiles = values["--profiles"];
  options.viewers = static_cast<std::size_t>(number("--viewers", 1));
  options.probes = static_cast<std::size_t>(number("--probes", 5));
  options.joins_per_s = number("--joins-per-s", 50);
  options.drop = number("--drop", 0);
  options.settle_us = static_cast<std::int64_t>(number("--settle", 3) * 1e6);
  options.measure_us = static_cast<std::int64_t>(number("--secs", 20) * 1e6);
  options.leave_after_us = static_cast<std::int64_t>(number("--leave-after-ms", 0) * 1e3);
  options.nack = number("--nack", 1) != 0;
  options.pid = static_cast<int>(number("--pid", 0));
  return options;
}

void allow_many_files() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Buffers for one recvmmsg.
class Inbox {
 public:
  Inbox() {
    for (std::size_t i = 0; i < kBatch; ++i) {
      pieces_.at(i) = {.iov_base = bytes_.at(i).data(), .iov_len = bytes_.at(i).size()};
    }
  }

  // False when there may be no more.
  bool receive(WhepViewer& viewer) {
    for (std::size_t i = 0; i < kBatch; ++i) {
      headers_.at(i) = {};
      msghdr& header = headers_.at(i).msg_hdr;
      header.msg_iov = &pieces_.at(i);
      header.msg_iovlen = 1;
      header.msg_control = controls_.at(i).bytes;
      header.msg_controllen = sizeof(Control);
    }
    const int count = recvmmsg(viewer.udp_fd(), headers_.data(), kBatch, MSG_DONTWAIT, nullptr);
    for (int i = 0; i < count; ++i) {
      const auto at = static_cast<std::size_t>(i);
      const auto bytes = std::span(bytes_.at(at)).first(headers_.at(at).msg_len);
      viewer.on_datagram(bytes, stamp_of(headers_.at(at).msg_hdr));
    }
    return count == static_cast<int>(kBatch);
  }

 private:
  struct Control {
    alignas(cmsghdr) char bytes[128];
  };

  static std::int64_t stamp_of(msghdr& header) {
    for (cmsghdr* at = CMSG_FIRSTHDR(&header); at != nullptr; at = CMSG_NXTHDR(&header, at)) {
      if (at->cmsg_level != SOL_SOCKET || at->cmsg_type != SCM_TIMESTAMPNS) continue;
      timespec stamp{};
      std::memcpy(&stamp, CMSG_DATA(at), sizeof stamp);
      return std::int64_t{stamp.tv_sec} * 1'000'000 + stamp.tv_nsec / 1000;
    }
    return now_us();
  }

  std::array<std::array<std::uint8_t, 2048>, kBatch> bytes_{};
  std::array<iovec, kBatch> pieces_{};
  std::array<mmsghdr, kBatch> headers_{};
  std::array<Control, kBatch> controls_{};
};

class Load {
 public:
  explicit Load(const Options& options)
      : options_(options), dtls_(options.profiles), poll_(epoll_create1(EPOLL_CLOEXEC)) {
    settings_.url = parse_loopback_url(options.url);
    settings_.asks_again = options.nack;
    settings_.drop_percent = options.drop;
    settings_.leave_after_us = options.leave_after_us;
    settings_.dtls = &dtls_;
  }

  void run() {
    const std::int64_t began = now_us();
    before_ = cost();
    while (viewers_.size() < options_.viewers || waits_for_joins(began)) {
      const auto due =
          static_cast<std::size_t>(static_cast<double>(now_us() - began) / 1e6 * options_.joins_per_s);
      while (viewers_.size() < std::min(options_.viewers, due + 1)) open();
      turn();
    }
    if (options_.leave_after_us == 0) measure();
    for (const auto& viewer : viewers_) played_ += static_cast<std::size_t>(viewer->has_played());
    gather_losses();
    leave();
  }

  [[nodiscard]] bool all_played() const { return played_ == options_.viewers; }

  void report() const;

 private:
  // A descriptor and what it is of.
  struct Watched {
    int http = -1, udp = -1;
  };

  [[nodiscard]] ProcessCost cost() const { return options_.pid > 0 ? cost_of(options_.pid) : ProcessCost{}; }

  void open() {
    const bool is_probe = viewers_.size() < options_.probes;
    viewers_.push_back(std::make_unique<WhepViewer>(settings_, tally_, is_probe));
    watched_.emplace_back();
    watch(viewers_.size() - 1);
  }

  // Polls what the viewer has opened since. A descriptor that was closed has left the poll by itself.
  void watch(std::size_t index) {
    const WhepViewer& viewer = *viewers_[index];
    Watched& watched = watched_[index];
    if (viewer.http_fd() >= 0 && watched.http != viewer.http_fd()) add(viewer.http_fd(), index * 2, EPOLLOUT);
    if (viewer.udp_fd() >= 0 && watched.udp != viewer.udp_fd()) add(viewer.udp_fd(), index * 2 + 1, 0);
    watched = {.http = viewer.http_fd(), .udp = viewer.udp_fd()};
  }

  void add(int fd, std::uint64_t key, std::uint32_t also) const {
    epoll_event event{};
    event.events = EPOLLIN | also;
    event.data.u64 = key;
    // Level-triggered writability would spin: an exchange writes once, and is then read.
    if (also != 0) event.events |= EPOLLET;
    epoll_ctl(poll_, EPOLL_CTL_ADD, fd, &event);
  }

  void turn() {
    if (tally_.on) usleep(kGatherUs);
    std::array<epoll_event, 512> events{};
    const int count = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 2);
    for (int i = 0; i < count; ++i) serve(events.at(static_cast<std::size_t>(i)).data.u64);
    const std::int64_t now = now_us();
    if (now < next_tick_us_) return;
    next_tick_us_ = now + kTickUs;
    for (std::size_t i = 0; i < viewers_.size(); ++i) {
      viewers_[i]->tick(now);
      watch(i);
    }
    note_series(now);
  }

  void serve(std::uint64_t key) {
    const std::size_t index = key / 2;
    WhepViewer& viewer = *viewers_[index];
    if (key % 2 == 0) {
      while (viewer.http_fd() >= 0 && viewer.on_http()) {
      }
    } else {
      while (viewer.udp_fd() >= 0 && inbox_.receive(viewer)) {
      }
    }
    watch(index);
  }

  [[nodiscard]] bool waits_for_joins(std::int64_t began) const {
    using Stage = WhepViewer::Stage;
    const auto is_settled = [this](const auto& viewer) {
      if (options_.leave_after_us > 0) return viewer->stage() >= Stage::left;
      return viewer->has_played() || viewer->stage() == Stage::failed;
    };
    const auto joining_us =
        static_cast<std::int64_t>(static_cast<double>(options_.viewers) / options_.joins_per_s * 1e6);
    if (now_us() - began > joining_us + kJoinWaitUs) return false;
    return !std::all_of(viewers_.begin(), viewers_.end(), is_settled);
  }

  void measure() {
    for (const std::int64_t end = now_us() + options_.settle_us; now_us() < end;) turn();
    std::printf("{\"measuring\":true}\n");
    std::fflush(stdout);
    const ProcessCost from = cost();
    rusage self_from{};
    getrusage(RUSAGE_SELF, &self_from);
    measured_from_us_ = next_series_us_ = now_us();
    tally_.on = true;
    while (now_us() - measured_from_us_ < options_.measure_us) turn();
    tally_.on = false;
    measured_us_ = now_us() - measured_from_us_;
    after_ = cost();
    cpu_us_ = after_.cpu_us - from.cpu_us;
    rusage self{};
    getrusage(RUSAGE_SELF, &self);
    self_cpu_us_ = (self.ru_utime.tv_sec - self_from.ru_utime.tv_sec + self.ru_stime.tv_sec -
                    self_from.ru_stime.tv_sec) *
                       1'000'000 +
                   self.ru_utime.tv_usec - self_from.ru_utime.tv_usec + self.ru_stime.tv_usec -
                   self_from.ru_stime.tv_usec;
  }

  // Of each quarter of a second: viewers whose newest picture has just come and is in real time, packets so
  // far, and the server's memory.
  void note_series(std::int64_t now) {
    if (!tally_.on || now < next_series_us_) return;
    next_series_us_ += kSeriesUs;
    std::size_t current = 0;
    for (const auto& viewer : viewers_) {
      const bool is_fresh = now - viewer->picture_at_us() < kCurrentUs && viewer->behind_us() < kCurrentUs;
      current += static_cast<std::size_t>(is_fresh);
    }
    char text[96];
    std::snprintf(text, sizeof text, "%s[%.2f,%zu,%llu,%lld]", series_.empty() ? "" : ",",
                  static_cast<double>(now - measured_from_us_) / 1e6, current,
                  static_cast<unsigned long long>(tally_.packets), static_cast<long long>(cost().rss_kb));
    series_ += text;
  }

  void gather_losses() {
    for (const auto& viewer : viewers_) {
      const RtpReception::Counts counts = viewer->video_counts();
      losses_.missing += counts.missing;
      losses_.recovered += counts.recovered;
      losses_.lost += counts.lost;
      losses_.asked += counts.asked;
      losses_.duplicates += counts.duplicates;
      if (viewer->stage() == WhepViewer::Stage::failed) ++failures_[viewer->failure()];
    }
  }

  void leave() {
    for (const auto& viewer : viewers_) viewer->leave();
    for (std::size_t i = 0; i < viewers_.size(); ++i) watch(i);
    const auto is_leaving = [](const auto& viewer) { return viewer->stage() == WhepViewer::Stage::leaving; };
    const std::int64_t end = now_us() + kLeaveWaitUs;
    while (now_us() < end && std::any_of(viewers_.begin(), viewers_.end(), is_leaving)) turn();
  }

  Options options_;
  DtlsClientContext dtls_;
  WhepSettings settings_;
  WhepTally tally_;
  int poll_;
  Inbox inbox_;
  std::vector<std::unique_ptr<WhepViewer>> viewers_;
  std::vector<Watched> watched_;
  std::int64_t next_tick_us_ = 0, next_series_us_ = 0, measured_from_us_ = 0, measured_us_ = 0;
  ProcessCost before_, after_;
  std::int64_t cpu_us_ = 0, self_cpu_us_ = 0;
  std::string series_;
  RtpReception::Counts losses_;
  std::map<std::string, int> failures_;
  std::size_t played_ = 0;
};

std::string json_of(const std::map<std::string, int>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    text += (text.empty() ? "\"" : ",\"") + name + "\":" + std::to_string(count);
  }
  return "{" + text + "}";
}

void Load::report() const {
  const double secs = static_cast<double>(measured_us_) / 1e6;
  const auto of = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
  std::printf("{\"viewers\":%zu,\"played\":%zu,\"failures\":%s,\"profiles\":%s,\"secs\":%.2f,",
              options_.viewers, played_, json_of(failures_).c_str(), json_of(tally_.profiles).c_str(), secs);
  std::printf(
      "\"packets\":%llu,\"video_packets\":%llu,\"audio_packets\":%llu,\"audio_bytes\":%llu,\"bytes\":%llu,"
      "\"frames\":%llu,",
      of(tally_.packets), of(tally_.video_packets), of(tally_.audio_packets), of(tally_.audio_bytes),
      of(tally_.bytes), of(tally_.frames));
  std::printf("\"cpu_us\":%lld,\"self_cpu_us\":%lld,\"rss_before_kb\":%lld,\"rss_after_kb\":%lld,",
              static_cast<long long>(cpu_us_), static_cast<long long>(self_cpu_us_),
              static_cast<long long>(before_.rss_kb), static_cast<long long>(after_.rss_kb));
  std::printf("\"join_ms\":{\"answer\":%s,\"ice\":%s,\"dtls\":%s,\"media\":%s,\"picture\":%s},",
              tally_.join_answer_ms.json().c_str(), tally_.join_ice_ms.json().c_str(),
              tally_.join_dtls_ms.json().c_str(), tally_.join_media_ms.json().c_str(),
              tally_.join_picture_ms.json().c_str());
  std::printf("\"gap_ms\":%s,\"freezes\":%llu,\"sender_reports\":%llu,\"not_authentic\":%llu,",
              tally_.gap_ms.json().c_str(), of(tally_.freezes), of(tally_.sender_reports),
              of(tally_.not_authentic));
  std::printf(
      "\"loss\":{\"dropped\":%llu,\"missing\":%llu,\"asked\":%llu,\"retransmitted\":%llu,\"recovered\":%llu,"
      "\"lost\":%llu,\"duplicates\":%llu,\"recovery_ms\":%s},",
      of(tally_.dropped), of(losses_.missing), of(losses_.asked), of(tally_.retransmitted),
      of(losses_.recovered), of(losses_.lost), of(losses_.duplicates), tally_.recovery_ms.json().c_str());
  std::printf("\"series\":[%s]}\n", series_.c_str());
}

}  // namespace
}  // namespace luso::bench

int main(int argc, char** argv) {
  luso::bench::allow_many_files();
  luso::bench::Load load(luso::bench::parse(argc, argv));
  load.run();
  load.report();
  return load.all_played() ? 0 : 1;
}
