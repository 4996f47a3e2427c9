#pragma once

#include <optional>

#include "base/bytes.h"
#include "proto/rtcp.h"

// The body of a transport-wide feedback message (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1):
// after the SSRCs, a status of every packet in run-length or bit-vector chunks, then a time step for each
// that came.
namespace luso::proto::rtcp {

// Nothing, and a failed reader, when it is damaged.
[[nodiscard]] std::optional<Message> read_transport_feedback(ByteReader& reader);
void write_transport_feedback(const TransportFeedback& feedback, ByteWriter& writer);

}  // namespace luso::proto::rtcp
