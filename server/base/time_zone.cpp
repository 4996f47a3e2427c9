#include "base/time_zone.h"

#include <array>
#include <cstdio>
#include <string>
#include <unicode/basictz.h>
#include <unicode/timezone.h>
#include <unicode/unistr.h>

#include "base/check.h"
#include "base/text.h"

namespace luso {

using std::chrono::milliseconds;

struct TimeZone::Rules {
  std::unique_ptr<const icu::BasicTimeZone> zone;
};

namespace {

constexpr std::size_t kNameBytesMax = 64;  // The longest IANA name has 32.

// Every named zone is one with a history; what is not could not say when its clocks change.
std::unique_ptr<const icu::BasicTimeZone> basic(std::unique_ptr<icu::TimeZone> zone) {
  if (dynamic_cast<const icu::BasicTimeZone*>(zone.get()) == nullptr) return nullptr;
  return std::unique_ptr<const icu::BasicTimeZone>(static_cast<const icu::BasicTimeZone*>(zone.release()));
}

}  // namespace

std::optional<TimeZone> TimeZone::find(std::string_view iana_name) {
  if (iana_name.empty() || iana_name.size() > kNameBytesMax || !is_utf8(iana_name)) return std::nullopt;
  const icu::UnicodeString name =
      icu::UnicodeString::fromUTF8({iana_name.data(), static_cast<int>(iana_name.size())});
  icu::UnicodeString canonical;
  UBool is_system = 0;
  UErrorCode status = U_ZERO_ERROR;
  icu::TimeZone::getCanonicalID(name, canonical, is_system, status);
  if (U_FAILURE(status) || is_system == 0 || canonical == icu::UnicodeString("Etc/Unknown"))
    return std::nullopt;
  auto zone = basic(std::unique_ptr<icu::TimeZone>(icu::TimeZone::createTimeZone(name)));
  if (!zone) return std::nullopt;
  return TimeZone(std::make_shared<const Rules>(Rules{.zone = std::move(zone)}));
}

WallTime TimeZone::at(LocalDate date, std::chrono::minutes time_of_day) const {
  const milliseconds local = date.time_since_epoch() + time_of_day;
  std::int32_t raw_ms = 0;
  std::int32_t summer_ms = 0;
  UErrorCode status = U_ZERO_ERROR;
  // FORMER: the offset from before the change, both for what is skipped and for what comes twice.
  rules_->zone->getOffsetFromLocal(static_cast<UDate>(local.count()), UCAL_TZ_LOCAL_FORMER,
                                   UCAL_TZ_LOCAL_FORMER, raw_ms, summer_ms, status);
  LUSO_CHECK(U_SUCCESS(status));
  return WallTime(local - milliseconds(raw_ms) - milliseconds(summer_ms));
}

LocalDate TimeZone::date_of(WallTime moment) const {
  const auto utc = std::chrono::floor<milliseconds>(moment.time_since_epoch());
  std::int32_t raw_ms = 0;
  std::int32_t summer_ms = 0;
  UErrorCode status = U_ZERO_ERROR;
  rules_->zone->getOffset(static_cast<UDate>(utc.count()), /*local=*/0, raw_ms, summer_ms, status);
  LUSO_CHECK(U_SUCCESS(status));
  return LocalDate(
      std::chrono::floor<std::chrono::days>(utc + milliseconds(raw_ms) + milliseconds(summer_ms)));
}

std::optional<LocalDate> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = parse_integer<int>(text.substr(0, 4));
  const auto month = parse_integer<unsigned>(text.substr(5, 2));
  const auto day = parse_integer<unsigned>(text.substr(8, 2));
  if (!year || *year < 0 || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  return LocalDate(date);
}

std::string to_text(LocalDate date) {
  const std::chrono::year_month_day day(date);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
  return text.data();
}

}  // namespace luso
