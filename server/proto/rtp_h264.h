#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "proto/rtp.h"

// H.264 in RTP (RFC 6184), packetization mode 1: single NAL units, STAP-A and FU-A.
namespace luso::proto::rtp {

// The parameter sets of an AVCDecoderConfigurationRecord, as NAL units behind 4-byte lengths: what stands in
// front of a keyframe that brings none of its own.
[[nodiscard]] Result<Bytes> h264_parameter_sets(ByteView avcc);

// Cuts one access unit (4-byte lengths, as in media::Frame) into payloads of at most `payload_bytes_max`.
// Neighbours that fit share a STAP-A; a unit that does not fit becomes FU-A fragments that are all of one
// size but the last, for the sake of UDP segmentation offload. `parameter_sets` may be empty; they are sent
// before an IDR picture that has none in band.
void packetise_h264(ByteView access_unit, ByteView parameter_sets, Payloads& out,
                    std::size_t payload_bytes_max = kPayloadBytesMax);

// Puts access units together again. Packets come in sequence order; whoever orders them says where some are
// missing for good.
class H264Depacketiser {
 public:
  static constexpr std::size_t kAccessUnitBytesMax = std::size_t{8} << 20U;  // A larger one is damaged.

  struct Piece {
    std::uint32_t timestamp = 0;
    bool marker = false;
    bool after_gap = false;  // Packets between the last one and this are missing.
    ByteView payload;
  };

  struct AccessUnit {
    std::uint32_t timestamp = 0;
    Bytes sample;          // 4-byte lengths; no parameter sets, delimiters or filler.
    Bytes parameter_sets;  // The SPS and PPS that came with it, likewise: for h264::write_avc_config().
    bool idr = false;
    bool has_picture = false;
    bool damaged = false;     // A part of it is missing or malformed: not for decoders.
    bool malformed = false;   // Loss does not explain the damage.
    bool after_loss = false;  // It is whole itself, but pictures before it may be missing.
  };

  // Appends what the piece completes: none, one, or two when the end of the one before was not marked.
  void push(const Piece& piece, std::vector<AccessUnit>& out);

 private:
  void begin(std::uint32_t timestamp, bool after_gap);
  void finish(std::vector<AccessUnit>& out);
  void take(ByteView payload);
  void take_aggregate(ByteView payload);
  void take_fragment(ByteView payload);
  void take_unit(ByteView unit);
  void note_head(ByteView unit_start);
  void end_fragments();
  void break_off();
  [[nodiscard]] Bytes* place_for(unsigned type);

  bool open_ = false;
  AccessUnit unit_;
  bool gap_pending_ = false;  // Padding came after a gap: what follows it does too.
  bool touched_by_loss_ = false;
  bool head_missing_ = false;  // After a gap, until its first slice turns out to be here.
  bool in_fragments_ = false;
  unsigned fragments_type_ = 0;
  Bytes* fragments_ = nullptr;       // Where the unit in fragments goes; null: nowhere.
  std::size_t fragments_start_ = 0;  // Of its length, written when the unit is complete.
};

}  // namespace luso::proto::rtp
