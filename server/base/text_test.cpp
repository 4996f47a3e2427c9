#include "base/text.h"

#include <rapidcheck.h>

#include <gtest/gtest.h>

namespace luso {
namespace {

TEST(Utf8, AcceptsEveryLengthAndTheLimitsOfEach) {
  for (const char* text : {"", "a", "ção", "€", "😀", "\xEF\xBF\xBF", "\xF4\x8F\xBF\xBF", "\xED\x9F\xBF"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
  }
}

TEST(Utf8, RefusesOverlongSurrogateTruncatedAndOutOfRange) {
  for (const char* text : {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                           "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xC3", "\xE2\x82", "a\xFFz"}) {
    EXPECT_FALSE(is_utf8(text));
  }
}

TEST(Utf8, CountsAndCutsByCodePoint) {
  EXPECT_EQ(code_point_count("ação 😀"), 6U);
  EXPECT_EQ(first_code_points("ação", 3), "açã");
  EXPECT_EQ(first_code_points("ação", 9), "ação");
  EXPECT_EQ(first_code_points("ação", 0), "");
}

TEST(Utf8, SeesControlCharactersOfBothSets) {
  EXPECT_TRUE(has_control_characters("a\tb"));
  EXPECT_TRUE(has_control_characters("a\x7F"));
  EXPECT_TRUE(has_control_characters("a\xC2\x85"));
  EXPECT_FALSE(has_control_characters("olá\xC2\xA0mundo"));
}

TEST(Text, TrimsLowersSplitsAndJoins) {
  EXPECT_EQ(trim(" \t olá \r\n"), "olá");
  EXPECT_EQ(trim("  "), "");
  EXPECT_EQ(ascii_lower("ÀBC-Z"), "Àbc-z");
  EXPECT_TRUE(equals_ignoring_case("Keep-Alive", "keep-alive"));
  EXPECT_FALSE(equals_ignoring_case("Keep-Alive", "keep-aliv"));
  EXPECT_EQ(split("a,,b", ','), (std::vector<std::string_view>{"a", "", "b"}));
  EXPECT_EQ(split("", ','), (std::vector<std::string_view>{""}));
  EXPECT_EQ(join({"a", "b"}, ", "), "a, b");
}

TEST(Text, ReadsAWholeIntegerOrNothing) {
  EXPECT_EQ(parse_integer<int>("-7"), -7);
  EXPECT_EQ(parse_integer<std::uint16_t>("65535"), 65535);
  EXPECT_EQ(parse_integer<std::uint16_t>("65536"), std::nullopt);
  for (const char* text : {"", " 7", "7 ", "0x7", "+7", "7.0"})
    EXPECT_EQ(parse_integer<int>(text), std::nullopt) << text;
}

// RFC 4648, section 10.
TEST(Base64, MatchesThePublishedVectors) {
  const std::pair<const char*, const char*> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : vectors) {
    EXPECT_EQ(base64_encode(as_bytes(plain)), encoded);
    EXPECT_EQ(as_text(base64_decode(encoded).value()), plain);
  }
  EXPECT_EQ(base64url_encode(as_bytes("\xFB\xFF")), "-_8");
}

TEST(Base64, RefusesWhatIsNotCanonical) {
  for (const char* text : {"Zg", "Zg=", "Z===", "Zh==", "Zm9v\n", "Zm-v", "====", "Zg==Zg=="}) {
    EXPECT_FALSE(base64_decode(text)) << text;
  }
  for (const char* text : {"Z", "Zh", "Zg==", "Zm+v"}) EXPECT_FALSE(base64url_decode(text)) << text;
}

TEST(Percent, DecodesAndRefusesHalfEscapes) {
  EXPECT_EQ(percent_decode("a%20b%2Fc+d"), "a b/c+d");
  EXPECT_EQ(form_decode("a+b%2Bc"), "a b+c");
  for (const char* text : {"%", "%2", "%2G", "a%"}) EXPECT_EQ(percent_decode(text), std::nullopt) << text;
  EXPECT_EQ(percent_encode("ação/~"), "a%C3%A7%C3%A3o%2F~");
}

TEST(Text, EscapesWhatHtmlWouldRead) {
  EXPECT_EQ(html_escape(R"(<a b="c">'&)"), "&lt;a b=&quot;c&quot;&gt;&#39;&amp;");
}

TEST(Text, EveryEncodingGivesBackWhatItWasGiven) {
  EXPECT_TRUE(rc::check("hex, base64, base64url and percent round trips", [](const std::string& raw) {
    RC_ASSERT(as_text(hex_decode(hex_encode(as_bytes(raw))).value()) == raw);
    RC_ASSERT(as_text(base64_decode(base64_encode(as_bytes(raw))).value()) == raw);
    RC_ASSERT(as_text(base64url_decode(base64url_encode(as_bytes(raw))).value()) == raw);
    RC_ASSERT(percent_decode(percent_encode(raw)).value() == raw);
  }));
}

}  // namespace
}  // namespace luso
