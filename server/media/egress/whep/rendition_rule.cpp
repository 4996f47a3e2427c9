#include "media/egress/whep/rendition_rule.h"

namespace luso::media::whep {

namespace {

using Rungs = std::span<const Ladder::Rung>;

constexpr double kClearlyMore = 1.1;  // Renditions closer together than this are the same.

bool is_there(const Ladder::Rung& rung) {
  return rung.is_live && rung.bitrate_bps > 0;
}

double scaled(std::int64_t bps, double by) {
  return static_cast<double>(bps) * by;
}

// The best that fits of those that need less; the least of them when none does.
std::optional<std::size_t> below(Rungs rungs, std::int64_t need_bps, std::uint64_t estimate_bps) {
  std::optional<std::size_t> fits, least;
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    const std::int64_t bps = rungs[i].bitrate_bps;
    if (!is_there(rungs[i]) || scaled(bps, kClearlyMore) > static_cast<double>(need_bps)) continue;
    if (!least || bps < rungs[*least].bitrate_bps) least = i;
    if (scaled(bps, RenditionRule::kRoomDown) > static_cast<double>(estimate_bps)) continue;
    if (!fits || bps > rungs[*fits].bitrate_bps) fits = i;
  }
  return fits ? fits : least;
}

// The next that needs more.
std::optional<std::size_t> above(Rungs rungs, std::int64_t need_bps) {
  std::optional<std::size_t> next;
  for (std::size_t i = 0; i < rungs.size(); ++i) {
    const std::int64_t bps = rungs[i].bitrate_bps;
    if (!is_there(rungs[i]) || static_cast<double>(bps) < scaled(need_bps, kClearlyMore)) continue;
    if (!next || bps < rungs[*next].bitrate_bps) next = i;
  }
  return next;
}

bool lasts(std::optional<MonoTime>& since, bool is_so, MonoTime now, Duration length) {
  if (!is_so) {
    since.reset();
    return false;
  }
  since = since.value_or(now);
  return now - *since >= length;
}

}  // namespace

RenditionRule::Verdict RenditionRule::decide(MonoTime now, std::size_t current, const Way& way, Rungs rungs) {
  notice_move(now, current, rungs);
  const Ladder::Rung& here = rungs[current];
  if (!here.is_live) {
    const auto other = below(rungs, std::max<std::int64_t>(seen_bps_, 1), way.estimate_bps);
    return {.rung = other ? *other : above(rungs, 0).value_or(current)};
  }
  if (here.bitrate_bps > 0) seen_bps_ = here.bitrate_bps;
  if (way.estimate_bps == 0 || here.bitrate_bps == 0 || now - moved_ < kSettle) return {.rung = current};
  if (is_too_much(now, here.bitrate_bps, way)) {
    return {.rung = below(rungs, here.bitrate_bps, way.estimate_bps).value_or(current)};
  }
  return look_up(now, current, way, rungs);
}

void RenditionRule::notice_move(MonoTime now, std::size_t current, Rungs rungs) {
  if (seen_ == current) return;
  const std::int64_t bps = rungs[current].bitrate_bps;
  const bool is_first = !seen_;
  const bool is_climb = !is_first && bps > seen_bps_;
  if (is_climb) {
    if (climbed_ && now - *climbed_ > kProven) up_again_ = kUpAgainMin;
    climbed_ = now;
  } else if (!is_first) {
    const bool in_vain = climbed_ && now - *climbed_ <= kProven;
    if (in_vain) {
      up_at_ = now + up_again_;
      up_again_ = std::min(up_again_ * 2, kUpAgainMax);
    } else {
      up_again_ = kUpAgainMin;
    }
    climbed_.reset();
  }
  seen_ = current;
  moved_ = now;
  low_since_.reset();
  lossy_since_.reset();
  high_since_.reset();
  probe_again_ = kProbeAgainMin;
  probe_at_ = now + kUpAfter;
}

bool RenditionRule::is_too_much(MonoTime now, std::int64_t need_bps, const Way& way) {
  const auto estimate = static_cast<double>(way.estimate_bps);
  const bool is_low = lasts(low_since_, estimate < scaled(need_bps, kTooLittle), now, kLowFor);
  const bool is_lossy = lasts(lossy_since_, way.loss > kLossMax, now, kLossyFor);
  return is_low || is_lossy || estimate < scaled(need_bps, kFarTooLittle);
}

RenditionRule::Verdict RenditionRule::look_up(MonoTime now, std::size_t current, const Way& way,
                                              Rungs rungs) {
  const auto better = above(rungs, rungs[current].bitrate_bps);
  if (!better || now - moved_ < kUpAfter || now < up_at_) return {.rung = current};
  const double wanted = scaled(rungs[*better].bitrate_bps, kRoomUp);
  const bool is_calm = !way.fills && way.loss < kLossUp;
  const bool has_room = is_calm && static_cast<double>(way.estimate_bps) >= wanted;
  if (lasts(high_since_, has_room, now, kUpFor)) return {.rung = *better};
  if (has_room || !is_calm || now < probe_at_) return {.rung = current};
  probe_at_ = now + probe_again_;
  probe_again_ = std::min(probe_again_ * 2, kProbeAgainMax);
  // A little over what is to be proved: the last packets of it are never counted.
  return {.rung = current, .probe_bps = static_cast<std::uint64_t>(wanted * kRoomDown)};
}

}  // namespace luso::media::whep
