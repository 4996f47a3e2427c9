#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

// Action Message Format 0: the values inside RTMP commands and metadata ("Action Message Format -- AMF 0",
// 2007).
namespace luso::proto::amf0 {

inline constexpr std::size_t kDepthMax = 16;  // Containers inside containers; deeper is rtmp.bad_amf.
inline constexpr std::size_t kValuesMax =
    4096;  // Values in one message, nested ones too; more is rtmp.bad_amf.
inline constexpr std::size_t kShortStringMax = 65'535;  // Longer ones are written as long strings (2.14).

class Value;
struct Property;

struct Undefined {
  friend bool operator==(Undefined, Undefined) = default;
};

struct Null {
  friend bool operator==(Null, Null) = default;
};

struct Date {
  double unix_ms = 0;
  std::int16_t time_zone_min = 0;  // Reserved by 2.13, but kept for a faithful round trip.
  friend bool operator==(const Date&, const Date&) = default;
};

// An anonymous object (2.5) or an ECMA array (2.10): the same list of properties behind two markers. Order is
// kept.
struct Object {
  std::vector<Property> properties;
  bool ecma_array = false;
  friend bool operator==(const Object& left, const Object& right);
};

struct StrictArray {
  std::vector<Value> items;
  friend bool operator==(const StrictArray& left, const StrictArray& right);
};

class Value {
 public:
  using Data = std::variant<Undefined, Null, bool, double, std::string, Date, Object, StrictArray>;

  Value();
  // NOLINTBEGIN(google-explicit-constructor): a value reads as what it holds: {"_result", 1, amf0::Null{}}.
  Value(Null value);
  Value(bool value);
  Value(double value);
  Value(int value);
  Value(const char* value);
  Value(std::string_view value);
  Value(std::string value);
  Value(Date value);
  Value(Object value);
  Value(StrictArray value);

  // NOLINTEND(google-explicit-constructor)

  [[nodiscard]] const Data& data() const { return data_; }

  // What the value holds, or nothing/null when it holds something else.
  [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&data_); }

  [[nodiscard]] const double* number() const { return std::get_if<double>(&data_); }

  [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&data_); }

  [[nodiscard]] const Object* object() const { return std::get_if<Object>(&data_); }

  [[nodiscard]] const StrictArray* array() const { return std::get_if<StrictArray>(&data_); }

  // A property of an object or ECMA array; null when there is none. Of two with one name the first counts.
  [[nodiscard]] const Value* find(std::string_view name) const;
  [[nodiscard]] std::string_view text_of(std::string_view name, std::string_view otherwise = {}) const;
  [[nodiscard]] double number_of(std::string_view name, double otherwise = 0) const;

  friend bool operator==(const Value&, const Value&) = default;

 private:
  Data data_;
};

struct Property {
  std::string name;
  Value value;
  friend bool operator==(const Property&, const Property&) = default;
};

[[nodiscard]] Value object(std::vector<Property> properties);
[[nodiscard]] Value ecma_array(std::vector<Property> properties);

// Takes values off the front of a message, in time linear in its bytes and memory linear in its bytes.
// References, typed objects and XML are read as what they stand for (undefined, object, string); AMF 3 inside
// AMF 0 is refused.
class Reader {
 public:
  explicit Reader(ByteView bytes) : in_(bytes) {}

  [[nodiscard]] bool at_end() const { return in_.empty(); }

  [[nodiscard]] Result<Value> next();  // Fails with rtmp.bad_amf.

 private:
  Result<Value> value(std::size_t depth);
  Result<Object> properties(std::size_t depth);
  Result<StrictArray> items(std::size_t depth);
  std::string take_string(std::size_t length);

  ByteReader in_;
  std::size_t values_ = 0;
};

// Every value of a message, in order.
[[nodiscard]] Result<std::vector<Value>> parse_all(ByteView bytes);

void write(Bytes& out, const Value& value);

}  // namespace luso::proto::amf0
