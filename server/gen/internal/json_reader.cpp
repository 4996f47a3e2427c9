#include "gen/internal/json_reader.h"

#include <boost/json/parse.hpp>

#include "gen/reasons.h"

namespace luso::gen::internal {
namespace {

// Whole numbers that fit, also when written as 3.0 or 3e2.
template <typename Number>
void read_integer(Decoder& decoder, const boost::json::value& value, Number& out, const Limits& limits) {
  boost::system::error_code error;
  const Number number = value.is_number() ? value.to_number<Number>(error) : Number{};
  if (!value.is_number() || error) return decoder.refuse("not a whole number in range");
  decoder.check(fault_of(static_cast<double>(number), limits));
  out = number;
}

}  // namespace

Result<boost::json::value> parse_json(std::string_view text) {
  boost::system::error_code error;
  boost::json::value value = boost::json::parse({text.data(), text.size()}, error);
  if (error) return fail(reasons::kApiBadJson, error.message());
  return value;
}

void read(Decoder& decoder, const boost::json::value& value, std::string& out, const Limits& limits) {
  const boost::json::string* text = value.if_string();
  if (text == nullptr) return decoder.refuse("not text");
  out.assign(text->data(), text->size());
  decoder.check(fault_of(out, limits));
}

void read(Decoder& decoder, const boost::json::value& value, std::int32_t& out, const Limits& limits) {
  read_integer(decoder, value, out, limits);
}

void read(Decoder& decoder, const boost::json::value& value, std::int64_t& out, const Limits& limits) {
  read_integer(decoder, value, out, limits);
}

void read(Decoder& decoder, const boost::json::value& value, double& out, const Limits& limits) {
  if (!value.is_number()) return decoder.refuse("not a number");
  boost::system::error_code error;
  out = value.to_number<double>(error);
  decoder.check(fault_of(out, limits));
}

void read(Decoder& decoder, const boost::json::value& value, bool& out, const Limits&) {
  const bool* truth = value.if_bool();
  if (truth == nullptr) return decoder.refuse("not true or false");
  out = *truth;
}

void read(Decoder& decoder, const boost::json::value& value, WallTime& out, const Limits&) {
  const boost::json::string* text = value.if_string();
  const std::optional<WallTime> time =
      text == nullptr ? std::nullopt : parse_time({text->data(), text->size()});
  if (!time) return decoder.refuse("not an RFC 3339 time");
  out = *time;
}

ObjectReader::ObjectReader(Decoder& decoder, const boost::json::value& value)
    : decoder_(decoder), object_(value.if_object()) {
  if (object_ == nullptr) decoder_.refuse("not an object");
}

const boost::json::value* ObjectReader::find(std::string_view name) const {
  return object_ == nullptr ? nullptr : object_->if_contains({name.data(), name.size()});
}

}  // namespace luso::gen::internal
