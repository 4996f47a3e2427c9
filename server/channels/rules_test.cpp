#include "channels/rules.h"

#include <gtest/gtest.h>

#include <rapidcheck/gtest.h>  // After gtest.h, which it needs.

#include "channels/cursor.h"

namespace luso::channels {
namespace {

TEST(ChannelRules, NobodyFollowsThemselves) {
  EXPECT_EQ(rules::may_follow(UserId{7}, UserId{7}).error().reason, "channels.own_channel");
  EXPECT_TRUE(rules::may_follow(UserId{7}, UserId{8}));
}

TEST(ChannelRules, ANameIsTrimmedAndKeepsItsAccents) {
  EXPECT_EQ(rules::clean_line("  João da Praça \n", "display_name").value(), "João da Praça");
}

TEST(ChannelRules, ANameOfSpacesIsRefusedByItsField) {
  const auto cleaned = rules::clean({.display_name = " \t ",
                                     .description = std::nullopt,
                                     .language = std::nullopt,
                                     .default_title = std::nullopt,
                                     .default_category = std::nullopt,
                                     .streams_per_day = std::nullopt});

  ASSERT_FALSE(cleaned);
  EXPECT_EQ(cleaned.error().reason, "api.invalid");
  EXPECT_EQ(cleaned.error().field, "display_name");
}

TEST(ChannelRules, ATitleStaysOnOneLine) {
  EXPECT_FALSE(rules::clean_line("Fado\nà janela", "default_title"));
}

TEST(ChannelRules, ADescriptionMayHaveLinesButNoControlCharacters) {
  EXPECT_EQ(rules::clean_text("Fado.\r\nTodas as noites.", "description").value(), "Fado.\nTodas as noites.");
  EXPECT_FALSE(rules::clean_text("sino\a", "description"));
  EXPECT_EQ(rules::clean_text("", "description").value(), "");
}

TEST(ChannelRules, ANewChannelSpeaksLikeItsAccount) {
  EXPECT_EQ(rules::defaults_for("pt-BR", "Bia").title, "Bia ao vivo");
  EXPECT_EQ(rules::defaults_for("pt-PT", "Bia").title, "Bia em direto");
  EXPECT_EQ(rules::defaults_for("en", "Bia").language, "other");
}

RC_GTEST_PROP(Cursors, ComeBackAsTheyWent, (std::int64_t a, std::int64_t b, std::int64_t c)) {
  const Cursor<3> keys{a, b, c};
  RC_ASSERT(decode_cursor<3>(encode_cursor<3>(keys)) == keys);
}

RC_GTEST_PROP(Cursors, AnythingElseIsNoCursor, (const std::string& text)) {
  const auto keys = decode_cursor<2>(text);
  RC_ASSERT(!keys || encode_cursor<2>(*keys) == text);
}

TEST(Cursors, OfAnotherListAreRefused) {
  EXPECT_FALSE(decode_cursor<2>(encode_cursor<3>({1, 2, 3})));
  EXPECT_FALSE(decode_cursor<2>(""));
  EXPECT_FALSE(decode_cursor<2>("!!"));
}

}  // namespace
}  // namespace luso::channels
