#pragma once

#include "gen/live.h"
#include "live/broadcasts.h"
#include "live/model.h"

// Between the contract's types and ours.
namespace luso::live::internal {

// `now` versions the thumbnail's address, so that a page that asks again gets a new picture past every cache.
[[nodiscard]] gen::Stream to_dto(Stream stream, WallTime now);
[[nodiscard]] gen::StreamList to_dto(StreamPage page, WallTime now);
[[nodiscard]] gen::PublishSettings to_dto(PublishSettings publish);
[[nodiscard]] gen::StreamHealth to_dto(Broadcasts::Health health);
[[nodiscard]] gen::StreamCurve to_dto(Curve curve);
[[nodiscard]] gen::HeartbeatAnswer to_dto(HeartbeatAnswer answer);

[[nodiscard]] StreamFilter from_dto(gen::ListStreamsQuery query, UserId reader);
[[nodiscard]] NewStream from_dto(gen::CreateStreamRequest body);
[[nodiscard]] StreamChange from_dto(gen::UpdateStreamRequest body);
[[nodiscard]] Heartbeat from_dto(gen::Heartbeat body, StreamId stream_id, UserId viewer);

}  // namespace luso::live::internal
