#include "gen/internal/parameters.h"

#include <charconv>
#include <cmath>

#include "base/text.h"

namespace luso::gen::internal {
namespace {

template <typename Number>
void read_integer(Decoder& decoder, std::string_view text, Number& out, const Limits& limits) {
  const std::optional<Number> number = parse_integer<Number>(text);
  if (!number) return decoder.refuse("not a whole number in range");
  decoder.check(fault_of(static_cast<double>(*number), limits));
  out = *number;
}

}  // namespace

void read_text(Decoder& decoder, std::string_view text, std::string& out, const Limits& limits) {
  decoder.check(fault_of(text, limits));
  out = text;
}

void read_text(Decoder& decoder, std::string_view text, std::int32_t& out, const Limits& limits) {
  read_integer(decoder, text, out, limits);
}

void read_text(Decoder& decoder, std::string_view text, std::int64_t& out, const Limits& limits) {
  read_integer(decoder, text, out, limits);
}

void read_text(Decoder& decoder, std::string_view text, double& out, const Limits& limits) {
  const char* end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, out);
  if (error != std::errc{} || stopped != end || !std::isfinite(out)) return decoder.refuse("not a number");
  decoder.check(fault_of(out, limits));
}

void read_text(Decoder& decoder, std::string_view text, bool& out, const Limits&) {
  if (text != "true" && text != "false") return decoder.refuse("not true or false");
  out = text == "true";
}

Result<void> ParameterReader::finish() const {
  if (decoder_.failed()) return tl::unexpected(decoder_.error());
  return {};
}

}  // namespace luso::gen::internal
