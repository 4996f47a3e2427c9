#include "media/realtime/reencode_budget.h"

#include <algorithm>

#include "base/log.h"

namespace luso::media {
namespace {

constexpr int kSmoothing = 4;  // Seconds, about.
constexpr int kAlways = 100;

}  // namespace

std::string_view name_of(ReencodeBudget::Refusal refusal) {
  switch (refusal) {
    case ReencodeBudget::Refusal::off: return "off";
    case ReencodeBudget::Refusal::all_taken: return "all_taken";
    case ReencodeBudget::Refusal::cpu: return "cpu";
  }
  return "off";
}

ReencodeBudget::ReencodeBudget(unsigned count_max, int cpu_percent_max, MediaMetrics& metrics)
    : count_max_(count_max), cpu_percent_max_(cpu_percent_max), metrics_(metrics) {}

ReencodeBudget::Permit::~Permit() {
  const std::scoped_lock lock(budget_.mutex_);
  std::erase(budget_.permits_, this);
  budget_.metrics_.reencodes.add(-1);
}

std::unique_ptr<ReencodeBudget::Permit> ReencodeBudget::take(Refusal& why) {
  const std::scoped_lock lock(mutex_);
  std::optional<Refusal> refusal;
  if (count_max_ == 0) {
    refusal = Refusal::off;
  } else if (permits_.size() >= count_max_) {
    refusal = Refusal::all_taken;
  } else if (cpu_percent_max_ < kAlways && busy_percent_ > cpu_percent_max_) {
    refusal = Refusal::cpu;
  }
  if (refusal) {
    why = *refusal;
    metrics_.reencode_refused(name_of(why));
    return nullptr;
  }
  auto permit = std::make_unique<Permit>(*this);
  permits_.push_back(permit.get());
  metrics_.reencodes.add(1);
  return permit;
}

void ReencodeBudget::on_second(const CpuTimes& now) {
  const std::scoped_lock lock(mutex_);
  if (before_) {
    const CpuLoad load = load_between(*before_, now);
    busy_percent_ += (load.busy_percent - busy_percent_) / kSmoothing;
    const bool overloaded = cpu_percent_max_ < kAlways && load.urgent_percent > cpu_percent_max_;
    overloaded_seconds_ = overloaded ? overloaded_seconds_ + 1 : 0;
  }
  before_ = now;
  if (overloaded_seconds_ < kPatienceSeconds) return;
  overloaded_seconds_ = 0;
  const auto newest = std::ranges::find_if(permits_.rbegin(), permits_.rend(),
                                           [](const Permit* permit) { return !permit->revoked(); });
  if (newest == permits_.rend()) return;
  (*newest)->revoked_ = true;
  log::warn("media.reencode_revoked", {{"running", permits_.size()}});
}

}  // namespace luso::media
