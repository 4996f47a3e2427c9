#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "live/model.h"
#include "media/authority.h"

// Decisions about broadcasts. Pure: values in, values out.
namespace luso::live::rules {

// --- How many broadcasts a day.

inline constexpr Duration kDay = std::chrono::hours(24);

// `created` are the creations of one user, newest first; those older than a day do not count. The error says
// when the oldest one that does leaves the window.
[[nodiscard]] Result<void> may_create(const std::vector<WallTime>& created, WallTime now,
                                      int streams_per_day);

// --- Who may publish.

// `record` is what is stored of the key, empty when it is unknown; `token` is what its signature is worth.
// What a new token would not mend is said before what it would.
[[nodiscard]] Result<void> may_publish(const std::optional<KeyRecord>& record,
                                       const Result<VerifiedToken>& token, WallTime now);

// --- What a list shows of a stream.

// A new address every so often, so that a page asked again shows a new picture. A stream that is over has
// none: its window is gone.
inline constexpr Duration kThumbnailEvery = std::chrono::seconds(10);
[[nodiscard]] std::optional<std::string> thumbnail_url(StreamId id, bool is_live, WallTime now);

// --- Who counts as a viewer. The statement that books a heartbeat (viewer_store.cpp) works with these.

// Two beats within this window, and the player moving, make a concurrent viewer; also how long one beat is
// believed.
inline constexpr Duration kViewerWindow = std::chrono::seconds(60);
// What one gap between two beats can add to the watch time: the rhythm and half of it again, for a late beat.
inline constexpr Duration kWatchGapMax = std::chrono::seconds(30);
// A beat that shows no progress and comes sooner than this after another is the same beat sent twice.
inline constexpr Duration kBeatSpacingMin = std::chrono::seconds(1);

// Soon while the player is not counted yet, so that a count is right within seconds; then at a calm rhythm.
[[nodiscard]] int next_heartbeat_s(bool is_counted);

// --- What to tell a creator about their picture.

inline constexpr double kPacketLossMax = 0.03;  // A share; more of it is heard and seen.
inline constexpr double kKeyframeIntervalMax_s =
    4.0;  // Longer, and a viewer waits that long for a first picture.
inline constexpr int kVideoBitrateMax_kbps = 8000;  // More than most viewers' lines take.
// The leanest two seconds of the last five, as a share of their mean: a line that gives way, or an encoder
// that saves bits where nothing moves. Pictures of a few hundred kbit/s vary by nature.
inline constexpr double kSteadinessMin = 0.5;
inline constexpr int kUnstableFrom_kbps = 500;
inline constexpr double kFrameRateMin = 20.0;  // Below, motion visibly stutters.
// Less than this for a height looks like blocks: 1080 lines want 2 Mbit/s, 720 lines 900 kbit/s.
[[nodiscard]] int video_bitrate_kbps_min(int height);

// Nothing while nothing has been measured.
[[nodiscard]] std::vector<gen::StreamHealthAdvice> advice_for(const media::IngestFacts& facts);

}  // namespace luso::live::rules
