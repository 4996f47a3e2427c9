#include "tally.h"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>

namespace luso::bench {

std::int64_t now_us() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

double Sample::quantile(double q) const {
  if (values_.empty()) return 0;
  std::vector<double> sorted = values_;
  std::sort(sorted.begin(), sorted.end());
  return sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))];
}

std::string Sample::json() const {
  char text[160];
  std::snprintf(text, sizeof text, R"({"n":%zu,"p50":%.2f,"p95":%.2f,"p99":%.2f,"max":%.2f})", size(),
                quantile(0.5), quantile(0.95), quantile(0.99), quantile(1));
  return text;
}

ProcessCost cost_of(int pid) {
  ProcessCost cost;
  const std::string folder = "/proc/" + std::to_string(pid);
  std::error_code error;
  for (const auto& task : std::filesystem::directory_iterator(folder + "/task", error)) {
    std::ifstream file(task.path() / "schedstat");
    std::int64_t nanoseconds = 0;
    if (file >> nanoseconds) cost.cpu_us += nanoseconds / 1000;
  }
  std::ifstream status(folder + "/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmRSS:")) cost.rss_kb = std::atoll(line.c_str() + 6);
  }
  return cost;
}

}  // namespace luso::bench
