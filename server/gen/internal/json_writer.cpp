#include "gen/internal/json_writer.h"

#include <array>
#include <charconv>
#include <cmath>

#include "gen/internal/rules.h"

namespace luso::gen::internal {
namespace {

template <typename Number>
void write_number(std::string& text, Number value) {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  text.append(digits.data(), end.ptr);
}

void write_escaped(std::string& text, char c) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  switch (c) {
    case '"': text += "\\\""; return;
    case '\\': text += "\\\\"; return;
    case '\n': text += "\\n"; return;
    case '\r': text += "\\r"; return;
    case '\t': text += "\\t"; return;
    default: break;
  }
  text += "\\u00";
  text += kHexDigits[static_cast<unsigned char>(c) >> 4U];
  text += kHexDigits[static_cast<unsigned char>(c) & 0xFU];
}

}  // namespace

void write(std::string& text, const std::string& value) {
  write(text, std::string_view(value));
}

void write(std::string& text, std::string_view value) {
  text += '"';
  for (const char c : value) {
    const bool plain = static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\';
    if (plain) {
      text += c;
    } else {
      write_escaped(text, c);
    }
  }
  text += '"';
}

void write(std::string& text, std::int32_t value) {
  write_number(text, value);
}

void write(std::string& text, std::int64_t value) {
  write_number(text, value);
}

void write(std::string& text, double value) {
  if (!std::isfinite(value)) {
    text += "null";
    return;
  }
  write_number(text, value);
}

void write(std::string& text, bool value) {
  text += value ? "true" : "false";
}

void write(std::string& text, WallTime value) {
  write(text, std::string_view(format_time(value)));
}

}  // namespace luso::gen::internal
