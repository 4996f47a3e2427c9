#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Numbers about the running process, in Prometheus' text format 0.0.4. Look a metric up once, keep the
// reference, and add to it from any thread: the hot path is one relaxed atomic operation. Names begin with
// luso_, counters end with _total, times are in seconds.
namespace luso::metrics {

class Counter {
 public:
  void add(std::uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }

  [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  alignas(64) std::atomic<std::uint64_t> value_ = 0;
};

class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }

  void add(double amount) { value_.fetch_add(amount, std::memory_order_relaxed); }

  [[nodiscard]] double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  alignas(64) std::atomic<double> value_ = 0;
};

// Counts what is at most each bound, and everything in a last bucket without one.
class Histogram {
 public:
  explicit Histogram(std::vector<double> bounds);
  void observe(double value);
  [[nodiscard]] std::uint64_t count() const;

  [[nodiscard]] double sum() const { return sum_.load(std::memory_order_relaxed); }

  [[nodiscard]] const std::vector<double>& bounds() const { return bounds_; }

  [[nodiscard]] std::uint64_t in_bucket(std::size_t index) const {
    return buckets_[index].load(std::memory_order_relaxed);
  }

 private:
  std::vector<double> bounds_;  // Ascending.
  std::vector<std::atomic<std::uint64_t>> buckets_;
  std::atomic<double> sum_ = 0;
};

// Half a millisecond to ten seconds: what a request may take.
[[nodiscard]] std::vector<double> latency_bounds_s();

using Label = std::pair<std::string_view, std::string_view>;
using Labels = std::initializer_list<Label>;

// All metrics of the process. What it hands out lives as long as the registry. The same name and labels give
// the same metric; a name used as two kinds stops the process.
class Registry {
 public:
  // One more series of a family answers to the labels value "other": a client cannot fill the memory with
  // names.
  static constexpr std::size_t kSeriesPerFamilyMax = 1000;

  Registry();
  ~Registry();
  Counter& counter(std::string_view name, std::string_view help, Labels labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, Labels labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                       Labels labels = {});
  // Asked at each rendering, on the thread that renders.
  void observe(std::string_view name, std::string_view help, Labels labels, std::function<double()> read);

  [[nodiscard]] std::string render() const;

 private:
  struct Family;
  struct Series;
  Series& series_of(std::string_view name, std::string_view help, std::string_view type, Labels labels);

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<Family>> families_;
};

// The process' own registry, which /metrics shows.
[[nodiscard]] Registry& registry();

}  // namespace luso::metrics
