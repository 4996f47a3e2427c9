#include "base/log.h"

#include <array>
#include <atomic>
#include <memory>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace luso::log {
namespace {

std::atomic<Level> current_level{Level::info};
std::atomic<Format> current_format{Format::text};

constexpr std::array kLevelNames{"debug", "info", "warn", "error"};

const char* name_of(Level level) {
  return kLevelNames.at(static_cast<std::size_t>(level));
}

// JSON string escaping; text lines use the same so that one fact is always one line.
void append_quoted(std::string& out, std::string_view value) {
  out += '"';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += fmt::format("\\u{:04x}", byte);
    } else {
      out += c;
    }
  }
  out += '"';
}

spdlog::logger& logger() {
  if (auto existing = spdlog::get("luso")) return *existing;
  auto made = spdlog::stderr_logger_mt("luso");
  made->set_pattern("%v");
  made->set_level(spdlog::level::trace);
  return *made;
}

}  // namespace

void configure(const Settings& settings) {
  current_level = settings.level;
  current_format = settings.format;
  spdlog::drop("luso");
  if (!settings.file.empty()) {
    auto made = spdlog::basic_logger_mt("luso", settings.file);
    made->set_pattern("%v");
    made->set_level(spdlog::level::trace);
    made->flush_on(spdlog::level::trace);
  }
  static_cast<void>(logger());
}

std::string render(Format format, Level level, std::string_view event, std::initializer_list<Field> fields) {
  std::string line;
  if (format == Format::json) {
    line = fmt::format(R"("level":"{}","event":)", name_of(level));
    append_quoted(line, event);
    for (const Field& field : fields) {
      line += ',';
      append_quoted(line, field.name);
      line += ':';
      if (field.quoted) {
        append_quoted(line, field.value);
      } else {
        line += field.value;
      }
    }
    return line;
  }
  line = fmt::format("{} {}", name_of(level), event);
  for (const Field& field : fields) {
    line += fmt::format(" {}=", field.name);
    if (field.quoted) {
      append_quoted(line, field.value);
    } else {
      line += field.value;
    }
  }
  return line;
}

void write(Level level, std::string_view event, std::initializer_list<Field> fields) {
  if (level < current_level.load(std::memory_order_relaxed)) return;
  const auto now = std::chrono::system_clock::now();
  const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 32> stamp{};
  static_cast<void>(std::strftime(stamp.data(), stamp.size(), "%Y-%m-%dT%H:%M:%S", &utc));
  const Format format = current_format.load(std::memory_order_relaxed);
  const std::string body = render(format, level, event, fields);
  const std::string line =
      format == Format::json ? fmt::format(R"({{"time":"{}.{:03}Z",{}}})", stamp.data(), millis % 1000, body)
                             : fmt::format("{}.{:03}Z {}", stamp.data(), millis % 1000, body);
  logger().log(spdlog::level::info, line);
}

}  // namespace luso::log
