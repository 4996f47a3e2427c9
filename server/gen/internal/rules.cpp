#include "gen/internal/rules.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "base/text.h"
#include "gen/reasons.h"

namespace luso::gen::internal {
namespace {

constexpr std::size_t kEmailLocalPartMax = 64;  // RFC 5321, 4.5.3.1.1
constexpr std::size_t kDomainLabelMax = 63;     // RFC 1035, 2.3.4

constexpr std::string_view kLocalPunctuation = ".!#$%&'*+/=?^_`{|}~-";  // RFC 5322, 3.2.3: atext

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

bool is_domain_label(std::string_view label) {
  return !label.empty() && label.size() <= kDomainLabelMax && label.front() != '-' && label.back() != '-' &&
         std::ranges::all_of(label, [](char c) { return is_letter_or_digit(c) || c == '-'; });
}

// Takes exactly `count` digits from the front.
std::optional<int> take_number(std::string_view& text, std::size_t count) {
  if (text.size() < count || !std::ranges::all_of(text.substr(0, count), is_digit)) return std::nullopt;
  const auto number = parse_integer<int>(text.substr(0, count));
  text.remove_prefix(count);
  return number;
}

bool take_character(std::string_view& text, std::string_view allowed) {
  if (text.empty() || allowed.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

// ".123456": microseconds; what is finer is cut off. Nothing there is zero.
std::optional<std::chrono::microseconds> take_fraction(std::string_view& text) {
  if (!take_character(text, ".")) return std::chrono::microseconds{0};
  const auto end = std::ranges::find_if_not(text, is_digit);
  const auto digits = static_cast<std::size_t>(end - text.begin());
  if (digits == 0) return std::nullopt;
  std::int64_t micros = 0;
  for (std::size_t i = 0; i < 6; ++i) micros = micros * 10 + (i < digits ? text[i] - '0' : 0);
  text.remove_prefix(digits);
  return std::chrono::microseconds{micros};
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take_character(text, "Zz")) return std::chrono::minutes{0};
  const bool behind = text.starts_with('-');
  if (!take_character(text, "+-")) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || !take_character(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const std::chrono::minutes offset{*hours * 60 + *minutes};
  return behind ? -offset : offset;
}

std::optional<std::chrono::sys_days> take_date(std::string_view& text) {
  const auto year = take_number(text, 4);
  if (!year || !take_character(text, "-")) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take_character(text, "-")) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return std::chrono::sys_days{date};
}

std::optional<std::chrono::seconds> take_time_of_day(std::string_view& text) {
  const auto hours = take_number(text, 2);
  if (!hours || !take_character(text, ":")) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || !take_character(text, ":")) return std::nullopt;
  const auto seconds = take_number(text, 2);
  if (!seconds || *hours > 23 || *minutes > 59 || *seconds > 59) return std::nullopt;
  return std::chrono::seconds{*hours * 3600 + *minutes * 60 + *seconds};
}

}  // namespace

Fault fault_of(std::string_view text, const Limits& limits) {
  if (!is_utf8(text)) return "not UTF-8";
  if (text.find('\0') != std::string_view::npos)
    return "has a NUL character";  // PostgreSQL's text cannot hold one.
  const std::size_t length = code_point_count(text);
  if (length < limits.length_min) return "shorter than " + std::to_string(limits.length_min);
  if (length > limits.length_max) return "longer than " + std::to_string(limits.length_max);
  if (limits.matches != nullptr && !limits.matches(text)) return "does not have the right form";
  return std::nullopt;
}

Fault fault_of(double number, const Limits& limits) {
  if (number < limits.minimum) return "too small";
  if (number > limits.maximum) return "too large";
  return std::nullopt;
}

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return false;
  const std::string_view local = text.substr(0, at);
  if (local.empty() || local.size() > kEmailLocalPartMax || local.front() == '.' || local.back() == '.')
    return false;
  const auto is_local = [](char c) {
    return is_letter_or_digit(c) || kLocalPunctuation.find(c) != std::string_view::npos;
  };
  if (!std::ranges::all_of(local, is_local) || local.find("..") != std::string_view::npos) return false;
  const std::vector<std::string_view> labels = split(text.substr(at + 1), '.');
  return labels.size() >= 2 && std::ranges::all_of(labels, is_domain_label);
}

std::string format_time(WallTime time) {
  const auto days = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{days};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<std::chrono::milliseconds>(time - days)};
  std::array<char, 40> text{};
  const int length = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()), static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(length)};
}

std::optional<WallTime> parse_time(std::string_view text) {
  const auto date = take_date(text);
  if (!date || !take_character(text, "Tt ")) return std::nullopt;
  const auto time = take_time_of_day(text);
  if (!time) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return WallTime{*date} + *time + *fraction - *offset;
}

void Decoder::refuse(std::string why) {
  if (fault_) return;
  fault_ = std::move(why);
  fault_path_ = path_;
}

void Decoder::check(const Fault& fault) {
  if (fault) refuse(*fault);
}

Error Decoder::error() const {
  return Error{.kind = reasons::kApiInvalid.kind,
               .reason = reasons::kApiInvalid.name,
               .detail = fault_path_ + ": " + fault_.value_or(""),
               .field = fault_path_,
               .retry_after_s = 0};
}

Decoder::Step::Step(Decoder& decoder, std::string_view field)
    : decoder_(decoder), parent_length_(decoder.path_.size()) {
  if (!decoder_.path_.empty()) decoder_.path_ += '.';
  decoder_.path_ += field;
}

Decoder::Step::Step(Decoder& decoder, std::size_t index)
    : decoder_(decoder), parent_length_(decoder.path_.size()) {
  decoder_.path_ += '[' + std::to_string(index) + ']';
}

Decoder::Step::~Step() {
  decoder_.path_.resize(parent_length_);
}

}  // namespace luso::gen::internal
