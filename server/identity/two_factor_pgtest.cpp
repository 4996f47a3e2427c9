#include <gtest/gtest.h>

#include "base/text.h"
#include "identity/internal/town_pgtest.h"
#include "identity/rules.h"
#include "identity/totp.h"

namespace luso::identity {
namespace {

using namespace std::chrono_literals;
using testing::Answer;
using testing::kPassword;
using testing::Town;

class TwoFactorTest : public ::testing::Test {
 protected:
  std::string body_with(const std::string& code) { return R"({"code":")" + code + R"("})"; }

  std::string proof(const std::string& code, const std::string& password = kPassword) {
    return R"({"password":")" + password + R"(","code":")" + code + R"("})";
  }

  // What the app on the phone shows; the database has the secret only under a seal.
  std::string code(std::int64_t steps_on = 0) {
    return totp::hotp(secret_, static_cast<std::uint64_t>(totp::step_at(town_.clock.now()) + steps_on));
  }

  // A code that has not been used yet.
  std::string fresh_code() {
    town_.clock.advance(60s);
    return code();
  }

  void begin() {
    const Answer begun = town_.call({.cookie = cookie_}, "POST", "/api/v1/account/two-factor",
                                    R"({"password":")" + std::string(kPassword) + R"("})");
    ASSERT_EQ(begun.status, 201) << begun.body;
    secret_ = from_base32(begun.text("secret"));
    EXPECT_NE(begun.text("otpauth_uri").find(begun.text("secret")), std::string::npos);
  }

  std::vector<std::string> turn_on() {
    cookie_ = town_.signed_in("ana");
    begin();
    const Answer on =
        town_.call({.cookie = cookie_}, "POST", "/api/v1/account/two-factor/confirm", body_with(code()));
    EXPECT_EQ(on.status, 200) << on.body;
    std::vector<std::string> codes;
    const boost::json::value answer = on.json();
    for (const auto& one : answer.at("codes").as_array()) codes.emplace_back(one.as_string().c_str());
    return codes;
  }

  // The cookie that stands between the password and the code.
  std::string first_step() {
    const Answer asked = town_.sign_in("ana");
    EXPECT_EQ(asked.reason(), "identity.second_step");
    return asked.cookie();
  }

  Answer second_step(const std::string& cookie, const std::string& with) {
    return town_.call({.cookie = cookie}, "POST", "/api/v1/sessions/second-step", body_with(with));
  }

  static Bytes from_base32(const std::string& text) {
    Bytes bytes;
    std::uint32_t bits = 0;
    int count = 0;
    for (const char c : text) {
      bits = bits << 5U | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
      count += 5;
      if (count < 8) continue;
      count -= 8;
      bytes.push_back(static_cast<std::uint8_t>(bits >> static_cast<unsigned>(count)));
    }
    return bytes;
  }

  Town town_;
  std::string cookie_;
  Bytes secret_;
};

TEST_F(TwoFactorTest, IsOffUntilACodeOfTheAppIsConfirmed) {
  cookie_ = town_.signed_in("ana");
  begin();

  EXPECT_EQ(town_.sign_in("ana").status, 201);
  EXPECT_EQ(town_.call({.cookie = cookie_}, "POST", "/api/v1/account/two-factor/confirm", body_with("000000"))
                .reason(),
            "identity.wrong_code");
  EXPECT_FALSE(
      town_.call({.cookie = cookie_}, "GET", "/api/v1/account/two-factor").json().at("is_on").as_bool());
}

TEST_F(TwoFactorTest, TheSecretIsNotInTheDatabaseAsItIs) {
  turn_on();

  const std::string sealed =
      town_.world.database().execute("SELECT encode(sealed_secret, 'hex') FROM two_factor").front();
  EXPECT_EQ(sealed.find(hex_encode(secret_)), std::string::npos);
}

TEST_F(TwoFactorTest, ThePasswordAloneOpensNothingAnyMore) {
  turn_on();

  const Answer asked = town_.sign_in("ana");

  EXPECT_EQ(asked.status, 422);
  EXPECT_EQ(asked.reason(), "identity.second_step");
  EXPECT_NE(asked.headers.get("Set-Cookie").find("SameSite=Strict"), std::string::npos);
  EXPECT_FALSE(town_.is_signed_in(asked.cookie()));
  // Whoever does not know the password does not learn that there is a second step.
  EXPECT_EQ(town_.sign_in("ana", "outra palavra qualquer").reason(), "identity.bad_credentials");
}

TEST_F(TwoFactorTest, PasswordAndCodeOpenASession) {
  turn_on();
  const std::string step = first_step();

  const Answer opened = second_step(step, fresh_code());

  EXPECT_EQ(opened.status, 201) << opened.body;
  EXPECT_EQ(opened.text("username"), "ana");
  // The step is used up.
  EXPECT_EQ(second_step(step, fresh_code()).reason(), "identity.second_step_expired");
}

TEST_F(TwoFactorTest, ACodeOpensOnce) {
  turn_on();
  const std::string used = fresh_code();
  ASSERT_EQ(second_step(first_step(), used).status, 201);

  EXPECT_EQ(second_step(first_step(), used).reason(), "identity.wrong_code");
}

TEST_F(TwoFactorTest, TheCodeThatTurnedItOnDoesNotAlsoOpenTheDoor) {
  turn_on();

  EXPECT_EQ(second_step(first_step(), code()).reason(), "identity.wrong_code");
}

TEST_F(TwoFactorTest, FiveWrongCodesEndTheStepAndThenTheAccountWaits) {
  turn_on();
  const std::string step = first_step();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(second_step(step, "000000").reason(), "identity.wrong_code") << i;
  EXPECT_EQ(second_step(step, "000000").reason(), "identity.second_step_expired");

  // The right code does not help now: guesses are charged to the account, not to the attempt.
  EXPECT_EQ(second_step(first_step(), code(1)).reason(), "api.rate_limited");
  town_.clock.advance(3min);
  EXPECT_EQ(second_step(first_step(), code()).status, 201);
}

TEST_F(TwoFactorTest, WhoeverBurnsTheCodesCannotKeepTheOwnerOut) {
  const std::vector<std::string> codes = turn_on();
  const std::string step = first_step();
  for (int i = 0; i < 5; ++i) second_step(step, "000000");
  ASSERT_EQ(second_step(first_step(), code(1)).reason(), "api.rate_limited");

  EXPECT_EQ(second_step(first_step(), codes.front()).status, 201);
}

TEST_F(TwoFactorTest, TheStepIsForgottenAfterFiveMinutes) {
  turn_on();
  const std::string step = first_step();

  town_.clock.advance(5min + 1s);

  EXPECT_EQ(second_step(step, code()).reason(), "identity.second_step_expired");
  EXPECT_EQ(second_step("", code()).reason(), "identity.second_step_expired");
  EXPECT_EQ(second_step("luso_second_step=stranger", code()).reason(), "identity.second_step_expired");
}

TEST_F(TwoFactorTest, AnotherPasswordEndsTheStep) {
  turn_on();
  const std::string step = first_step();
  const gen::ChangePasswordRequest change{.current_password = kPassword,
                                          .password = "outra frase bem comprida"};
  ASSERT_EQ(town_.call({.cookie = cookie_}, "PUT", "/api/v1/password", gen::to_json(change)).status, 204);

  EXPECT_EQ(second_step(step, fresh_code()).reason(), "identity.second_step_expired");
}

TEST_F(TwoFactorTest, ARecoveryCodeOpensOnceInWhateverWayItIsTyped) {
  const std::vector<std::string> codes = turn_on();
  ASSERT_EQ(codes.size(), 10U);
  std::string typed = codes.front();
  std::erase(typed, '-');

  EXPECT_EQ(second_step(first_step(), typed).status, 201);
  EXPECT_EQ(town_.letters.sent.back().kind, LetterKind::recovery_code_used);
  EXPECT_EQ(second_step(first_step(), codes.front()).reason(), "identity.wrong_code");
  EXPECT_EQ(town_.count("recovery_codes"), "9");
}

TEST_F(TwoFactorTest, AnothersRecoveryCodeOpensNothing) {
  turn_on();
  const std::string anas_step = first_step();
  const std::string rui = town_.signed_in("rui");
  const Answer begun = town_.call({.cookie = rui}, "POST", "/api/v1/account/two-factor",
                                  R"({"password":")" + std::string(kPassword) + R"("})");
  const Bytes secret = from_base32(begun.text("secret"));
  const Answer on =
      town_.call({.cookie = rui}, "POST", "/api/v1/account/two-factor/confirm",
                 body_with(totp::hotp(secret, static_cast<std::uint64_t>(totp::step_at(town_.clock.now())))));

  const boost::json::value answer = on.json();
  const std::string ruis_code = answer.at("codes").as_array().front().as_string().c_str();
  EXPECT_EQ(second_step(anas_step, ruis_code).reason(), "identity.wrong_code");
}

TEST_F(TwoFactorTest, NewRecoveryCodesReplaceTheOld) {
  const std::vector<std::string> old = turn_on();

  const Answer renewed = town_.call({.cookie = cookie_}, "POST", "/api/v1/account/two-factor/recovery-codes",
                                    proof(fresh_code()));

  EXPECT_EQ(renewed.status, 200);
  EXPECT_EQ(town_.letters.sent.back().kind, LetterKind::recovery_codes_renewed);
  EXPECT_EQ(second_step(first_step(), old.front()).reason(), "identity.wrong_code");
  const boost::json::value answer = renewed.json();
  EXPECT_EQ(second_step(first_step(), answer.at("codes").as_array().front().as_string().c_str()).status, 201);
}

TEST_F(TwoFactorTest, TurningItOffNeedsThePasswordAndACode) {
  turn_on();
  const auto disable = [this](const std::string& body) {
    return town_.call({.cookie = cookie_}, "POST", "/api/v1/account/two-factor/disable", body);
  };

  EXPECT_EQ(disable(proof(fresh_code(), "outra palavra qualquer")).reason(), "identity.wrong_password");
  EXPECT_EQ(disable(proof("000000")).reason(), "identity.wrong_code");
  EXPECT_EQ(disable(proof(fresh_code())).status, 204);
  EXPECT_EQ(town_.letters.sent.back().kind, LetterKind::two_factor_off);
  EXPECT_EQ(town_.sign_in("ana").status, 201);
  EXPECT_EQ(disable(proof(fresh_code())).reason(), "identity.two_factor_off");
}

TEST_F(TwoFactorTest, BeginningAgainDoesNotTouchWhatIsOn) {
  turn_on();

  const Answer again = town_.call({.cookie = cookie_}, "POST", "/api/v1/account/two-factor",
                                  R"({"password":")" + std::string(kPassword) + R"("})");

  EXPECT_EQ(again.reason(), "identity.two_factor_on");
  EXPECT_EQ(second_step(first_step(), fresh_code()).status, 201);
}

TEST_F(TwoFactorTest, AResetPasswordLeavesItOn) {
  turn_on();
  ASSERT_EQ(town_.call("POST", "/api/v1/password/forgot", R"({"email":"ana@exemplo.pt"})").status, 202);
  const gen::ResetPasswordRequest reset{.token = town_.letters.sent.back().token,
                                        .password = "outra frase bem comprida"};
  ASSERT_EQ(town_.call("POST", "/api/v1/password/reset", gen::to_json(reset)).status, 204);

  EXPECT_EQ(town_.sign_in("ana", "outra frase bem comprida").reason(), "identity.second_step");
}

TEST_F(TwoFactorTest, TheStaffMayDropItAndTheAuditSaysSo) {
  turn_on();

  ASSERT_TRUE(town_.world.run(town_.identity.two_factor().drop({}, "ana")));

  EXPECT_EQ(town_.sign_in("ana").status, 201);
  EXPECT_EQ(town_.letters.sent.back().kind, LetterKind::two_factor_off);
  EXPECT_EQ(town_.count("audit_log WHERE action = 'identity.two_factor_dropped' AND actor_id IS NULL"), "1");
  EXPECT_EQ(town_.world.run(town_.identity.two_factor().drop({}, "ana")).error().reason,
            "identity.two_factor_off");
}

TEST_F(TwoFactorTest, WhatTheOwnerIsAskedForAgainTakesBothStepsAndIsWrittenDown) {
  turn_on();
  const std::string id = town_.world.database().execute("SELECT id FROM users").front();
  const auto require = [&](const std::string& password, std::optional<std::string> code) {
    Proofs::Shown shown{.password = Secret(password), .code = std::move(code)};
    const auto user = town_.world.run(
        town_.identity.proofs().require(UserId{std::stoll(id)}, std::move(shown), "privacy.exported"));
    return user ? user->username : std::string(user.error().reason);
  };
  const auto written = [&] { return town_.count("audit_log WHERE action = 'privacy.exported'"); };

  EXPECT_EQ(require("outra frase bem longa", fresh_code()), "identity.wrong_password");
  EXPECT_EQ(require(kPassword, std::nullopt), "identity.code_needed");
  EXPECT_EQ(require(kPassword, "000000"), "identity.wrong_code");
  EXPECT_EQ(written(), "0");

  EXPECT_EQ(require(kPassword, fresh_code()), "ana");
  EXPECT_EQ(written(), "1");
}

}  // namespace
}  // namespace luso::identity
