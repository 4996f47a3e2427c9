#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "proto/internal/transport_feedback.h"
#include "proto/rtcp.h"

namespace luso::proto::rtcp {
namespace {

// 3.1.1: what is told of each packet, in two bits.
enum class Status : std::uint8_t { missing = 0, small_step = 1, large_step = 2 };

constexpr unsigned kVectorFlag = 0x8000, kTwoBitFlag = 0x4000;
constexpr unsigned kOneBitSymbols = 14, kTwoBitSymbols = 7;
constexpr unsigned kRunMax = 0x1FFF;
constexpr unsigned kReferenceMask = 0xFF'FFFF;
constexpr std::int64_t kSmallStepMax = 255;

using Arrival = TransportFeedback::Arrival;

// Reads the chunks, keeping only what arrived, so that a long run of nothing costs nothing. Until the steps
// are read, `at_us` holds a packet's status.
class StatusReader {
 public:
  StatusReader(ByteReader& reader, TransportFeedback& feedback) : reader_(reader), feedback_(feedback) {}

  [[nodiscard]] bool read() {
    while (told_ < feedback_.count) {
      const unsigned chunk = reader_.u16();
      if (reader_.failed() || !take(chunk)) return false;
    }
    return true;
  }

 private:
  bool take(unsigned chunk) {
    if ((chunk & kVectorFlag) == 0) return tell((chunk >> 13U) & 3U, chunk & kRunMax);
    const bool two_bit = (chunk & kTwoBitFlag) != 0;
    const unsigned count = two_bit ? kTwoBitSymbols : kOneBitSymbols, width = two_bit ? 2 : 1;
    for (unsigned i = 1; i <= count; ++i)
      if (!tell(chunk >> (width * (count - i)) & (two_bit ? 3U : 1U), 1)) return false;
    return true;
  }

  // Each packet that came has at least one byte of time: more of them than bytes is a lie.
  bool tell(unsigned status, unsigned count) {
    count = std::min<unsigned>(count, feedback_.count - told_);
    if (status > static_cast<unsigned>(Status::large_step)) return false;
    if (status != 0) {
      if (feedback_.arrivals.size() + count > reader_.remaining()) return false;
      for (unsigned i = 0; i < count; ++i) {
        feedback_.arrivals.push_back(
            {.sequence = static_cast<std::uint16_t>(feedback_.base_sequence + told_ + i), .at_us = status});
      }
    }
    told_ += count;
    return true;
  }

  ByteReader& reader_;
  TransportFeedback& feedback_;
  unsigned told_ = 0;
};

}  // namespace

std::optional<Message> read_transport_feedback(ByteReader& reader) {
  TransportFeedback feedback;
  feedback.sender_ssrc = reader.u32();
  feedback.media_ssrc = reader.u32();
  feedback.base_sequence = reader.u16();
  feedback.count = reader.u16();
  feedback.reference_us = std::int64_t{reader.u24()} * TransportFeedback::kReferenceUs;
  feedback.feedback_count = reader.u8();
  if (!StatusReader(reader, feedback).read()) {
    reader.skip(reader.remaining() + 1);
    return std::nullopt;
  }
  std::int64_t at_us = feedback.reference_us;
  for (Arrival& arrival : feedback.arrivals) {
    const bool is_small = arrival.at_us == static_cast<std::int64_t>(Status::small_step);
    const std::int64_t ticks = is_small ? reader.u8() : static_cast<std::int16_t>(reader.u16());
    at_us += ticks * TransportFeedback::kTickUs;
    arrival.at_us = at_us;
  }
  return feedback;
}

namespace {

struct Told {
  std::vector<Status> statuses;
  std::vector<std::int64_t> ticks;  // Of those that are not missing.
};

// What can be told: in the window, in order, with steps that 16 bits can hold.
Told digest(const TransportFeedback& feedback) {
  constexpr std::int64_t kLargeMin = std::numeric_limits<std::int16_t>::min();
  constexpr std::int64_t kLargeMax = std::numeric_limits<std::int16_t>::max();
  Told told{.statuses = std::vector<Status>(feedback.count, Status::missing), .ticks = {}};
  std::int64_t last_tick = feedback.reference_us / TransportFeedback::kTickUs;
  std::size_t next = 0;
  for (const Arrival& arrival : feedback.arrivals) {
    const auto at = static_cast<std::uint16_t>(arrival.sequence - feedback.base_sequence);
    const std::int64_t tick = arrival.at_us / TransportFeedback::kTickUs;
    const std::int64_t step = tick - last_tick;
    if (at < next || at >= feedback.count || step < kLargeMin || step > kLargeMax) continue;
    told.statuses[at] = step >= 0 && step <= kSmallStepMax ? Status::small_step : Status::large_step;
    told.ticks.push_back(step);
    last_tick = tick;
    next = std::size_t{at} + 1;
  }
  return told;
}

std::size_t run_length(std::span<const Status> rest) {
  const auto differs = std::ranges::find_if(rest, [&](Status each) { return each != rest.front(); });
  return std::min<std::size_t>(static_cast<std::size_t>(differs - rest.begin()), kRunMax);
}

unsigned vector_chunk(std::span<const Status> symbols, unsigned width, unsigned count) {
  unsigned bits = 0;
  for (unsigned i = 0; i < count; ++i)
    bits = bits << width | (i < symbols.size() ? static_cast<unsigned>(symbols[i]) : 0U);
  return kVectorFlag | (width == 2 ? kTwoBitFlag : 0U) | bits;
}

// Takes as many statuses off the front as one chunk can tell.
unsigned take_chunk(std::span<const Status>& rest) {
  const auto take = [&rest](std::size_t count) {
    return std::exchange(rest, rest.subspan(std::min(count, rest.size())));
  };
  const std::size_t run = run_length(rest);
  const auto ahead = rest.first(std::min<std::size_t>(rest.size(), kOneBitSymbols));
  const bool one_bit = std::ranges::none_of(ahead, [](Status each) { return each == Status::large_step; });
  const unsigned vector_symbols = one_bit ? kOneBitSymbols : kTwoBitSymbols;
  if (run >= vector_symbols || run == rest.size()) {
    const auto status = static_cast<unsigned>(take(run).front());
    return status << 13U | static_cast<unsigned>(run);
  }
  return vector_chunk(take(vector_symbols), one_bit ? 1 : 2, vector_symbols);
}

}  // namespace

void write_transport_feedback(const TransportFeedback& feedback, ByteWriter& writer) {
  const Told told = digest(feedback);
  writer.u32(feedback.sender_ssrc);
  writer.u32(feedback.media_ssrc);
  writer.u16(feedback.base_sequence);
  writer.u16(feedback.count);
  const std::int64_t reference = feedback.reference_us / TransportFeedback::kReferenceUs;
  writer.u24(static_cast<std::uint32_t>(reference) & kReferenceMask);
  writer.u8(feedback.feedback_count);
  for (std::span<const Status> rest = told.statuses; !rest.empty();)
    writer.u16(static_cast<std::uint16_t>(take_chunk(rest)));
  for (const std::int64_t step : told.ticks) {
    if (step >= 0 && step <= kSmallStepMax) {
      writer.u8(static_cast<std::uint8_t>(step));
    } else {
      writer.u16(static_cast<std::uint16_t>(step));
    }
  }
}

}  // namespace luso::proto::rtcp
