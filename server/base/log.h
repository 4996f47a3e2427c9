#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

// Logs are facts with fields, one per thing that happened:
//   log::info("stream.published", {{"stream_id", id.value}, {"remote", address}});
// A line is `2026-11-22T10:00:00.123Z info stream.published stream_id=7 remote="203.0.113.9"`, or one JSON
// object with `log_format = "json"`. Secrets never go in: no passwords, tokens, stream keys or cookies.
namespace luso::log {

enum class Level : std::uint8_t { debug, info, warn, error };
enum class Format : std::uint8_t { text, json };

// One name and its value, already rendered; `quoted` says whether JSON needs quotes around it.
struct Field {
  std::string_view name;
  std::string value;
  bool quoted = true;

  Field(std::string_view n, std::string_view v) : name(n), value(v) {}

  Field(std::string_view n, const std::string& v) : name(n), value(v) {}

  Field(std::string_view n, const char* v) : name(n), value(v) {}

  Field(std::string_view n, bool v) : name(n), value(v ? "true" : "false"), quoted(false) {}

  template <std::integral T>
    requires(!std::same_as<T, bool>)
  Field(std::string_view n, T v) : name(n), value(std::to_string(v)), quoted(false) {}

  Field(std::string_view n, double v) : name(n), value(std::to_string(v)), quoted(false) {}
};

struct Settings {
  Level level = Level::info;
  Format format = Format::text;
  std::string file;  // Empty: standard error.
};

void configure(const Settings& settings);
void write(Level level, std::string_view event, std::initializer_list<Field> fields);
// What write() prints, without the time: for tests.
[[nodiscard]] std::string render(Format format, Level level, std::string_view event,
                                 std::initializer_list<Field> fields);

inline void debug(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::debug, event, fields);
}

inline void info(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::info, event, fields);
}

inline void warn(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::warn, event, fields);
}

inline void error(std::string_view event, std::initializer_list<Field> fields = {}) {
  write(Level::error, event, fields);
}

}  // namespace luso::log
