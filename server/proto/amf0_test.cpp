#include "proto/amf0.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

#include "proto/rtmp_testing.h"

namespace luso::proto::amf0 {
namespace {

using rtmp::testing::bytes;

Bytes written(const Value& value) {
  Bytes out;
  write(out, value);
  return out;
}

Result<Value> read(std::string_view shown) {
  return Reader(bytes(shown)).next();
}

struct Shown {
  const char* bytes;
  Value value;
};

TEST(Amf0, EveryKindOfValueReadsAndWritesItsBytes) {
  const Shown values[] = {
      {"00 3FF8000000000000", 1.5},
      {"01 01", true},
      {"02 0004 'live'", "live"},
      {"03 0003 'app' 02 0004 'live' 0000 09", object({{.name = "app", .value = "live"}})},
      {"05", Null{}},
      {"06", Value()},
      {"08 00000001 0006 'stereo' 01 00 0000 09", ecma_array({{.name = "stereo", .value = false}})},
      {"0A 00000002 02 0004 'av01' 05", StrictArray{.items = {"av01", Null{}}}},
      {"0B 0000000000000000 FFC4", Date{.unix_ms = 0, .time_zone_min = -60}},
  };
  for (const Shown& shown : values) {
    const Result<Value> value = read(shown.bytes);
    ASSERT_TRUE(value) << shown.bytes << ": " << value.error().detail;
    EXPECT_EQ(*value, shown.value) << shown.bytes;
    EXPECT_EQ(written(shown.value), bytes(shown.bytes)) << shown.bytes;
  }
}

TEST(Amf0, ReadsWhatItNeverWrites) {
  EXPECT_EQ(read("0F 00000003 '<a>'"), Value("<a>"));  // XML document
  EXPECT_EQ(read("0D"), Value());                      // unsupported
  EXPECT_EQ(read("07 0001"), Value());                 // reference
  EXPECT_EQ(read("10 0001 'P' 0001 'x' 05 0000 09"),   // typed object
            object({{.name = "x", .value = Null{}}}));
  EXPECT_EQ(read("08 FFFFFFFF 0000 09"), ecma_array({}));  // a count that lies
}

TEST(Amf0, AStringOf65536BytesIsALongString) {
  const std::string longest(kShortStringMax, 'a');
  const std::string longer(kShortStringMax + 1, 'a');

  EXPECT_EQ(written(longest).front(), 0x02);
  EXPECT_EQ(written(longer).front(), 0x0C);
  EXPECT_EQ(Reader(written(longer)).next(), Value(longer));
}

TEST(Amf0, RefusesWhatIsCutShort) {
  for (const char* shown :
       {"", "00 3FF80000", "01", "02 0004 'liv'", "03", "03 0003 'app'", "03 0003 'app' 05", "03 0000",
        "08 0000", "0A 00000001", "0A FFFFFFFF 05", "0B 0000000000000000 FF", "0C 00000004 'liv'"}) {
    const Result<Value> value = read(shown);
    ASSERT_FALSE(value) << shown;
    EXPECT_EQ(value.error().reason, "rtmp.bad_amf") << shown;
  }
}

TEST(Amf0, RefusesMarkersItDoesNotKnow) {
  EXPECT_FALSE(read("11 0A"));  // AMF 3 inside AMF 0.
  EXPECT_FALSE(read("04"));
  EXPECT_FALSE(read("09"));  // An end without an object.
  EXPECT_FALSE(read("FF"));
}

TEST(Amf0, RefusesNestingThatIsTooDeep) {
  const auto nested = [](std::size_t depth) {
    Value value;
    for (std::size_t i = 0; i < depth; ++i) value = StrictArray{.items = {value}};
    return Reader(written(value)).next();
  };

  EXPECT_TRUE(nested(kDepthMax));
  EXPECT_FALSE(nested(kDepthMax + 1));
}

TEST(Amf0, RefusesMoreValuesThanAMessageNeeds) {
  const auto nulls = [](std::size_t count) { return parse_all(Bytes(count, 0x05)); };

  EXPECT_TRUE(nulls(kValuesMax));
  EXPECT_FALSE(nulls(kValuesMax + 1));
}

TEST(Amf0, FindsPropertiesByNameAndMissesQuietly) {
  const Value value = ecma_array({{.name = "width", .value = 1280}, {.name = "encoder", .value = "obs"}});

  EXPECT_EQ(value.number_of("width"), 1280);
  EXPECT_EQ(value.text_of("encoder"), "obs");
  EXPECT_EQ(value.number_of("encoder", -1), -1);
  EXPECT_EQ(value.text_of("title", "none"), "none");
  EXPECT_EQ(Value("text").find("width"), nullptr);
}

Value arbitrary_value(int depth) {
  switch (*rc::gen::inRange(0, depth > 0 ? 8 : 5)) {
    case 0: return Null{};
    case 1: return {};
    case 2: return *rc::gen::arbitrary<bool>();
    case 3: return static_cast<double>(*rc::gen::arbitrary<std::int32_t>()) / 8;
    case 4: return *rc::gen::arbitrary<std::string>();
    case 5: {
      StrictArray array;
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) array.items.push_back(arbitrary_value(depth - 1));
      return array;
    }
    default: {
      Object held{.properties = {}, .ecma_array = *rc::gen::arbitrary<bool>()};
      for (int i = *rc::gen::inRange(0, 4); i > 0; --i) {
        held.properties.push_back(
            {.name = *rc::gen::nonEmpty<std::string>(), .value = arbitrary_value(depth - 1)});
      }
      return held;
    }
  }
}

TEST(Amf0, WhatIsWrittenReadsTheSame) {
  EXPECT_TRUE(rc::check([] {
    const Value value = arbitrary_value(4);
    const Bytes out = written(value);
    Reader reader(out);

    const Result<Value> back = reader.next();

    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == value);
    RC_ASSERT(reader.at_end());
  }));
}

}  // namespace
}  // namespace luso::proto::amf0
