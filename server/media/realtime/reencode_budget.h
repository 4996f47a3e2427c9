#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "media/metrics.h"
#include "media/realtime/cpu_times.h"

namespace luso::media {

// How many pictures this machine makes again at one time: an encoder costs half a core or two, and nothing
// else may suffer for it. Any thread.
class ReencodeBudget {
 public:
  // So long must the machine be over its threshold, the encoders themselves not counted, before one of them
  // is told to stop; then again before the next.
  static constexpr int kPatienceSeconds = 10;

  // `cpu_percent_max`: no new one while the machine is busier; 100: never mind.
  ReencodeBudget(unsigned count_max, int cpu_percent_max, MediaMetrics& metrics);

  // One encoder's place; given back with it.
  class Permit {
   public:
    explicit Permit(ReencodeBudget& budget) : budget_(budget) {}

    ~Permit();
    Permit(const Permit&) = delete;
    Permit& operator=(const Permit&) = delete;

    // The machine has no room for it any more.
    [[nodiscard]] bool revoked() const { return revoked_.load(std::memory_order_relaxed); }

   private:
    friend class ReencodeBudget;
    ReencodeBudget& budget_;
    std::atomic<bool> revoked_ = false;
  };

  enum class Refusal : std::uint8_t { off, all_taken, cpu };
  // Null when there is no room; `why` says why not, and metrics count it.
  [[nodiscard]] std::unique_ptr<Permit> take(Refusal& why);

  // Once a second. The newest encoder yields first.
  void on_second(const CpuTimes& now);

 private:
  std::mutex mutex_;
  unsigned count_max_;
  int cpu_percent_max_;
  MediaMetrics& metrics_;
  std::vector<Permit*> permits_;  // Oldest first.
  std::optional<CpuTimes> before_;
  int busy_percent_ = 0;  // Smoothed over some seconds.
  int overloaded_seconds_ = 0;
};

[[nodiscard]] std::string_view name_of(ReencodeBudget::Refusal refusal);  // "cpu"

}  // namespace luso::media
