#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include <boost/json/value.hpp>

#include "gen/internal/rules.h"
#include "gen/json.h"

// JSON values into contract types. Boost.JSON is known to these files and the generated codecs alone.
namespace luso::gen::internal {

[[nodiscard]] Result<boost::json::value> parse_json(std::string_view text);

void read(Decoder& decoder, const boost::json::value& value, std::string& out, const Limits& limits);
void read(Decoder& decoder, const boost::json::value& value, std::int32_t& out, const Limits& limits);
void read(Decoder& decoder, const boost::json::value& value, std::int64_t& out, const Limits& limits);
void read(Decoder& decoder, const boost::json::value& value, double& out, const Limits& limits);
void read(Decoder& decoder, const boost::json::value& value, bool& out, const Limits& limits);
void read(Decoder& decoder, const boost::json::value& value, WallTime& out, const Limits& limits);

template <typename Enum>
  requires std::is_enum_v<Enum>
void read(Decoder& decoder, const boost::json::value& value, Enum& out, const Limits&) {
  const boost::json::string* text = value.if_string();
  const std::optional<Enum> found =
      text == nullptr ? std::nullopt : parse<Enum>({text->data(), text->size()});
  if (!found) return decoder.refuse("not one of the allowed words");
  out = *found;
}

template <typename Item>
void read(Decoder& decoder, const boost::json::value& value, std::vector<Item>& out, const Limits& limits) {
  const boost::json::array* items = value.if_array();
  if (items == nullptr) return decoder.refuse("not a list");
  if (items->size() < limits.items_min) return decoder.refuse("too few items");
  if (items->size() > limits.items_max) return decoder.refuse("too many items");
  out.reserve(items->size());
  for (std::size_t i = 0; i < items->size() && !decoder.failed(); ++i) {
    const Decoder::Step step(decoder, i);
    read(decoder, (*items)[i], out.emplace_back(), limits);
  }
}

// The fields of one object, by name.
class ObjectReader {
 public:
  ObjectReader(Decoder& decoder, const boost::json::value& value);

  template <typename T>
  void required(std::string_view name, T& out, const Limits& limits = {}) {
    const Decoder::Step step(decoder_, name);
    const boost::json::value* value = find(name);
    if (value == nullptr) return decoder_.refuse("missing");
    read(decoder_, *value, out, limits);
  }

  // Has to be there, and may be null.
  template <typename T>
  void nullable(std::string_view name, std::optional<T>& out, const Limits& limits = {}) {
    const Decoder::Step step(decoder_, name);
    const boost::json::value* value = find(name);
    if (value == nullptr) return decoder_.refuse("missing");
    if (!value->is_null()) read(decoder_, *value, out.emplace(), limits);
  }

  // May be absent or null, which mean the same.
  template <typename T>
  void optional(std::string_view name, std::optional<T>& out, const Limits& limits = {}) {
    const Decoder::Step step(decoder_, name);
    const boost::json::value* value = find(name);
    if (value != nullptr && !value->is_null()) read(decoder_, *value, out.emplace(), limits);
  }

 private:
  [[nodiscard]] const boost::json::value* find(std::string_view name) const;

  Decoder& decoder_;
  const boost::json::object* object_;
};

template <typename Struct>
[[nodiscard]] Result<Struct> decode(std::string_view text) {
  TRY(const boost::json::value value, parse_json(text));
  Decoder decoder;
  Struct out{};
  read(decoder, value, out, Limits{});
  if (decoder.failed()) return tl::unexpected(decoder.error());
  return out;
}

}  // namespace luso::gen::internal
