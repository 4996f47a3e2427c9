#include "base/metrics.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/check.h"

namespace luso::metrics {
namespace {

// The shortest text that reads back as the same number; the format's own words for what is not finite.
std::string text_of(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char digits[32];
  const auto written = std::to_chars(std::begin(digits), std::end(digits), value);
  return {std::begin(digits), written.ptr};
}

void append_escaped(std::string& out, std::string_view value) {
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
}

// route="get_channel",status="200"
std::string text_of(Labels labels, bool overflowed) {
  std::string text;
  for (const auto& [name, value] : labels) {
    if (!text.empty()) text += ',';
    text += name;
    text += "=\"";
    append_escaped(text, overflowed ? std::string_view("other") : value);
    text += '"';
  }
  return text;
}

void append_sample(std::string& out, std::string_view name, std::string_view labels, std::string_view value) {
  out += name;
  if (!labels.empty()) {
    out += '{';
    out += labels;
    out += '}';
  }
  out += ' ';
  out += value;
  out += '\n';
}

void append_histogram(std::string& out, const std::string& name, const std::string& labels,
                      const Histogram& histogram) {
  const std::string prefix = labels.empty() ? "le=\"" : labels + ",le=\"";
  std::uint64_t below = 0;
  for (std::size_t i = 0; i <= histogram.bounds().size(); ++i) {
    below += histogram.in_bucket(i);
    const std::string bound = i < histogram.bounds().size() ? text_of(histogram.bounds()[i]) : "+Inf";
    append_sample(out, name + "_bucket", prefix + bound + '"', std::to_string(below));
  }
  append_sample(out, name + "_sum", labels, text_of(histogram.sum()));
  append_sample(out, name + "_count", labels, std::to_string(below));
}

}  // namespace

Histogram::Histogram(std::vector<double> bounds) : bounds_(std::move(bounds)), buckets_(bounds_.size() + 1) {
  LUSO_CHECK(std::is_sorted(bounds_.begin(), bounds_.end()));
}

void Histogram::observe(double value) {
  const auto bound = std::lower_bound(bounds_.begin(), bounds_.end(), value);
  buckets_[static_cast<std::size_t>(bound - bounds_.begin())].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::uint64_t Histogram::count() const {
  std::uint64_t total = 0;
  for (const auto& bucket : buckets_) total += bucket.load(std::memory_order_relaxed);
  return total;
}

std::vector<double> latency_bounds_s() {
  return {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10};
}

struct Registry::Series {
  std::string labels;
  std::unique_ptr<Counter> counter;
  std::unique_ptr<Gauge> gauge;
  std::unique_ptr<Histogram> histogram;
  std::function<double()> read;
};

struct Registry::Family {
  std::string name, help, type;
  std::vector<std::unique_ptr<Series>> series;
};

Registry::Registry() = default;
Registry::~Registry() = default;

Registry::Series& Registry::series_of(std::string_view name, std::string_view help, std::string_view type,
                                      Labels labels) {
  auto family =
      std::find_if(families_.begin(), families_.end(), [&](const auto& f) { return f->name == name; });
  if (family == families_.end()) {
    auto made =
        Family{.name = std::string(name), .help = std::string(help), .type = std::string(type), .series = {}};
    families_.push_back(std::make_unique<Family>(std::move(made)));
    family = std::prev(families_.end());
  }
  LUSO_CHECK((*family)->type == type);
  auto& all = (*family)->series;
  const auto find = [&all](const std::string& text) {
    return std::find_if(all.begin(), all.end(), [&](const auto& one) { return one->labels == text; });
  };
  std::string text = text_of(labels, false);
  auto found = find(text);
  if (found == all.end() && all.size() >= kSeriesPerFamilyMax) {
    text = text_of(labels, true);
    found = find(text);
  }
  if (found != all.end()) return **found;
  all.push_back(std::make_unique<Series>());
  all.back()->labels = std::move(text);
  return *all.back();
}

Counter& Registry::counter(std::string_view name, std::string_view help, Labels labels) {
  const std::scoped_lock lock(mutex_);
  Series& series = series_of(name, help, "counter", labels);
  if (!series.counter) series.counter = std::make_unique<Counter>();
  return *series.counter;
}

Gauge& Registry::gauge(std::string_view name, std::string_view help, Labels labels) {
  const std::scoped_lock lock(mutex_);
  Series& series = series_of(name, help, "gauge", labels);
  if (!series.gauge) series.gauge = std::make_unique<Gauge>();
  return *series.gauge;
}

Histogram& Registry::histogram(std::string_view name, std::string_view help, std::vector<double> bounds,
                               Labels labels) {
  const std::scoped_lock lock(mutex_);
  Series& series = series_of(name, help, "histogram", labels);
  if (!series.histogram) series.histogram = std::make_unique<Histogram>(std::move(bounds));
  return *series.histogram;
}

void Registry::observe(std::string_view name, std::string_view help, Labels labels,
                       std::function<double()> read) {
  const std::scoped_lock lock(mutex_);
  series_of(name, help, "gauge", labels).read = std::move(read);
}

std::string Registry::render() const {
  const std::scoped_lock lock(mutex_);
  std::string out;
  for (const auto& family : families_) {
    out += "# HELP " + family->name + ' ' + family->help + "\n# TYPE " + family->name + ' ' + family->type +
           '\n';
    for (const auto& series : family->series) {
      if (series->counter) {
        append_sample(out, family->name, series->labels, std::to_string(series->counter->value()));
      } else if (series->histogram) {
        append_histogram(out, family->name, series->labels, *series->histogram);
      } else {
        const double value = series->read ? series->read() : series->gauge->value();
        append_sample(out, family->name, series->labels, text_of(value));
      }
    }
  }
  return out;
}

Registry& registry() {
  static Registry all;
  return all;
}

}  // namespace luso::metrics
