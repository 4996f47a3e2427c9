#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "proto/rtcp.h"

namespace luso::media::webrtc {

// Whether a path's queues are filling, from how much later than spaced on leaving packets come: the slope of
// that delay over the last groups of packets, against a threshold that learns what is usual on this path
// (draft-ietf-rmcat-gcc-02, 5).
class DelayTrend {
 public:
  enum class State : std::uint8_t { draining, steady, filling };

  static constexpr std::size_t kGroups = 20;       // Two thirds of a second of video.
  static constexpr Duration kBurst{5'000};         // What leaves within it is one group...
  static constexpr Duration kOveruseTime{10'000};  // ...and for so long the delay must have grown.

  void on_packet(std::int64_t sent_us, std::int64_t arrived_us);

  [[nodiscard]] State state() const { return state_; }

 private:
  struct Group {
    std::int64_t first_sent_us = 0, last_sent_us = 0, last_arrived_us = 0;
  };

  struct Point {
    double at_ms = 0;
    double delay_ms = 0;
  };

  void close_group(const Group& group);
  [[nodiscard]] double slope() const;
  void judge(double trend, double passed_ms);

  std::optional<Group> open_, closed_;
  std::array<Point, kGroups> points_{};
  std::size_t points_count_ = 0;
  double sum_ms_ = 0, smooth_ms_ = 0;
  double threshold_ = 12.5;
  double last_trend_ = 0;
  double filling_ms_ = 0;
  State state_ = State::steady;
};

// How much the way to one viewer carries, from transport-wide feedback: what arrives, whether delay grows,
// and what is lost. What arrives without either is carried; a stream of a fixed rate proves no more than
// about half as much again as it sends, and that slowly.
class BandwidthEstimate {
 public:
  static constexpr std::size_t kSentMax = 1'024;  // Two seconds at 5 Mbit/s; older feedback says nothing.
  static constexpr std::uint64_t kBitrateMin = 50'000, kBitrateMax = 50'000'000;
  static constexpr std::uint64_t kBitrateFirst = 1'000'000;
  static constexpr Duration kWindow{500'000};  // For what arrives.

  void on_sent(std::uint16_t sequence, std::size_t bytes, MonoTime now);
  void on_feedback(const proto::rtcp::TransportFeedback& feedback, MonoTime now);

  [[nodiscard]] std::uint64_t bitrate_bps() const { return bitrate_bps_; }

  [[nodiscard]] std::uint64_t arriving_bps() const { return arriving_bps_; }  // 0 before it is known.

  [[nodiscard]] double loss() const { return loss_; }  // Smoothed share.

  [[nodiscard]] bool fills() const { return trend_.state() == DelayTrend::State::filling; }

 private:
  struct Sent {
    std::int64_t at_us = -1;
    std::uint32_t bytes = 0;
    std::uint16_t sequence = 0;
  };

  struct Arrived {
    std::int64_t at_us = 0;
    std::uint32_t bytes = 0;
  };

  [[nodiscard]] Sent* find(std::uint16_t sequence);
  void measure(std::int64_t at_us, std::uint32_t bytes);
  void adapt(MonoTime now);

  DelayTrend trend_;
  std::vector<Sent> sent_;  // A ring by sequence number, made with the first packet.
  std::optional<MonoTime> epoch_, last_adapted_, last_decrease_;
  std::deque<Arrived> arrived_;  // Within the window.
  std::uint64_t arrived_bytes_ = 0;
  std::uint64_t bitrate_bps_ = kBitrateFirst, arriving_bps_ = 0;
  double loss_ = 0;
  std::uint32_t told_ = 0, missing_ = 0;  // Since the last adaptation.
};

}  // namespace luso::media::webrtc
