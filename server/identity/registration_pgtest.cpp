#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/internal/town_pgtest.h"
#include "identity/rules.h"

namespace luso::identity {
namespace {

using namespace std::chrono_literals;
using testing::Answer;
using ::testing::ElementsAre;
using testing::kPassword;
using testing::Town;

class Registration : public ::testing::Test {
 protected:
  Town town_;
};

TEST_F(Registration, BecomesAnAccountWhenTheLetterIsAnswered) {
  const Answer asked = town_.register_account("ana", "Ana@Exemplo.pt");
  EXPECT_EQ(asked.status, 202);
  EXPECT_EQ(asked.text("email"), "Ana@Exemplo.pt");
  EXPECT_EQ(town_.count("users"), "0");
  ASSERT_EQ(town_.letters.sent.size(), 1);
  EXPECT_EQ(town_.letters.sent[0].kind, LetterKind::confirm_account);
  EXPECT_EQ(town_.letters.sent[0].to, "Ana@Exemplo.pt");
  EXPECT_EQ(town_.letters.wakes, 1);

  const Answer confirmed = town_.confirm(town_.letters.sent[0].token);

  EXPECT_EQ(confirmed.status, 201);
  EXPECT_EQ(confirmed.text("username"), "ana");
  EXPECT_EQ(confirmed.text("role"), "viewer");
  EXPECT_TRUE(town_.is_signed_in(confirmed.cookie()));
  EXPECT_THAT(town_.listener.created, ElementsAre("ana"));
  EXPECT_EQ(town_.sign_in("ana@exemplo.pt").status, 201);
}

TEST_F(Registration, LeavesNoSecretInTheClear) {
  town_.register_account("ana", "ana@exemplo.pt");
  const std::string token = town_.letters.sent.at(0).token;
  const std::string row =
      town_.world.database().execute("SELECT row_to_json(p)::text FROM pending_registrations p").front();
  EXPECT_EQ(row.find(token), std::string::npos);
  EXPECT_EQ(row.find(kPassword), std::string::npos);
  EXPECT_NE(row.find("$argon2id$"), std::string::npos);
}

TEST_F(Registration, ALinkWorksOnceAndForADay) {
  town_.register_account("ana", "ana@exemplo.pt");
  const std::string token = town_.letters.sent.at(0).token;
  EXPECT_EQ(town_.confirm(token).status, 201);
  EXPECT_EQ(town_.confirm(token).reason(), "identity.bad_token");

  town_.register_account("rui", "rui@exemplo.pt");
  town_.clock.advance(rules::kRegistrationLife);
  EXPECT_EQ(town_.confirm(town_.letters.sent.at(1).token).reason(), "identity.bad_token");
  EXPECT_EQ(town_.confirm("nao-e-nada-que-alguem-tenha-enviado").reason(), "identity.bad_token");
}

// The heart of it: somebody with a list of addresses learns nothing from us.
TEST_F(Registration, AnswersTheSameForAKnownEmail) {
  town_.user("rui");
  const std::uint64_t before = town_.identity.hasher().runs();
  const Answer known = town_.register_account("ana", "rui@exemplo.pt");
  const std::uint64_t between = town_.identity.hasher().runs();
  const Answer unknown = town_.register_account("eva", "eva@exemplo.pt");
  const std::uint64_t after = town_.identity.hasher().runs();

  EXPECT_EQ(known.status, unknown.status);
  EXPECT_EQ(known.body, R"({"email":"rui@exemplo.pt"})");
  EXPECT_EQ(unknown.body, R"({"email":"eva@exemplo.pt"})");
  EXPECT_EQ(between - before, after - between) << "argon2id runs";
  ASSERT_EQ(town_.letters.sent.size(), 2);
  EXPECT_EQ(town_.letters.sent[0].kind, LetterKind::already_registered);
  EXPECT_EQ(town_.letters.sent[0].name, "rui") << "the owner is addressed, not the stranger";
  EXPECT_EQ(town_.confirm(town_.letters.sent[0].token).reason(), "identity.bad_token");
}

TEST_F(Registration, TheLetterToAKnownEmailOffersAReset) {
  town_.user("rui");
  town_.register_account("ana", "rui@exemplo.pt");
  const gen::ResetPasswordRequest reset{.token = town_.letters.sent.at(0).token,
                                        .password = "outra frase bem comprida"};

  EXPECT_EQ(town_.call("POST", "/api/v1/password/reset", gen::to_json(reset)).status, 204);
  EXPECT_EQ(town_.sign_in("rui", "outra frase bem comprida").status, 201);
}

TEST_F(Registration, ANameBelongsToWhoAnswersFirst) {
  town_.register_account("ana", "ana@errado.pt");
  town_.register_account("ana", "ana@exemplo.pt");
  town_.register_account("ana", "outra@exemplo.pt");

  EXPECT_EQ(town_.confirm(town_.letters.sent.at(1).token).status, 201);
  EXPECT_EQ(town_.confirm(town_.letters.sent.at(2).token).reason(), "identity.username_taken");
  EXPECT_EQ(town_.register_account("ana", "mais@exemplo.pt").reason(), "identity.username_taken");
}

TEST_F(Registration, AskingTwiceForOneEmailMakesOneAccount) {
  town_.register_account("ana", "ana@exemplo.pt");
  town_.register_account("ana_maria", "ANA@exemplo.pt");

  EXPECT_EQ(town_.confirm(town_.letters.sent.at(1).token).status, 201);
  EXPECT_EQ(town_.confirm(town_.letters.sent.at(0).token).reason(), "identity.bad_token");
  EXPECT_EQ(town_.count("users"), "1");
  EXPECT_EQ(town_.count("pending_registrations"), "0");
}

TEST_F(Registration, AMailboxGetsThreeLettersAndTheAnswerDoesNotSaySo) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(town_.register_account("ana" + std::to_string(i), "ana@exemplo.pt").status, 202);
  }
  EXPECT_EQ(town_.letters.sent.size(), 3);
  EXPECT_EQ(town_.count("pending_registrations"), "3");
}

TEST_F(Registration, RefusesReservedNamesWeakPasswordsAndWrongFields) {
  EXPECT_EQ(town_.register_account("suporte", "a@exemplo.pt").reason(), "identity.username_reserved");
  EXPECT_EQ(town_.register_account("Ana", "a@exemplo.pt").reason(), "api.invalid");
  EXPECT_EQ(town_.register_account("ana", "a@exemplo").reason(), "api.invalid");
  const gen::RegisterRequest weak{.username = "ana", .email = "a@exemplo.pt", .password = "benfica1904"};
  EXPECT_EQ(town_.call("POST", "/api/v1/accounts", gen::to_json(weak)).reason(), "identity.weak_password");
  EXPECT_TRUE(town_.letters.sent.empty());
}

TEST_F(Registration, AListenerThatFailsLeavesTheLetterGood) {
  town_.register_account("ana", "ana@exemplo.pt");
  town_.listener.refuses = true;
  EXPECT_EQ(town_.confirm(town_.letters.sent.at(0).token).status, 503);
  EXPECT_EQ(town_.count("users"), "0");

  town_.listener.refuses = false;
  EXPECT_EQ(town_.confirm(town_.letters.sent.at(0).token).status, 201);
}

TEST_F(Registration, IsLimitedByNetwork) {
  const int burst = find_rate_class("sign_up")->burst;
  for (int i = 0; i < burst; ++i) town_.register_account("suporte", "a@exemplo.pt");
  const Answer refused = town_.register_account("ana", "ana@exemplo.pt");
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.headers.get("Retry-After"), "");
}

TEST(ClosedRegistration, SaysSo) {
  IdentitySettings settings = Town::cheap();
  settings.registration_open = false;
  Town town(settings);
  EXPECT_EQ(town.register_account("ana", "ana@exemplo.pt").reason(), "identity.registration_closed");
}

TEST_F(Registration, SweepingDeletesWhatHasExpired) {
  town_.register_account("ana", "ana@exemplo.pt");
  const std::string cookie = town_.signed_in("rui");
  town_.clock.advance(25h);
  ASSERT_TRUE(town_.world.run(town_.identity.accounts().sweep()));
  EXPECT_EQ(town_.count("pending_registrations"), "0");
  EXPECT_TRUE(town_.is_signed_in(cookie));

  town_.clock.advance(rules::kSessionIdleMax);
  ASSERT_TRUE(town_.world.run(town_.identity.accounts().sweep()));
  EXPECT_EQ(town_.count("sessions"), "0");
}

}  // namespace
}  // namespace luso::identity
