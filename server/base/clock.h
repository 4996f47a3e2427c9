#pragma once

#include <chrono>

namespace luso {

using WallTime = std::chrono::sys_time<std::chrono::microseconds>;
using MonoTime = std::chrono::steady_clock::time_point;
using Duration = std::chrono::microseconds;

// Time is handed in, so that rules can be tested at any moment.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual WallTime now() const = 0;        // Wall clock, for facts that are stored or shown.
  [[nodiscard]] virtual MonoTime monotonic() const = 0;  // For intervals and deadlines.
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] WallTime now() const override {
    return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  }

  [[nodiscard]] MonoTime monotonic() const override { return std::chrono::steady_clock::now(); }
};

class ManualClock final : public Clock {
 public:
  explicit ManualClock(WallTime start) : now_(start) {}

  void advance(Duration by) { now_ += by, mono_ += by; }

  [[nodiscard]] WallTime now() const override { return now_; }

  [[nodiscard]] MonoTime monotonic() const override { return mono_; }

 private:
  WallTime now_;
  MonoTime mono_{};
};

}  // namespace luso
