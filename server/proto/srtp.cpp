#include "proto/srtp.h"

#include <algorithm>
#include <utility>

#include "proto/srtp_transform.h"

namespace luso::proto::srtp {

namespace {

constexpr std::size_t kRtpHeaderBytes = 12;  // RFC 3550, 5.1
constexpr std::size_t kRtcpHeaderBytes = 8;  // RFC 3711, 3.4: what stays readable.
constexpr std::size_t kRtcpIndexBytes = 4;
constexpr std::uint32_t kEncryptedFlag = 0x80000000;
constexpr std::uint64_t kRtpIndexMax = (std::uint64_t{1} << 48U) - 1;  // RFC 3711, 9.2: then the key is worn.

using Word = std::array<std::uint8_t, 4>;

Word word_of(std::uint32_t value) {
  return {static_cast<std::uint8_t>(value >> 24U), static_cast<std::uint8_t>(value >> 16U),
          static_cast<std::uint8_t>(value >> 8U), static_cast<std::uint8_t>(value)};
}

std::uint32_t u32_at(ByteView bytes, std::size_t at) {
  return ByteReader(bytes.subspan(at, 4)).u32();
}

std::uint16_t u16_at(ByteView bytes, std::size_t at) {
  return ByteReader(bytes.subspan(at, 2)).u16();
}

// Bytes of an RTP header with its CSRCs and extension; 0 when the packet is no RTP or too short for them.
std::size_t rtp_header_bytes(ByteView packet) {
  if (packet.size() < kRtpHeaderBytes || packet[0] >> 6U != 2) return 0;
  std::size_t bytes = kRtpHeaderBytes + std::size_t{4} * (packet[0] & 0x0FU);
  if ((packet[0] & 0x10U) != 0) {
    if (packet.size() < bytes + 4) return 0;
    bytes += 4 + std::size_t{4} * u16_at(packet, bytes + 2);
  }
  return bytes <= packet.size() ? bytes : 0;
}

// RFC 3711, 4.2: HMAC covers the roll-over counter, which is not sent. GCM has it in the nonce.
Word roll_over(std::uint64_t index) {
  return word_of(static_cast<std::uint32_t>(index >> 16U));
}

ByteView rtp_trailer(Profile profile, const Word& roll_over) {
  return profile == Profile::aes128_cm_sha1_80 ? ByteView(roll_over) : ByteView();
}

}  // namespace

Sealer::Sealer(Profile profile, const SessionKeys& keys)
    : profile_(profile),
      rtp_(std::make_unique<Transform>(profile, keys.rtp, Transform::Direction::seal)),
      rtcp_(std::make_unique<Transform>(profile, keys.rtcp, Transform::Direction::seal)) {
  sources_.reserve(kSsrcsUsual);
}

Sealer::WorkingSet Sealer::working_set() const {
  return {MemoryPiece{.at = rtp_.get(), .bytes = sizeof(Transform)}, rtp_->cipher_memory(),
          MemoryPiece{.at = sources_.data(), .bytes = kSsrcsUsual * sizeof(Source)}};
}

Sealer::~Sealer() = default;
Sealer::Sealer(Sealer&&) noexcept = default;
Sealer& Sealer::operator=(Sealer&&) noexcept = default;

Sealer::Source* Sealer::source_of(std::uint32_t ssrc) {
  const auto found = std::ranges::find(sources_, ssrc, &Source::ssrc);
  if (found != sources_.end()) return &*found;
  if (sources_.size() == kSsrcsMax) return nullptr;
  return &sources_.emplace_back(Source{.ssrc = ssrc, .sent = {}});
}

std::size_t Sealer::seal_rtp(ByteView header, ByteView prefix, ByteView payload,
                             std::span<std::uint8_t> out) {
  if (header.size() < kRtpHeaderBytes || header.size() % 4 != 0) return 0;
  Source* const source = source_of(u32_at(header, 8));
  if (source == nullptr) return 0;
  const auto index = source->sent.index_of(u16_at(header, 2));
  if (!index || *index > kRtpIndexMax || !source->sent.is_new(*index)) return 0;
  const std::size_t total = seal_at(*index, header, prefix, payload, out);
  if (total > 0) source->sent.take(*index);
  return total;
}

std::size_t Sealer::seal_rtp_again(ByteView header, ByteView payload, std::span<std::uint8_t> out) {
  if (header.size() < kRtpHeaderBytes || header.size() % 4 != 0) return 0;
  const Source* const source = source_of(u32_at(header, 8));
  if (source == nullptr) return 0;
  const auto index = source->sent.index_of(u16_at(header, 2));
  if (!index || source->sent.is_new(*index)) return 0;
  return seal_at(*index, header, {}, payload, out);
}

std::size_t Sealer::seal_at(std::uint64_t index, ByteView header, ByteView prefix, ByteView payload,
                            std::span<std::uint8_t> out) {
  const std::size_t sealed = prefix.size() + payload.size();
  const std::size_t total = header.size() + sealed + tag_bytes(profile_);
  if (out.size() < total) return 0;
  if (header.data() != out.data()) std::ranges::copy(header, out.begin());
  const Word counter = roll_over(index);
  rtp_->seal({.ssrc = u32_at(header, 8),
              .index = index,
              .clear = out.first(header.size()),
              .sealed = out.subspan(header.size(), sealed),
              .trailer = rtp_trailer(profile_, counter)},
             prefix, payload, out.subspan(header.size() + sealed, tag_bytes(profile_)));
  return total;
}

// RFC 3711, 3.4: header, encrypted rest, E flag and index, tag. GCM has the tag before the index word (RFC
// 7714, 9.2).
std::size_t Sealer::seal_rtcp(ByteView packet, std::span<std::uint8_t> out) {
  const std::size_t tag = tag_bytes(profile_);
  const std::size_t total = packet.size() + kRtcpIndexBytes + tag;
  if (packet.size() < kRtcpHeaderBytes || out.size() < total) return 0;
  if (rtcp_index_ == kEncryptedFlag - 1) return 0;  // RFC 3711, 9.2: 2^31 packets wear the key out.
  ++rtcp_index_;
  const Word word = word_of(kEncryptedFlag | rtcp_index_);
  const bool gcm = profile_ == Profile::aead_aes_128_gcm;
  const std::size_t word_at = gcm ? packet.size() + tag : packet.size();
  const std::size_t tag_at = gcm ? packet.size() : packet.size() + kRtcpIndexBytes;
  std::copy_n(packet.begin(), kRtcpHeaderBytes, out.begin());
  std::ranges::copy(word, out.subspan(word_at).begin());
  rtcp_->seal({.ssrc = u32_at(packet, 4),
               .index = rtcp_index_,
               .clear = out.first(kRtcpHeaderBytes),
               .sealed = out.subspan(kRtcpHeaderBytes, packet.size() - kRtcpHeaderBytes),
               .trailer = word},
              {}, packet.subspan(kRtcpHeaderBytes), out.subspan(tag_at, tag));
  return total;
}

struct Opener::Source {
  std::uint32_t ssrc = 0;
  ReceivedWindow rtp;
  RtcpWindow rtcp;
};

Opener::Opener(Profile profile, const SessionKeys& keys) : profile_(profile), keys_(keys) {}

Opener::~Opener() = default;
Opener::Opener(Opener&&) noexcept = default;
Opener& Opener::operator=(Opener&&) noexcept = default;

Opener::Source* Opener::find_source(std::uint32_t ssrc) {
  const auto found = std::ranges::find_if(sources_, [&](const auto& s) { return s->ssrc == ssrc; });
  return found == sources_.end() ? nullptr : found->get();
}

// For a packet that has authenticated: only those who know the key can fill the table.
Opener::Source* Opener::add_source(std::uint32_t ssrc) {
  if (sources_.size() == kSsrcsMax) return nullptr;
  sources_.push_back(std::make_unique<Source>());
  sources_.back()->ssrc = ssrc;
  return sources_.back().get();
}

tl::expected<std::span<std::uint8_t>, Opener::Refusal> Opener::open_rtp(std::span<std::uint8_t> packet) {
  const std::size_t tag = tag_bytes(profile_);
  if (packet.size() < tag) return tl::unexpected(Refusal::malformed);
  const std::span<std::uint8_t> body = packet.first(packet.size() - tag);
  const std::size_t header = rtp_header_bytes(body);
  if (header == 0) return tl::unexpected(Refusal::malformed);
  const std::uint32_t ssrc = u32_at(body, 8);
  Source* source = find_source(ssrc);
  const ReceivedWindow fresh;
  const ReceivedWindow& window = source != nullptr ? source->rtp : fresh;
  const auto index = window.index_of(u16_at(body, 2));
  if (!index || !window.is_new(*index)) return tl::unexpected(Refusal::replayed);
  if (!rtp_) rtp_ = std::make_unique<Transform>(profile_, keys_.rtp, Transform::Direction::open);
  const Word counter = roll_over(*index);
  const Transform::Job job{.ssrc = ssrc,
                           .index = *index,
                           .clear = body.first(header),
                           .sealed = body.subspan(header),
                           .trailer = rtp_trailer(profile_, counter)};
  if (!rtp_->open(job, packet.last(tag))) return tl::unexpected(Refusal::forged);
  if (source == nullptr) source = add_source(ssrc);
  if (source == nullptr) return tl::unexpected(Refusal::too_many_sources);
  source->rtp.take(*index);
  return body;
}

tl::expected<std::span<std::uint8_t>, Opener::Refusal> Opener::open_rtcp(std::span<std::uint8_t> packet) {
  const std::size_t tag = tag_bytes(profile_);
  if (packet.size() < kRtcpHeaderBytes + kRtcpIndexBytes + tag || packet[0] >> 6U != 2) {
    return tl::unexpected(Refusal::malformed);
  }
  const std::span<std::uint8_t> body = packet.first(packet.size() - kRtcpIndexBytes - tag);
  const bool gcm = profile_ == Profile::aead_aes_128_gcm;
  const ByteView word = packet.subspan(body.size() + (gcm ? tag : 0), kRtcpIndexBytes);
  const std::uint32_t index = ByteReader(word).u32();
  // DTLS-SRTP has no way to agree on SRTCP in the clear (RFC 5764, 4.1.2).
  if ((index & kEncryptedFlag) == 0) return tl::unexpected(Refusal::malformed);
  const std::uint32_t ssrc = u32_at(body, 4);
  Source* source = find_source(ssrc);
  const std::uint64_t number = index & ~kEncryptedFlag;
  if (source != nullptr && !source->rtcp.is_new(number)) return tl::unexpected(Refusal::replayed);
  if (!rtcp_) rtcp_ = std::make_unique<Transform>(profile_, keys_.rtcp, Transform::Direction::open);
  const Transform::Job job{.ssrc = ssrc,
                           .index = number,
                           .clear = body.first(kRtcpHeaderBytes),
                           .sealed = body.subspan(kRtcpHeaderBytes),
                           .trailer = word};
  if (!rtcp_->open(job, packet.subspan(body.size() + (gcm ? 0 : kRtcpIndexBytes), tag))) {
    return tl::unexpected(Refusal::forged);
  }
  if (source == nullptr) source = add_source(ssrc);
  if (source == nullptr) return tl::unexpected(Refusal::too_many_sources);
  source->rtcp.take(number);
  return body;
}

}  // namespace luso::proto::srtp
