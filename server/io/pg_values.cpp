#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include <libpq-fe.h>

#include "base/check.h"
#include "base/text.h"
#include "io/pg.h"

namespace luso::io {
namespace {

// Digits of a fixed place: "2026" in "2026-11-22 …".
std::int64_t digits(std::string_view text, std::size_t at, std::size_t count) {
  const auto value = parse_integer<std::int64_t>(at + count <= text.size() ? text.substr(at, count) : "");
  LUSO_CHECK(value.has_value());
  return *value;
}

// ISO datestyle in UTC, which every connection asks for: "2026-11-22 10:00:00.25+00".
WallTime parse_timestamp(std::string_view text) {
  if (text == "infinity") return WallTime::max();
  if (text == "-infinity") return WallTime::min();
  LUSO_CHECK(text.size() >= 19 && text.ends_with("+00"));
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(digits(text, 0, 4))),
                                         std::chrono::month(static_cast<unsigned>(digits(text, 5, 2))),
                                         std::chrono::day(static_cast<unsigned>(digits(text, 8, 2)))};
  WallTime time = std::chrono::sys_days(date);
  time += std::chrono::hours(digits(text, 11, 2)) + std::chrono::minutes(digits(text, 14, 2)) +
          std::chrono::seconds(digits(text, 17, 2));
  std::string_view fraction = text.substr(19, text.size() - 19 - 3);
  if (fraction.empty()) return time;
  fraction.remove_prefix(1);
  std::int64_t micros = digits(fraction, 0, fraction.size());
  for (std::size_t i = fraction.size(); i < 6; ++i) micros *= 10;
  return time + std::chrono::microseconds(micros);
}

std::string format_timestamp(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  std::array<char, 64> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

// {a,"b, \"c\"",NULL}: https://www.postgresql.org/docs/15/arrays.html#ARRAYS-IO
std::vector<std::string> parse_text_array(std::string_view text) {
  LUSO_CHECK(text.size() >= 2 && text.front() == '{' && text.back() == '}');
  text = text.substr(1, text.size() - 2);
  std::vector<std::string> elements;
  std::size_t at = 0;
  while (at < text.size()) {
    std::string element;
    const bool is_quoted = text[at] == '"';
    if (is_quoted) ++at;
    for (; at < text.size() && text[at] != (is_quoted ? '"' : ','); ++at) {
      if (text[at] == '\\') ++at;
      element += text[at];
    }
    LUSO_CHECK(is_quoted || element != "NULL");  // No column of ours has nulls inside arrays.
    elements.push_back(std::move(element));
    at += is_quoted ? 2 : 1;  // The closing quote, and the comma.
  }
  return elements;
}

[[noreturn]] void disagree(const char* what, std::string_view column) {
  std::fprintf(stderr, "%s: %.*s\n", what, static_cast<int>(column.size()), column.data());
  LUSO_CHECK(!"the statement and the code that reads it disagree");
  std::abort();
}

}  // namespace

PgParam::PgParam(double value) {
  if (std::isnan(value)) {
    text = "NaN";
  } else if (std::isinf(value)) {
    text = value > 0 ? "Infinity" : "-Infinity";
  } else {
    std::array<char, 32> digits_buffer{};
    const auto [end, error] =
        std::to_chars(digits_buffer.data(), digits_buffer.data() + digits_buffer.size(), value);
    text = std::string(digits_buffer.data(), end);
  }
}

PgParam::PgParam(WallTime value) : text(format_timestamp(value)) {}

PgParam PgParam::array(const std::vector<std::int64_t>& values) {
  std::string out = "{";
  for (const std::int64_t value : values) {
    if (out.size() > 1) out += ',';
    out += std::to_string(value);
  }
  return out + "}";
}

PgParam PgParam::array(const std::vector<std::string>& values) {
  std::string out = "{";
  for (const std::string& value : values) {
    if (out.size() > 1) out += ',';
    out += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + "}";
}

PgParam PgParam::bytea(std::string_view bytes) {
  return "\\x" + hex_encode(as_bytes(bytes));
}

// Columns are mostly read in the order they were selected: start looking where the last one was found.
int PgRow::index_of(std::string_view column) const {
  const int count = PQnfields(result_);
  for (int tried = 0; tried < count; ++tried) {
    const int index = next_column_ < count ? next_column_ : 0;
    next_column_ = index + 1;
    if (column == PQfname(result_, index)) return index;
  }
  disagree("there is no such column", column);
}

std::optional<std::string_view> PgRow::value_of(std::string_view column) const {
  const int index = index_of(column);
  if (PQgetisnull(result_, row_, index) != 0) return std::nullopt;
  return std::string_view(PQgetvalue(result_, row_, index),
                          static_cast<std::size_t>(PQgetlength(result_, row_, index)));
}

std::string_view PgRow::required(std::string_view column) const {
  const auto value = value_of(column);
  if (!value) disagree("a null where a value was expected", column);
  return *value;
}

bool PgRow::is_null(std::string_view column) const {
  return !value_of(column).has_value();
}

std::string PgRow::text(std::string_view column) const {
  return std::string(required(column));
}

std::int64_t PgRow::integer(std::string_view column) const {
  const auto value = parse_integer<std::int64_t>(required(column));
  if (!value) disagree("not an integer", column);
  return *value;
}

double PgRow::real(std::string_view column) const {
  const std::string value(required(column));
  char* end = nullptr;
  const double parsed = std::strtod(value.c_str(), &end);
  if (end == value.c_str() || *end != '\0') disagree("not a number", column);
  return parsed;
}

bool PgRow::boolean(std::string_view column) const {
  const std::string_view value = required(column);
  if (value != "t" && value != "f") disagree("not a boolean", column);
  return value == "t";
}

WallTime PgRow::time(std::string_view column) const {
  return parse_timestamp(required(column));
}

std::string PgRow::bytea(std::string_view column) const {
  std::string_view value = required(column);
  if (!value.starts_with("\\x")) disagree("not a bytea", column);
  value.remove_prefix(2);
  const auto bytes = hex_decode(value);
  if (!bytes) disagree("not a bytea", column);
  return std::string(as_text(*bytes));
}

std::vector<std::string> PgRow::text_array(std::string_view column) const {
  return parse_text_array(required(column));
}

std::optional<std::string> PgRow::optional_text(std::string_view column) const {
  const auto value = value_of(column);
  return value ? std::optional(std::string(*value)) : std::nullopt;
}

std::optional<std::int64_t> PgRow::optional_integer(std::string_view column) const {
  return is_null(column) ? std::nullopt : std::optional(integer(column));
}

std::optional<WallTime> PgRow::optional_time(std::string_view column) const {
  return is_null(column) ? std::nullopt : std::optional(time(column));
}

std::size_t PgResult::size() const {
  return static_cast<std::size_t>(PQntuples(result_.get()));
}

PgRow PgResult::row(std::size_t index) const {
  LUSO_CHECK(index < size());
  return {result_.get(), static_cast<int>(index)};
}

std::int64_t PgResult::affected() const {
  const std::string_view count = PQcmdTuples(const_cast<pg_result*>(result_.get()));
  return parse_integer<std::int64_t>(count).value_or(0);
}

}  // namespace luso::io
