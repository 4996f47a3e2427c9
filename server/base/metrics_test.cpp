#include "base/metrics.h"

#include <thread>

#include <gtest/gtest.h>

namespace luso::metrics {
namespace {

TEST(Metrics, RenderInPrometheusTextFormat) {
  Registry registry;

  registry.counter("luso_http_requests_total", "Requests answered.", {{"status", "2xx"}}).add(3);
  registry.gauge("luso_http_connections", "Connections open now.").set(2);
  Histogram& times = registry.histogram("luso_api_seconds", "Time.", {0.1, 1}, {{"route", "get_channel"}});
  times.observe(0.1);
  times.observe(0.5);
  times.observe(7);

  EXPECT_EQ(registry.render(),
            "# HELP luso_http_requests_total Requests answered.\n"
            "# TYPE luso_http_requests_total counter\n"
            "luso_http_requests_total{status=\"2xx\"} 3\n"
            "# HELP luso_http_connections Connections open now.\n"
            "# TYPE luso_http_connections gauge\n"
            "luso_http_connections 2\n"
            "# HELP luso_api_seconds Time.\n"
            "# TYPE luso_api_seconds histogram\n"
            "luso_api_seconds_bucket{route=\"get_channel\",le=\"0.1\"} 1\n"
            "luso_api_seconds_bucket{route=\"get_channel\",le=\"1\"} 2\n"
            "luso_api_seconds_bucket{route=\"get_channel\",le=\"+Inf\"} 3\n"
            "luso_api_seconds_sum{route=\"get_channel\"} 7.6\n"
            "luso_api_seconds_count{route=\"get_channel\"} 3\n");
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameMetric) {
  Registry registry;

  registry.counter("luso_x_total", "X.", {{"a", "1"}}).add();
  registry.counter("luso_x_total", "X.", {{"a", "1"}}).add();
  registry.counter("luso_x_total", "X.", {{"a", "2"}}).add();

  EXPECT_EQ(registry.counter("luso_x_total", "X.", {{"a", "1"}}).value(), 2U);
}

TEST(Metrics, LabelValuesAreEscaped) {
  Registry registry;

  registry.counter("luso_x_total", "X.", {{"agent", "a\"b\\c\nd"}}).add();

  EXPECT_NE(registry.render().find(R"(luso_x_total{agent="a\"b\\c\nd"} 1)"), std::string::npos);
}

TEST(Metrics, SeriesBeyondTheLimitShareOne) {
  Registry registry;
  for (std::size_t i = 0; i < Registry::kSeriesPerFamilyMax; ++i) {
    registry.counter("luso_x_total", "X.", {{"a", std::to_string(i)}}).add();
  }

  registry.counter("luso_x_total", "X.", {{"a", "one too many"}}).add();
  registry.counter("luso_x_total", "X.", {{"a", "two too many"}}).add();

  EXPECT_NE(registry.render().find("luso_x_total{a=\"other\"} 2"), std::string::npos);
}

TEST(Metrics, ObservedValuesAreReadWhenRendered) {
  Registry registry;
  double depth = 1;
  registry.observe("luso_queue_depth", "Depth.", {}, [&] { return depth; });

  depth = 5;

  EXPECT_NE(registry.render().find("luso_queue_depth 5\n"), std::string::npos);
}

TEST(Metrics, ThreadsLoseNoIncrement) {
  Registry registry;
  Counter& counter = registry.counter("luso_x_total", "X.");
  Histogram& histogram = registry.histogram("luso_y", "Y.", {1});
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 10'000; ++i) counter.add(), histogram.observe(2);
      });
    }
  }
  EXPECT_EQ(counter.value(), 40'000U);
  EXPECT_EQ(histogram.count(), 40'000U);
  EXPECT_EQ(histogram.sum(), 80'000);
}

}  // namespace
}  // namespace luso::metrics
