#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace luso::media {

// The first line of /proc/stat: what the machine's processors did since it started, in ticks.
struct CpuTimes {
  std::uint64_t idle = 0;
  std::uint64_t nice = 0;  // For processes that yield to others, as our encoders do.
  std::uint64_t total = 0;
};

[[nodiscard]] std::optional<CpuTimes> parse_cpu_times(std::string_view proc_stat);
[[nodiscard]] std::optional<CpuTimes> read_cpu_times();  // Of this machine; takes some 20 us.

struct CpuLoad {
  int busy_percent = 0;    // All of it.
  int urgent_percent = 0;  // What does not yield.
};

[[nodiscard]] CpuLoad load_between(const CpuTimes& before, const CpuTimes& after);

}  // namespace luso::media
