#include "notify/letter_writer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luso::notify {
namespace {

using gen::Locale;
using identity::Letter;
using identity::LetterKind;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::array kKinds{LetterKind::confirm_account,  LetterKind::already_registered,
                            LetterKind::reset_password,   LetterKind::no_account,
                            LetterKind::password_changed, LetterKind::team_invited,
                            LetterKind::team_joined};
constexpr std::array kLocales{Locale::pt_pt, Locale::pt_br, Locale::en};

Letter letter(LetterKind kind, Locale locale = Locale::pt_pt) {
  return {.kind = kind,
          .to = "ana@exemplo.pt",
          .name = "Ana",
          .locale = locale,
          .token = "abc-123_",
          .about = "Tasca do Rui"};
}

TEST(Letters, EveryKindIsWrittenInEveryLanguage) {
  const LetterWriter writer("https://lusotown.test/");
  for (const Locale locale : kLocales) {
    for (const LetterKind kind : kKinds) {
      const WrittenLetter written = writer.write(letter(kind, locale));
      EXPECT_FALSE(written.subject.empty());
      EXPECT_THAT(written.text, HasSubstr("Ana")) << written.subject;
      EXPECT_THAT(written.text, HasSubstr("https://lusotown.test/")) << written.subject;
      EXPECT_THAT(written.text, Not(HasSubstr("{"))) << written.subject;
      EXPECT_THAT(written.html, Not(HasSubstr("{"))) << written.subject;
      EXPECT_THAT(written.html, HasSubstr(std::string("lang=\"") + std::string(gen::to_text(locale)) + '"'));
    }
  }
}

TEST(Letters, CarryTheTokenInTheirLinkWhenThereIsSomethingToProve) {
  const LetterWriter writer("https://lusotown.test");
  EXPECT_THAT(writer.write(letter(LetterKind::confirm_account)).text,
              HasSubstr("\nhttps://lusotown.test/confirm?token=abc-123_\n"));
  EXPECT_THAT(writer.write(letter(LetterKind::already_registered)).text,
              HasSubstr("/reset?token=abc-123_\n"));
  EXPECT_THAT(writer.write(letter(LetterKind::reset_password)).html,
              HasSubstr("href=\"https://lusotown.test/reset?token=abc-123_\""));
  EXPECT_THAT(writer.write(letter(LetterKind::password_changed)).text, Not(HasSubstr("abc-123_")));
  EXPECT_THAT(writer.write(letter(LetterKind::no_account)).text, Not(HasSubstr("abc-123_")));
}

TEST(Letters, AboutATeamNameTheOtherSideAndLeadToTheStudio) {
  const LetterWriter writer("https://lusotown.test");
  for (const LetterKind kind : {LetterKind::team_invited, LetterKind::team_joined}) {
    const WrittenLetter written = writer.write(letter(kind));
    EXPECT_THAT(written.text, HasSubstr("Tasca do Rui"));
    EXPECT_THAT(written.text, HasSubstr("\nhttps://lusotown.test/studio/team\n"));
  }
}

TEST(Letters, ANameThatLooksLikeAPlaceholderIsNotOne) {
  const LetterWriter writer("https://lusotown.test");
  Letter tricky = letter(LetterKind::team_invited);
  tricky.name = "{about}";
  EXPECT_THAT(writer.write(tricky).text, HasSubstr("{about}"));
}

TEST(Letters, ANameIsTextInHtmlToo) {
  const LetterWriter writer("https://lusotown.test");
  Letter hostile = letter(LetterKind::reset_password);
  hostile.name = "<script>alert(1)</script>";
  EXPECT_THAT(writer.write(hostile).html, Not(HasSubstr("<script>")));
}

TEST(LetterCatalogues, SayWhichLineIsWrong) {
  EXPECT_THAT(parse_catalogue("# words\n\nHello\n").error().detail, HasSubstr("line 3"));
  EXPECT_THAT(parse_catalogue("== a\nA\n== a\n").error().detail, HasSubstr("line 3"));
  const LetterCatalogue catalogue = parse_catalogue("== a\nSubject\n\nOne.\n# not this\nTwo.\n").value();
  EXPECT_EQ(catalogue.at("a").subject, "Subject");
  EXPECT_THAT(catalogue.at("a").paragraphs, ::testing::ElementsAre("One.", "Two."));
}

}  // namespace
}  // namespace luso::notify
