#include "media/realtime/cpu_times.h"

#include <array>
#include <charconv>
#include <fstream>
#include <string>

namespace luso::media {

// proc(5): user nice system idle iowait irq softirq steal guest guest_nice; the guests are in user and nice.
std::optional<CpuTimes> parse_cpu_times(std::string_view proc_stat) {
  constexpr std::string_view kPrefix = "cpu ";
  constexpr std::size_t kNice = 1, kIdle = 3, kWaiting = 4;
  if (!proc_stat.starts_with(kPrefix)) return std::nullopt;
  std::string_view rest = proc_stat.substr(kPrefix.size());
  std::array<std::uint64_t, 8> ticks{};
  for (std::uint64_t& field : ticks) {
    rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), field);
    if (error != std::errc()) return std::nullopt;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  }
  CpuTimes times{.idle = ticks[kIdle] + ticks[kWaiting], .nice = ticks[kNice], .total = 0};
  for (const std::uint64_t field : ticks) times.total += field;
  return times;
}

std::optional<CpuTimes> read_cpu_times() {
  std::ifstream file("/proc/stat");
  std::string line;
  if (!std::getline(file, line)) return std::nullopt;
  return parse_cpu_times(line);
}

CpuLoad load_between(const CpuTimes& before, const CpuTimes& after) {
  constexpr std::uint64_t kPercent = 100;
  if (after.total <= before.total) return {};
  const std::uint64_t total = after.total - before.total;
  // Idle time may run backwards a little (proc(5)).
  const std::uint64_t idle = std::min(total, after.idle - std::min(after.idle, before.idle));
  const std::uint64_t nice = std::min(total - idle, after.nice - std::min(after.nice, before.nice));
  return {.busy_percent = static_cast<int>((total - idle) * kPercent / total),
          .urgent_percent = static_cast<int>((total - idle - nice) * kPercent / total)};
}

}  // namespace luso::media
