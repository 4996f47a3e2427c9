#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "proto/codec.h"

// H.264 as far as a server needs it: what the decoder record says, and which access units a viewer can start
// from. Clauses are of ITU-T H.264 unless another document is named.
namespace luso::proto::h264 {

// Of AVCDecoderConfigurationRecord (ISO 14496-15, 5.3.3.1). The track's `config` is the record with 4-byte
// NAL lengths, whatever the encoder's own width: samples are brought to it by append_access_unit().
[[nodiscard]] Result<VideoTrack> parse_avc_config(ByteView avcc);

// What the first SPS of a decoder record promises of every picture.
struct Promises {
  bool is_420_8_bit = true;  // What every decoder has; others are for studios.
  bool in_order = false;  // Pictures are shown in the order they come (pic_order_cnt_type 2, no B slices in
                          // the profile, or E.2.1's max_num_reorder_frames 0); false also when it is silent.
};

[[nodiscard]] Result<Promises> promises_of(ByteView avcc);

// How wide the encoder's own NAL lengths are: 1, 2 or 4.
[[nodiscard]] Result<unsigned> nal_length_size_of(ByteView avcc);

// The record for SPS and PPS that came in band, behind 4-byte lengths, as RTP brings them. Units of other
// types and repetitions are left out. Fails with "proto.bad_config" when there is not at least one of each.
[[nodiscard]] Result<Bytes> write_avc_config(ByteView parameter_sets);

struct AccessUnit {
  bool idr = false;  // A viewer can start here.
  bool has_picture =
      false;  // At least one slice; the rest (SEI alone, parameter sets alone) is not worth a frame.
  bool has_parameter_sets = false;  // In-band SPS or PPS were seen; they stay in the sample.
};

// Appends one access unit to `out` with 4-byte lengths. Access unit delimiters, filler and empty units are
// left out, and a sample in Annex B form is accepted. Fails with "proto.bad_sample" and an unchanged `out`
// when the framing is broken.
[[nodiscard]] Result<AccessUnit> append_access_unit(ByteView sample, unsigned nal_length_size, Bytes& out);

}  // namespace luso::proto::h264
