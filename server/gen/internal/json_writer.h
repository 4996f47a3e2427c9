#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/clock.h"
#include "gen/json.h"

// Contract types as JSON text, appended to one string without a tree in between.
namespace luso::gen::internal {

void write(std::string& text, const std::string& value);
void write(std::string& text, std::string_view value);
void write(std::string& text, std::int32_t value);
void write(std::string& text, std::int64_t value);
void write(std::string& text, double value);  // What JSON cannot say (NaN, infinity) becomes null.
void write(std::string& text, bool value);
void write(std::string& text, WallTime value);

template <typename Enum>
  requires std::is_enum_v<Enum>
void write(std::string& text, Enum value) {
  write(text, to_text(value));
}

template <typename T>
void write(std::string& text, const std::optional<T>& value) {
  if (value) {
    write(text, *value);
  } else {
    text += "null";
  }
}

template <typename Item>
void write(std::string& text, const std::vector<Item>& items) {
  char separator = '[';
  for (const Item& item : items) {
    text += separator;
    write(text, item);
    separator = ',';
  }
  text += items.empty() ? "[]" : "]";
}

// Opens an object, closes it when it goes away.
class ObjectWriter {
 public:
  explicit ObjectWriter(std::string& text) : text_(text) { text_ += '{'; }

  ~ObjectWriter() { text_ += '}'; }

  ObjectWriter(const ObjectWriter&) = delete;
  ObjectWriter& operator=(const ObjectWriter&) = delete;

  template <typename T>
  void field(std::string_view name, const T& value) {
    if (!first_) text_ += ',';
    first_ = false;
    text_ += '"';
    text_ += name;  // Contract names need no escaping.
    text_ += "\":";
    write(text_, value);
  }

  // Left out when empty.
  template <typename T>
  void optional_field(std::string_view name, const std::optional<T>& value) {
    if (value) field(name, *value);
  }

 private:
  std::string& text_;
  bool first_ = true;
};

}  // namespace luso::gen::internal
