#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace luso::media {

// Bits a second of a stream over its last four seconds: two groups of pictures, as a rule, so that it matters
// little where keyframes lie. By the stream's own time.
class RateMeter {
 public:
  static constexpr std::int64_t kBucketUs = 500'000;
  static constexpr std::size_t kBuckets = 8;

  void add(std::int64_t dts_us, std::size_t bytes) {
    const std::int64_t bucket = dts_us / kBucketUs;
    if (count_ == 0 || bucket > newest_ + static_cast<std::int64_t>(kBuckets) || bucket < newest_ - 1) {
      buckets_ = {};
      newest_ = bucket;
      count_ = 1;
    }
    for (; newest_ < bucket; ++count_) buckets_[index(++newest_)] = 0;
    buckets_[index(bucket)] += bytes;
  }

  [[nodiscard]] std::int64_t bps() const { return static_cast<std::int64_t>(per_second() * 8); }

  // Of whole buckets; 0 before there is a second of them.
  [[nodiscard]] double per_second() const {
    const std::size_t whole = count_ == 0 ? 0 : count_ - 1 < kBuckets - 1 ? count_ - 1 : kBuckets - 1;
    if (whole < 2) return 0;
    std::size_t bytes = 0;
    for (std::size_t back = 1; back <= whole; ++back)
      bytes += buckets_[index(newest_ - static_cast<std::int64_t>(back))];
    constexpr double kUsPerSecond = 1e6;
    return static_cast<double>(bytes) * kUsPerSecond / (static_cast<double>(whole) * kBucketUs);
  }

  void reset() { *this = {}; }

 private:
  [[nodiscard]] static std::size_t index(std::int64_t bucket) {
    return static_cast<std::size_t>(bucket) % kBuckets;
  }

  std::array<std::size_t, kBuckets> buckets_{};
  std::int64_t newest_ = 0;
  std::size_t count_ = 0;
};

}  // namespace luso::media
