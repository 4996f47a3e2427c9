#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "gen/internal/rules.h"
#include "gen/json.h"
#include "io/api.h"

// Path and query parameters into contract types, under the same rules as bodies.
namespace luso::gen::internal {

void read_text(Decoder& decoder, std::string_view text, std::string& out, const Limits& limits);
void read_text(Decoder& decoder, std::string_view text, std::int32_t& out, const Limits& limits);
void read_text(Decoder& decoder, std::string_view text, std::int64_t& out, const Limits& limits);
void read_text(Decoder& decoder, std::string_view text, double& out, const Limits& limits);
void read_text(Decoder& decoder, std::string_view text, bool& out, const Limits& limits);

template <typename Enum>
  requires std::is_enum_v<Enum>
void read_text(Decoder& decoder, std::string_view text, Enum& out, const Limits&) {
  const std::optional<Enum> found = parse<Enum>(text);
  if (!found) return decoder.refuse("not one of the allowed words");
  out = *found;
}

class ParameterReader {
 public:
  explicit ParameterReader(io::Call call) : call_(std::move(call)) {}

  template <typename T>
  void path(std::size_t index, std::string_view name, T& out, const Limits& limits = {}) {
    const Decoder::Step step(decoder_, name);
    read_text(decoder_, call_.path_value(index), out, limits);
  }

  // Keeps what `out` holds, its default, when the parameter is absent.
  template <typename T>
  void query(std::string_view name, T& out, const Limits& limits = {}) {
    const Decoder::Step step(decoder_, name);
    const std::optional<std::string> text = call_.request().query_value(name);
    if (text) read_text(decoder_, *text, out, limits);
  }

  template <typename T>
  void query(std::string_view name, std::optional<T>& out, const Limits& limits = {}) {
    const Decoder::Step step(decoder_, name);
    const std::optional<std::string> text = call_.request().query_value(name);
    if (text) read_text(decoder_, *text, out.emplace(), limits);
  }

  template <typename T>
  void required_query(std::string_view name, T& out, const Limits& limits = {}) {
    const Decoder::Step step(decoder_, name);
    const std::optional<std::string> text = call_.request().query_value(name);
    if (!text) return decoder_.refuse("missing");
    read_text(decoder_, *text, out, limits);
  }

  [[nodiscard]] Result<void> finish() const;

 private:
  io::Call call_;
  Decoder decoder_;
};

}  // namespace luso::gen::internal
