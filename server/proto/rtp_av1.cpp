#include "proto/rtp_av1.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/internal/nal_packetiser.h"
#include "proto/internal/obu.h"
#include "proto/rtp.h"

namespace luso::proto::rtp {
namespace {

// The aggregation header (section 4.4): Z, an element goes on from the last packet; Y, one goes on in the
// next; W, how many elements when the last has no length of its own; N, a coded video sequence starts.
constexpr std::uint8_t kContinues = 0x80, kContinued = 0x40, kStarts = 0x08;
constexpr unsigned kCountShift = 4;
constexpr std::size_t kElementsMax = 3;     // In one packet: what W can count.
constexpr std::size_t kElementCostMax = 3;  // Its length, for payloads below 2^14, and one to spare.

// An OBU on its way into packets, without its size field (section 4.4: obu_has_size_field should be 0).
class Element {
 public:
  explicit Element(const av1::Obu& obu) : payload_(obu.payload) {
    head_[head_size_++] = static_cast<std::uint8_t>(obu.whole[0] & ~av1::kObuHasSize);
    if ((obu.whole[0] & av1::kObuHasExtension) != 0) head_[head_size_++] = obu.whole[1];
  }

  [[nodiscard]] std::size_t left() const { return head_size_ - head_taken_ + payload_.size(); }

  [[nodiscard]] bool begun() const { return begun_; }

  void take(std::size_t count, Bytes& out) {
    begun_ = true;
    for (; count > 0 && head_taken_ < head_size_; --count) out.push_back(head_[head_taken_++]);
    out.insert(out.end(), payload_.begin(), payload_.begin() + static_cast<std::ptrdiff_t>(count));
    payload_ = payload_.subspan(count);
  }

 private:
  std::array<std::uint8_t, 2> head_{};
  std::size_t head_size_ = 0, head_taken_ = 0;
  ByteView payload_;
  bool begun_ = false;
};

// False when the OBUs do not add up.
bool read_elements(ByteView unit, std::vector<Element>& elements, bool& has_sequence_header) {
  while (!unit.empty()) {
    const auto obu = av1::take_obu(unit);
    if (!obu) return false;
    if (obu->type == av1::kTemporalDelimiter || obu->type == av1::kPadding || obu->type == av1::kTileList)
      continue;  // Section 5: not sent.
    has_sequence_header |= obu->type == av1::kSequenceHeader;
    elements.emplace_back(*obu);
  }
  return true;
}

// How much goes into each packet so that all are alike but the last.
std::size_t even_capacity(std::span<const Element> elements, std::size_t payload_bytes_max) {
  std::size_t bytes = 0;
  for (const Element& each : elements) bytes += each.left() + kElementCostMax;
  return std::min(payload_bytes_max, even_piece(bytes, payload_bytes_max - 1) + 1);
}

// Fills one packet from the front of `rest`. All elements but the last have their length before them.
void fill(std::span<Element>& rest, std::size_t capacity, bool starts_sequence, Payloads& out) {
  Bytes& buffer = out.buffer();
  const std::size_t start = buffer.size();
  const bool continues = rest.front().begun();
  buffer.push_back(0);
  std::size_t count = 0;
  bool continued = false;
  for (bool full = false; !full && !rest.empty();) {
    const std::size_t room = capacity - (buffer.size() - start);
    const std::size_t left = rest.front().left();
    const std::size_t cost = av1::leb128_size(left);
    const bool last = rest.size() == 1 || count + 1 == kElementsMax || left + cost + 1 >= room;
    const std::size_t taken = std::min(left, room);
    if (!last) av1::append_leb128(static_cast<std::uint32_t>(left), buffer);
    rest.front().take(taken, buffer);
    continued = taken < left;
    ++count;
    if (!continued) rest = rest.subspan(1);
    full = last;
  }
  buffer[start] = static_cast<std::uint8_t>((continues ? kContinues : 0U) | (continued ? kContinued : 0U) |
                                            count << kCountShift | (starts_sequence ? kStarts : 0U));
  out.close_payload();
}

}  // namespace

// AV1-ISOBMFF, 2.3.3.
Result<Bytes> av1_config_obus(ByteView av1c) {
  constexpr std::size_t kFieldsBytes = 4;
  if (av1c.size() < kFieldsBytes) return fail(ErrorKind::invalid, "proto.bad_config", "av1C: cut short");
  const ByteView obus = av1c.subspan(kFieldsBytes);
  return Bytes(obus.begin(), obus.end());
}

void packetise_av1(ByteView temporal_unit, bool keyframe, ByteView config_obus, Payloads& out,
                   std::size_t payload_bytes_max) {
  std::vector<Element> elements, config;
  bool has_sequence_header = false, has_config = false;
  if (!read_elements(temporal_unit, elements, has_sequence_header)) return;
  if (keyframe && !has_sequence_header && read_elements(config_obus, config, has_config))
    elements.insert(elements.begin(), config.begin(), config.end());
  if (elements.empty()) return;
  const std::size_t capacity = even_capacity(elements, payload_bytes_max);
  bool starts_sequence = keyframe;
  for (std::span<Element> rest = elements; !rest.empty(); starts_sequence = false)
    fill(rest, capacity, starts_sequence, out);
}

}  // namespace luso::proto::rtp
