#include "proto/json_text.h"

#include "base/text.h"

namespace luso::proto::json {
namespace {

constexpr std::string_view kPlaceholder = "_placeholder";

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

unsigned hex_of(std::string_view digits) {
  unsigned value = 0;
  for (const char c : digits) {
    const char lower = ascii_lower(c);
    value = value << 4U | static_cast<unsigned>(is_digit(lower) ? lower - '0' : lower - 'a' + 10);
  }
  return value;
}

void append_utf8(std::string& out, std::uint32_t code) {
  const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (code < 0x80) return put(code);
  if (code < 0x800) {
    put(0xC0U | code >> 6U);
  } else {
    if (code < 0x10000) {
      put(0xE0U | code >> 12U);
    } else {
      put(0xF0U | code >> 18U);
      put(0x80U | (code >> 12U & 0x3FU));
    }
    put(0x80U | (code >> 6U & 0x3FU));
  }
  put(0x80U | (code & 0x3FU));
}

// Reads a value off the front of a text, once, byte by byte. With a number of attachments it also looks at
// placeholders.
class Scanner {
 public:
  explicit Scanner(std::string_view text, std::optional<std::size_t> attachments = std::nullopt)
      : rest_(text), attachments_(attachments) {}

  [[nodiscard]] bool whole() {
    skip_spaces();
    if (!value(0)) return false;
    skip_spaces();
    return rest_.empty();
  }

 private:
  // What makes an object a placeholder. Of two members of one name the last counts.
  struct Placeholder {
    bool said = false;
    std::optional<std::uint64_t> number;
  };

  void skip_spaces() {
    while (!rest_.empty() && is_space(rest_.front())) rest_.remove_prefix(1);
  }

  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool word(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    rest_.remove_prefix(text.size());
    return true;
  }

  bool value(std::size_t depth) {
    if (rest_.empty() || depth > kDepthMax) return false;
    switch (rest_.front()) {
      case '{': return object(depth);
      case '[': return array(depth);
      case '"': return string();
      case 't': return word("true");
      case 'f': return word("false");
      case 'n': return word("null");
      default: return number();
    }
  }

  bool array(std::size_t depth) {
    rest_.remove_prefix(1);
    skip_spaces();
    if (take(']')) return true;
    for (;;) {
      skip_spaces();
      if (!value(depth + 1)) return false;
      skip_spaces();
      if (take(']')) return true;
      if (!take(',')) return false;
    }
  }

  bool object(std::size_t depth) {
    rest_.remove_prefix(1);
    skip_spaces();
    if (take('}')) return true;
    Placeholder placeholder;
    for (;;) {
      skip_spaces();
      if (!member(depth, placeholder)) return false;
      skip_spaces();
      if (take('}')) return is_sound(placeholder);
      if (!take(',')) return false;
    }
  }

  bool member(std::size_t depth, Placeholder& placeholder) {
    const std::string_view name_on = rest_;
    if (!string()) return false;
    const std::string_view name = name_on.substr(0, name_on.size() - rest_.size());
    skip_spaces();
    if (!take(':')) return false;
    skip_spaces();
    const std::string_view value_on = rest_;
    if (!value(depth + 1)) return false;
    if (attachments_) note(placeholder, name, value_on.substr(0, value_on.size() - rest_.size()));
    return true;
  }

  // A name may be written with escapes, and the reader at the other end would still know it.
  static void note(Placeholder& placeholder, std::string_view name, std::string_view value) {
    if (name.find('\\') == std::string_view::npos && name.size() != kPlaceholder.size() + 2 &&
        name != R"("num")")
      return;
    const std::string plain = string_of(name);
    if (plain == kPlaceholder) placeholder.said = value == "true";
    if (plain == "num") placeholder.number = parse_integer<std::uint64_t>(value);
  }

  [[nodiscard]] bool is_sound(const Placeholder& placeholder) const {
    if (!attachments_ || !placeholder.said) return true;
    return placeholder.number && *placeholder.number < *attachments_;
  }

  bool string() {
    if (!take('"')) return false;
    while (!rest_.empty()) {
      std::size_t plain = 0;
      while (plain < rest_.size() && rest_[plain] != '"' && rest_[plain] != '\\' &&
             static_cast<unsigned char>(rest_[plain]) >= 0x20)
        ++plain;
      rest_.remove_prefix(plain);
      if (take('"')) return true;
      if (!take('\\') || !escape()) return false;
    }
    return false;
  }

  bool escape() {
    if (rest_.empty()) return false;
    const char kind = rest_.front();
    rest_.remove_prefix(1);
    if (kind != 'u') return std::string_view(R"("\/bfnrt)").find(kind) != std::string_view::npos;
    if (rest_.size() < 4) return false;
    for (const char c : rest_.substr(0, 4)) {
      if (!is_hex(c)) return false;
    }
    rest_.remove_prefix(4);
    return true;
  }

  bool digits() {
    if (rest_.empty() || !is_digit(rest_.front())) return false;
    while (!rest_.empty() && is_digit(rest_.front())) rest_.remove_prefix(1);
    return true;
  }

  bool number() {
    static_cast<void>(take('-'));
    if (!take('0') && !digits()) return false;
    if (take('.') && !digits()) return false;
    if (!take('e') && !take('E')) return true;
    if (!take('+')) static_cast<void>(take('-'));
    return digits();
  }

  std::string_view rest_;
  std::optional<std::size_t> attachments_;
};

// The end of a string that begins at `at`; of valid JSON.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; text[at] != '"'; ++at) {
    if (text[at] == '\\') ++at;
  }
  return at + 1;
}

std::size_t end_of_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at) - 1;
      continue;
    }
    if (depth == 0 && (c == ',' || c == ']' || c == '}' || c == ':')) return at;
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
  }
  return at;
}

// The parts of an array or object between its commas and colons.
class Parts {
 public:
  explicit Parts(std::string_view list) : text_(list) {}

  static Parts inside(std::string_view container) {
    container = trim(container);
    return Parts(container.substr(1, container.size() - 2));
  }

  [[nodiscard]] std::optional<std::string_view> next() {
    if (at_ >= text_.size()) return std::nullopt;
    const std::size_t end = end_of_value(text_, at_);
    const std::string_view part = trim(text_.substr(at_, end - at_));
    at_ = end + 1;
    if (part.empty()) return std::nullopt;  // Nothing but spaces between the brackets.
    return part;
  }

  [[nodiscard]] std::string_view rest() const { return text_.substr(std::min(at_, text_.size())); }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

std::uint32_t take_unit(std::string_view escapes, std::size_t& at) {
  const std::uint32_t unit = hex_of(escapes.substr(at, 4));
  at += 4;
  return unit;
}

// The character of a \u escape whose digits begin at `at`, the second half of a pair included. Half a pair is
// no character: it becomes the replacement character.
void append_unicode_escape(std::string& out, std::string_view text, std::size_t& at) {
  constexpr std::uint32_t kReplacement = 0xFFFD;
  const std::uint32_t unit = take_unit(text, at);
  const bool is_high = unit >= 0xD800 && unit < 0xDC00;
  const bool is_low = unit >= 0xDC00 && unit < 0xE000;
  if (is_high && text.substr(at).starts_with("\\u")) {
    std::size_t after = at + 2;
    const std::uint32_t low = take_unit(text, after);
    if (low >= 0xDC00 && low < 0xE000) {
      at = after;
      return append_utf8(out, 0x10000 + ((unit - 0xD800) << 10U) + (low - 0xDC00));
    }
  }
  append_utf8(out, is_high || is_low ? kReplacement : unit);
}

char plain_of(char escaped) {
  switch (escaped) {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    default: return escaped;
  }
}

}  // namespace

bool is_value(std::string_view text) {
  return Scanner(text).whole();
}

bool is_value_with_attachments(std::string_view text, std::size_t attachments) {
  return Scanner(text, attachments).whole();
}

Kind kind_of(std::string_view value) {
  switch (trim(value).front()) {
    case '{': return Kind::object;
    case '[': return Kind::array;
    case '"': return Kind::string;
    case 't':
    case 'f': return Kind::boolean;
    case 'n': return Kind::null;
    default: return Kind::number;
  }
}

std::vector<std::string_view> elements_of(std::string_view array) {
  return values_of(Parts::inside(array).rest());
}

std::vector<std::string_view> values_of(std::string_view list) {
  std::vector<std::string_view> values;
  Parts parts(list);
  while (const auto part = parts.next()) values.push_back(*part);
  return values;
}

std::string_view first_element_of(std::string_view array) {
  return Parts::inside(array).next().value_or(std::string_view());
}

std::optional<std::string_view> member_of(std::string_view object, std::string_view name) {
  std::optional<std::string_view> found;
  Parts parts = Parts::inside(object);
  while (const auto key = parts.next()) {
    const auto value = parts.next();
    if (string_of(*key) == name) found = value;
  }
  return found;
}

std::string string_of(std::string_view string) {
  string = trim(string);
  const std::string_view text = string.substr(1, string.size() - 2);
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t plain = std::min(text.find('\\', at), text.size());
    out += text.substr(at, plain - at);
    at = plain;
    if (at == text.size()) break;
    const char kind = text[at + 1];
    at += 2;
    if (kind == 'u') {
      append_unicode_escape(out, text, at);
    } else {
      out += plain_of(kind);
    }
  }
  return out;
}

std::optional<std::int64_t> integer_of(std::string_view number) {
  return parse_integer<std::int64_t>(trim(number));
}

void append_string(std::string& out, std::string_view text) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHexDigits[byte >> 4U];
      out += kHexDigits[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

std::string quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_string(out, text);
  return out;
}

}  // namespace luso::proto::json
