#include <gtest/gtest.h>

#include "identity/internal/town_pgtest.h"

namespace luso::identity {
namespace {

using namespace std::chrono_literals;
using testing::Answer;
using testing::kPassword;
using testing::Town;

class EmailChangesTest : public ::testing::Test {
 protected:
  EmailChangesTest() : cookie_(town_.signed_in("ana")) { town_.letters.sent.clear(); }

  Answer ask(const std::string& email, const std::string& password = kPassword) {
    return town_.call({.cookie = cookie_}, "PUT", "/api/v1/account/email",
                      gen::to_json(gen::ChangeEmailRequest{.email = email, .password = password}));
  }

  Answer use(const std::string& what, const std::string& token) {
    return town_.call("POST", "/api/v1/account/email/" + what,
                      gen::to_json(gen::TokenRequest{.token = token}));
  }

  std::string email() { return town_.call({.cookie = cookie_}, "GET", "/api/v1/account").text("email"); }

  Letter last_letter() { return town_.letters.sent.back(); }

  Town town_;
  std::string cookie_;
};

TEST_F(EmailChangesTest, TheNewMailboxMakesItTrueAndTheSessionStays) {
  ASSERT_EQ(ask("ana.nova@exemplo.pt").status, 202);
  EXPECT_EQ(email(), "ana@exemplo.pt");
  EXPECT_EQ(last_letter().to, "ana.nova@exemplo.pt");

  EXPECT_EQ(use("confirm", last_letter().token).status, 204);

  EXPECT_EQ(email(), "ana.nova@exemplo.pt");
  EXPECT_EQ(last_letter().kind, LetterKind::email_changed);
  EXPECT_EQ(last_letter().to, "ana@exemplo.pt");
  EXPECT_EQ(town_.sign_in("ana.nova@exemplo.pt").status, 201);
  EXPECT_EQ(town_.sign_in("ana@exemplo.pt").reason(), "identity.bad_credentials");
  EXPECT_EQ(town_.count("audit_log WHERE action = 'identity.email_changed'"), "1");
}

TEST_F(EmailChangesTest, ThePasswordIsNeeded) {
  EXPECT_EQ(ask("ana.nova@exemplo.pt", "outra palavra qualquer").reason(), "identity.wrong_password");
  EXPECT_TRUE(town_.letters.sent.empty());
}

TEST_F(EmailChangesTest, ATakenAddressGetsALetterAndTheSameAnswer) {
  town_.user("rui");

  const Answer taken = ask("Rui@exemplo.pt");
  const Letter to_rui = last_letter();
  const Answer free = ask("livre@exemplo.pt");

  EXPECT_EQ(taken.status, free.status);
  EXPECT_EQ(taken.body, free.body);
  EXPECT_EQ(to_rui.kind, LetterKind::email_in_use);
  EXPECT_EQ(to_rui.name, "rui");
  EXPECT_TRUE(to_rui.token.empty());
}

TEST_F(EmailChangesTest, TheSameAddressInOtherLettersIsNoChange) {
  EXPECT_EQ(ask("ANA@exemplo.pt").reason(), "identity.same_email");
}

TEST_F(EmailChangesTest, ALinkWorksOnceAndForADay) {
  ask("nova@exemplo.pt");
  const std::string token = last_letter().token;
  ASSERT_EQ(use("confirm", token).status, 204);
  EXPECT_EQ(use("confirm", token).reason(), "identity.bad_token");

  ask("mais.nova@exemplo.pt");
  const std::string late = last_letter().token;
  town_.clock.advance(24h + 1s);
  EXPECT_EQ(use("confirm", late).reason(), "identity.bad_token");
}

TEST_F(EmailChangesTest, AskingAgainForgetsTheWishBefore) {
  ask("primeira@exemplo.pt");
  const std::string first = last_letter().token;
  ask("segunda@exemplo.pt");

  EXPECT_EQ(use("confirm", first).reason(), "identity.bad_token");
  EXPECT_EQ(use("confirm", last_letter().token).status, 204);
  EXPECT_EQ(email(), "segunda@exemplo.pt");
}

TEST_F(EmailChangesTest, AnAddressThatBecameSomebodysMeanwhileIsTheirs) {
  ask("disputada@exemplo.pt");
  const std::string token = last_letter().token;
  NewAccount account{.username = "rui", .email = "disputada@exemplo.pt", .password = Secret(kPassword)};
  ASSERT_TRUE(town_.world.run(
      town_.identity.accounts().create(std::move(account), Role::viewer, Accounts::IfThere::refuse)));

  EXPECT_EQ(use("confirm", token).reason(), "identity.bad_token");
  EXPECT_EQ(email(), "ana@exemplo.pt");
}

TEST_F(EmailChangesTest, AResetThatWentToTheOldAddressIsVoid) {
  town_.call("POST", "/api/v1/password/forgot", R"({"email":"ana@exemplo.pt"})");
  const std::string reset = last_letter().token;
  ask("nova@exemplo.pt");
  ASSERT_EQ(use("confirm", last_letter().token).status, 204);

  const gen::ResetPasswordRequest body{.token = reset, .password = "outra frase bem comprida"};
  EXPECT_EQ(town_.call("POST", "/api/v1/password/reset", gen::to_json(body)).reason(), "identity.bad_token");
}

TEST_F(EmailChangesTest, TheOldMailboxUndoesItAndLocksTheStrangerOut) {
  ask("ladrao@exemplo.pt");
  ASSERT_EQ(use("confirm", last_letter().token).status, 204);
  const std::string undo = last_letter().token;
  town_.clock.advance(6 * 24h);

  EXPECT_EQ(use("undo", undo).status, 204);

  EXPECT_FALSE(town_.is_signed_in(cookie_));
  EXPECT_EQ(town_.sign_in("ana").reason(), "identity.bad_credentials");  // The stranger knows that password.
  EXPECT_EQ(last_letter().kind, LetterKind::reset_password);
  EXPECT_EQ(last_letter().to, "ana@exemplo.pt");
  const gen::ResetPasswordRequest body{.token = last_letter().token, .password = "outra frase bem comprida"};
  ASSERT_EQ(town_.call("POST", "/api/v1/password/reset", gen::to_json(body)).status, 204);
  EXPECT_EQ(town_.sign_in("ana@exemplo.pt", "outra frase bem comprida").status, 201);
  EXPECT_EQ(use("undo", undo).reason(), "identity.bad_token");
}

TEST_F(EmailChangesTest, TheFirstUndoBringsTheFirstAddressBackAfterTwoChanges) {
  ask("um@exemplo.pt");
  use("confirm", last_letter().token);
  const std::string first_undo = last_letter().token;
  ask("dois@exemplo.pt");
  use("confirm", last_letter().token);
  const std::string second_undo = last_letter().token;

  EXPECT_EQ(use("undo", first_undo).status, 204);

  EXPECT_EQ(town_.count("users WHERE email = 'ana@exemplo.pt'"), "1");
  EXPECT_EQ(use("undo", second_undo).reason(), "identity.bad_token");
}

TEST_F(EmailChangesTest, AfterAWeekThereIsNoWayBack) {
  ask("nova@exemplo.pt");
  use("confirm", last_letter().token);
  town_.clock.advance(7 * 24h + 1s);

  EXPECT_EQ(use("undo", last_letter().token).reason(), "identity.bad_token");
}

TEST_F(EmailChangesTest, TheUndoTokenIsNoConfirmation) {
  ask("nova@exemplo.pt");
  EXPECT_EQ(use("undo", last_letter().token).reason(), "identity.bad_token");
  use("confirm", last_letter().token);
  EXPECT_EQ(use("confirm", last_letter().token).reason(), "identity.bad_token");
}

}  // namespace
}  // namespace luso::identity
