#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "media/egress/llhls/snapshot.h"
#include "proto/codec.h"

namespace luso::media {

struct PictureSize {
  int width = 0;
  int height = 0;
  friend bool operator==(const PictureSize&, const PictureSize&) = default;
};

// The largest even size of that shape that fits; never larger than the picture itself.
[[nodiscard]] PictureSize fit_into(PictureSize picture, PictureSize box);

// Decodes one keyframe and encodes it for cards: JPEG and WebP within 640x360, WebP within 320x180. Takes
// some ten milliseconds: for the blocking pool. Fails with "media.no_picture" when no decoder of ours makes a
// picture of it.
[[nodiscard]] Result<Thumbnail> make_thumbnail(const proto::VideoTrack& track, ByteView keyframe,
                                               WallTime taken_at);

}  // namespace luso::media
