#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "base/clock.h"
#include "proto/rtcp.h"
#include "proto/rtp.h"

namespace luso::media::webrtc {

// When each packet of a transport came, by its transport-wide number, until the sender is told
// (draft-holmer-rmcat-transport-wide-cc-extensions-01). Its encoder finds the bitrate from that.
class ArrivalLog {
 public:
  static constexpr Duration kInterval{50'000};  // Between feedback messages: how fast a bitrate can rise.
  static constexpr Duration kBackWindow{
      500'000};  // What came late is told with those around it, told before.
  static constexpr std::size_t kPacketsMax = 2'048;  // The oldest are forgotten, as if lost.
  static constexpr std::int64_t kMessagePacketsMax = 1'000;

  void on_packet(std::uint16_t sequence, MonoTime arrived);

  // What came since the last message; empty when nothing did. Call until empty.
  [[nodiscard]] std::optional<proto::rtcp::TransportFeedback> take(std::uint32_t sender_ssrc,
                                                                   std::uint32_t media_ssrc);

 private:
  proto::rtp::SequenceUnwrapper unwrapper_;
  std::map<std::int64_t, MonoTime> arrivals_;
  std::optional<std::int64_t> next_;  // The first number not told of.
  std::optional<MonoTime> epoch_;
  std::uint8_t messages_ = 0;
};

}  // namespace luso::media::webrtc
