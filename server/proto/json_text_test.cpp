#include "proto/json_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>

#include "base/text.h"

namespace luso::proto::json {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(JsonText, KnowsAValueFromWhatIsNone) {
  for (const char* sound :
       {"null", "true", " [ ] ", "{}", "-0", "0.5e-7", R"("\u00e9\n\"")", R"({"a":[1,{"b":null}],"a":2})"})
    EXPECT_TRUE(is_value(sound)) << sound;
  for (const char* broken :
       {"",   " ",  "nul", "[1,]", "[",       "{\"a\"}",     "{\"a\":}", "{a:1}", "01",  "1.",  "-",  "1e",
        "+1", ".5", "'a'", "\"a",  "\"\\x\"", "\"\\u12g4\"", "\"\x01\"", "[1] 2", "[1}", "NaN", "[,]"})
    EXPECT_FALSE(is_value(broken)) << broken;
}

TEST(JsonText, RefusesWhatIsNestedTooDeeply) {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };

  EXPECT_TRUE(is_value(nested(kDepthMax + 1)));
  EXPECT_FALSE(is_value(nested(kDepthMax + 2)));
  EXPECT_FALSE(is_value(std::string(1'000'000, '[')));
}

TEST(JsonText, APlaceholderMustNameAnAttachment) {
  constexpr std::string_view kFirst = R"(["a",{"_placeholder":true,"num":0}])";
  EXPECT_TRUE(is_value_with_attachments(kFirst, 1));
  EXPECT_FALSE(is_value_with_attachments(kFirst, 0));
  for (const char* broken :
       {R"({"_placeholder":true})", R"({"_placeholder":true,"num":-1})", R"({"num":1,"_placeholder":true})",
        R"({"_placeholder":true,"num":"0"})", R"({"_placeholder":true,"num":0.5})",
        R"({"_pl\u0061ceholder":true,"n\u0075m":7})", R"({"_placeholder":true,"num":0,"num":1})"})
    EXPECT_FALSE(is_value_with_attachments(broken, 1)) << broken;
  EXPECT_TRUE(is_value_with_attachments(R"({"_placeholder":false,"num":7})", 1));
}

TEST(JsonText, CutsArraysAndObjects) {
  EXPECT_THAT(elements_of(R"( [ "a,]" , [1,2] ,{"b":[3]}, 4 ] )"),
              ElementsAre(R"("a,]")", "[1,2]", R"({"b":[3]})", "4"));
  EXPECT_THAT(elements_of("[ ]"), IsEmpty());
  EXPECT_THAT(values_of(R"( 5 ,{"test":true})"), ElementsAre("5", R"({"test":true})"));
  EXPECT_THAT(values_of(""), IsEmpty());
  EXPECT_EQ(first_element_of("[7,8]"), "7");
  EXPECT_EQ(member_of(R"({"a":1,"tok\u0065n":"x" , "a":[2]})", "a"), "[2]");
  EXPECT_EQ(member_of(R"({"a":1,"tok\u0065n":"x"})", "token"), R"("x")");
  EXPECT_EQ(member_of("{ }", "a"), std::nullopt);
}

TEST(JsonText, ReadsStrings) {
  EXPECT_EQ(string_of(R"("a\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00")"), "a\"\\/\b\f\n\r\té😀");
  EXPECT_EQ(string_of(R"("\ud83d \ude00")"), "\xEF\xBF\xBD \xEF\xBF\xBD");
  EXPECT_EQ(integer_of("-12"), -12);
  EXPECT_EQ(integer_of("1.0"), std::nullopt);
}

RC_GTEST_PROP(JsonText, WhatIsQuotedReadsBackTheSame, (const std::string& bytes)) {
  const std::string plain = is_utf8(bytes) ? bytes : hex_encode(as_bytes(bytes));

  const std::string text = quote(plain);

  RC_ASSERT(is_value(text));
  RC_ASSERT(string_of(text) == plain);
  const std::string array = "[" + text + ",[" + text + "]]";
  RC_ASSERT(elements_of(array).size() == 2U);
}

}  // namespace
}  // namespace luso::proto::json
