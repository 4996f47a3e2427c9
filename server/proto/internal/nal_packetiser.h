#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "proto/nal.h"
#include "proto/rtp.h"

// What H.264 (RFC 6184) and HEVC (RFC 7798) packetisation share: neighbours that fit are put together behind
// 16-bit lengths, what does not fit is cut into fragments. `Format` writes the few bytes that differ:
//   kUnitHeaderBytes      of a NAL unit; also of an aggregation packet's own header
//   kFragmentHeaderBytes  in front of every fragment
//   aggregate_header(unit-headers-so-far) etc.
namespace luso::proto::rtp {

// Of `bytes` cut into pieces of at most `piece_max`: as few as possible, all alike but the last.
[[nodiscard]] inline std::size_t even_piece(std::size_t bytes, std::size_t piece_max) {
  const std::size_t pieces = (bytes + piece_max - 1) / piece_max;
  return (bytes + pieces - 1) / pieces;
}

template <typename Format>
class NalPacketiser {
 public:
  NalPacketiser(Payloads& out, std::size_t payload_bytes_max)
      : out_(out), writer_(out.buffer()), payload_bytes_max_(payload_bytes_max) {}

  NalPacketiser(const NalPacketiser&) = delete;
  NalPacketiser& operator=(const NalPacketiser&) = delete;

  void add(ByteView units) {
    nal::Cursor cursor(units, nal::kLengthSize);
    while (const auto unit = cursor.next()) {
      if (unit->size() < Format::kUnitHeaderBytes) continue;
      if (unit->size() > payload_bytes_max_) {
        flush();
        fragment(*unit);
      } else {
        hold(*unit);
      }
    }
  }

  void finish() { flush(); }

 private:
  // Held units lie in the buffer as an aggregate, one header in front; alone, the unit itself is the payload.
  void hold(ByteView unit) {
    const std::size_t needed = kLengthBytes + unit.size();
    if (held_ > 0 && held_bytes_ + needed > payload_bytes_max_) flush();
    if (held_ == 0) {
      first_ = unit;
      held_bytes_ = Format::kUnitHeaderBytes + needed;
      held_ = 1;
      return;
    }
    if (held_ == 1) {
      start_ = out_.buffer().size();
      out_.buffer().resize(start_ + Format::kUnitHeaderBytes);
      append(first_);
      Format::begin_aggregate(first_, aggregate_header());
    }
    append(unit);
    Format::join_aggregate(unit, aggregate_header());
    held_bytes_ += needed;
    ++held_;
  }

  [[nodiscard]] std::span<std::uint8_t> aggregate_header() {
    return std::span(out_.buffer()).subspan(start_, Format::kUnitHeaderBytes);
  }

  void append(ByteView unit) {
    writer_.u16(static_cast<std::uint16_t>(unit.size()));
    writer_.raw(unit);
  }

  void flush() {
    if (held_ == 0) return;
    if (held_ == 1) writer_.raw(first_);
    out_.close_payload();
    held_ = 0;
  }

  void fragment(ByteView unit) {
    const ByteView header = unit.first(Format::kUnitHeaderBytes);
    ByteView rest = unit.subspan(Format::kUnitHeaderBytes);
    const std::size_t piece = even_piece(rest.size(), payload_bytes_max_ - Format::kFragmentHeaderBytes);
    for (bool first = true; !rest.empty(); first = false) {
      const ByteView taken = rest.first(std::min(piece, rest.size()));
      rest = rest.subspan(taken.size());
      Format::fragment_header(header, first, rest.empty(), writer_);
      writer_.raw(taken);
      out_.close_payload();
    }
  }

  static constexpr std::size_t kLengthBytes = 2;

  Payloads& out_;
  ByteWriter writer_;
  std::size_t payload_bytes_max_;
  ByteView first_;
  std::size_t start_ = 0;
  std::size_t held_ = 0;
  std::size_t held_bytes_ = 0;  // As an aggregate.
};

}  // namespace luso::proto::rtp
