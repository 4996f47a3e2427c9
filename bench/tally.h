#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

// What a load tool counts, and what it cost the server.
namespace luso::bench {

// Microseconds since 1970. Kernel receive stamps are on this clock.
[[nodiscard]] std::int64_t now_us();

// All values of a measure.
class Sample {
 public:
  void add(double value) { values_.push_back(value); }

  [[nodiscard]] std::size_t size() const { return values_.size(); }

  [[nodiscard]] double quantile(double q) const;  // 0 when there are none.
  // {"n":5,"p50":1.2,"p95":3.4,"p99":3.4,"max":3.4}
  [[nodiscard]] std::string json() const;

 private:
  std::vector<double> values_;
};

// A process so far, all of its threads together.
struct ProcessCost {
  std::int64_t cpu_us = 0;  // The scheduler's own account.
  std::int64_t rss_kb = 0;
};

[[nodiscard]] ProcessCost cost_of(int pid);

}  // namespace luso::bench
