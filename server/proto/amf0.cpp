#include "proto/amf0.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace luso::proto::amf0 {
namespace {

// AMF 0, 2.1.
enum class Marker : std::uint8_t {
  number = 0x00,
  boolean = 0x01,
  string = 0x02,
  object = 0x03,
  null = 0x05,
  undefined = 0x06,
  reference = 0x07,
  ecma_array = 0x08,
  object_end = 0x09,
  strict_array = 0x0A,
  date = 0x0B,
  long_string = 0x0C,
  unsupported = 0x0D,
  xml_document = 0x0F,
  typed_object = 0x10,
};

constexpr std::size_t kDateBytes = 10;

tl::unexpected<Error> bad(std::string detail) {
  return fail(ErrorKind::invalid, "rtmp.bad_amf", std::move(detail));
}

void write_text(ByteWriter& out, std::string_view text) {
  text =
      text.substr(0, kShortStringMax);  // Property names only: values that are longer get their own marker.
  out.u16(static_cast<std::uint16_t>(text.size()));
  out.text(text);
}

void write_properties(Bytes& bytes, const Object& object) {
  ByteWriter out(bytes);
  for (const Property& property : object.properties) {
    write_text(out, property.name);
    write(bytes, property.value);
  }
  out.u16(0);
  out.u8(static_cast<std::uint8_t>(Marker::object_end));
}

struct Writer {
  Bytes& bytes;
  ByteWriter out{bytes};

  void mark(Marker marker) { out.u8(static_cast<std::uint8_t>(marker)); }

  void operator()(Undefined) { mark(Marker::undefined); }

  void operator()(Null) { mark(Marker::null); }

  void operator()(bool value) {
    mark(Marker::boolean);
    out.u8(value ? 1 : 0);
  }

  void operator()(double value) {
    mark(Marker::number);
    out.u64(std::bit_cast<std::uint64_t>(value));
  }

  void operator()(const std::string& value) {
    if (value.size() <= kShortStringMax) {
      mark(Marker::string);
      out.u16(static_cast<std::uint16_t>(value.size()));
    } else {
      mark(Marker::long_string);
      out.u32(static_cast<std::uint32_t>(value.size()));
    }
    out.text(value);
  }

  void operator()(const Date& value) {
    mark(Marker::date);
    out.u64(std::bit_cast<std::uint64_t>(value.unix_ms));
    out.u16(static_cast<std::uint16_t>(value.time_zone_min));
  }

  void operator()(const Object& value) {
    mark(value.ecma_array ? Marker::ecma_array : Marker::object);
    if (value.ecma_array) out.u32(static_cast<std::uint32_t>(value.properties.size()));
    write_properties(bytes, value);
  }

  void operator()(const StrictArray& value) {
    mark(Marker::strict_array);
    out.u32(static_cast<std::uint32_t>(value.items.size()));
    for (const Value& item : value.items) write(bytes, item);
  }
};

}  // namespace

Value::Value() = default;

Value::Value(Null value) : data_(value) {}

Value::Value(bool value) : data_(value) {}

Value::Value(double value) : data_(value) {}

Value::Value(int value) : data_(static_cast<double>(value)) {}

Value::Value(const char* value) : data_(std::string(value)) {}

Value::Value(std::string_view value) : data_(std::string(value)) {}

Value::Value(std::string value) : data_(std::move(value)) {}

Value::Value(Date value) : data_(value) {}

Value::Value(Object value) : data_(std::move(value)) {}

Value::Value(StrictArray value) : data_(std::move(value)) {}

bool operator==(const Object& left, const Object& right) {
  return left.ecma_array == right.ecma_array && left.properties == right.properties;
}

bool operator==(const StrictArray& left, const StrictArray& right) {
  return left.items == right.items;
}

const Value* Value::find(std::string_view name) const {
  const Object* held = object();
  if (held == nullptr) return nullptr;
  const auto found = std::ranges::find(held->properties, name, &Property::name);
  return found == held->properties.end() ? nullptr : &found->value;
}

std::string_view Value::text_of(std::string_view name, std::string_view otherwise) const {
  const Value* value = find(name);
  const std::string* text = value == nullptr ? nullptr : value->string();
  return text == nullptr ? otherwise : std::string_view(*text);
}

double Value::number_of(std::string_view name, double otherwise) const {
  const Value* value = find(name);
  const double* number = value == nullptr ? nullptr : value->number();
  return number == nullptr ? otherwise : *number;
}

Value object(std::vector<Property> properties) {
  return Object{.properties = std::move(properties)};
}

Value ecma_array(std::vector<Property> properties) {
  return Object{.properties = std::move(properties), .ecma_array = true};
}

Result<Value> Reader::next() {
  return value(0);
}

std::string Reader::take_string(std::size_t length) {
  return std::string(as_text(in_.take(length)));
}

Result<Value> Reader::value(std::size_t depth) {
  if (depth > kDepthMax) return bad("too deep");
  if (++values_ > kValuesMax) return bad("too many values");
  if (in_.empty()) return bad("a value is missing");
  const auto marker = static_cast<Marker>(in_.u8());
  Value read;
  switch (marker) {
    case Marker::number: read = std::bit_cast<double>(in_.u64()); break;
    case Marker::boolean: read = in_.u8() != 0; break;
    case Marker::string: read = take_string(in_.u16()); break;
    case Marker::long_string:
    case Marker::xml_document: read = take_string(in_.u32()); break;
    case Marker::null: read = Null{}; break;
    case Marker::undefined:
    case Marker::unsupported: break;
    case Marker::reference: in_.skip(2); break;
    case Marker::date: {
      if (in_.remaining() < kDateBytes) return bad("a date is cut short");
      const auto unix_ms = std::bit_cast<double>(in_.u64());
      read = Date{.unix_ms = unix_ms, .time_zone_min = static_cast<std::int16_t>(in_.u16())};
      break;
    }
    case Marker::strict_array: {
      TRY(read, items(depth + 1));
      break;
    }
    case Marker::typed_object: in_.skip(in_.u16()); [[fallthrough]];  // Its class name.
    case Marker::object: {
      TRY(read, properties(depth + 1));
      break;
    }
    case Marker::ecma_array: {
      in_.skip(4);  // A count that encoders get wrong; the end marker is what ends it.
      TRY(Object array, properties(depth + 1));
      array.ecma_array = true;
      read = std::move(array);
      break;
    }
    default: return bad("marker " + std::to_string(static_cast<int>(marker)));
  }
  if (in_.failed()) return bad("a value is cut short");
  return read;
}

Result<Object> Reader::properties(std::size_t depth) {
  Object object;
  while (true) {
    std::string name = take_string(in_.u16());
    if (in_.failed() || in_.empty()) return bad("an object has no end");
    if (name.empty() && in_.rest().front() == static_cast<std::uint8_t>(Marker::object_end)) break;
    TRY(Value held, value(depth));
    object.properties.push_back({.name = std::move(name), .value = std::move(held)});
  }
  in_.skip(1);
  return object;
}

Result<StrictArray> Reader::items(std::size_t depth) {
  const std::uint32_t count = in_.u32();
  if (count > in_.remaining())
    return bad("an array is longer than its message");  // An item takes a byte or more.
  StrictArray array;
  for (std::uint32_t i = 0; i < count; ++i) {
    TRY(Value item, value(depth));
    array.items.push_back(std::move(item));
  }
  return array;
}

Result<std::vector<Value>> parse_all(ByteView bytes) {
  Reader reader(bytes);
  std::vector<Value> values;
  while (!reader.at_end()) {
    TRY(Value value, reader.next());
    values.push_back(std::move(value));
  }
  return values;
}

void write(Bytes& out, const Value& value) {
  std::visit(Writer{.bytes = out}, value.data());
}

}  // namespace luso::proto::amf0
