#include <gtest/gtest.h>

#include "identity/internal/town_pgtest.h"
#include "identity/rules.h"

namespace luso::identity {
namespace {

using namespace std::chrono_literals;
using testing::Answer;
using testing::kPassword;
using testing::Town;

class FarewellsTest : public ::testing::Test {
 protected:
  Answer leave(const std::string& cookie, const std::string& username,
               const std::string& password = kPassword) {
    return town_.call({.cookie = cookie}, "POST", "/api/v1/account/deletion",
                      gen::to_json(gen::DeleteAccountRequest{.username = username, .password = password}));
  }

  void sweep() { ASSERT_TRUE(town_.world.run(town_.identity.farewells().sweep())); }

  void wait_out() {
    town_.clock.advance(rules::kFarewellLife + 1s);
    sweep();
  }

  Town town_;
};

TEST_F(FarewellsTest, TheAccountClosesAtOnce) {
  const std::string cookie = town_.signed_in("ana");
  const std::string elsewhere = town_.sign_in("ana").cookie();
  const Answer token = town_.call({.cookie = cookie}, "POST", "/api/v1/account/tokens",
                                  R"({"name":"x","scopes":["account:read"]})");

  const Answer left = leave(cookie, "ana");

  EXPECT_EQ(left.status, 202) << left.body;
  EXPECT_FALSE(town_.is_signed_in(cookie));
  EXPECT_FALSE(town_.is_signed_in(elsewhere));
  EXPECT_EQ(town_.call({.bearer = token.text("token")}, "GET", "/api/v1/account").status, 401);
  EXPECT_EQ(town_.letters.sent.back().kind, LetterKind::account_closed);
  EXPECT_EQ(town_.listener.closed.size(), 1U);
  EXPECT_EQ(town_.count("users_shut_out"), "1");
}

TEST_F(FarewellsTest, ItNeedsThePasswordAndTheNameTypedAgain) {
  const std::string cookie = town_.signed_in("ana");

  EXPECT_EQ(leave(cookie, "ana", "outra palavra qualquer").reason(), "identity.wrong_password");
  EXPECT_EQ(leave(cookie, "rui").reason(), "identity.wrong_username");
  EXPECT_TRUE(town_.is_signed_in(cookie));
}

TEST_F(FarewellsTest, TheLastAdministratorStays) {
  const std::string cookie = town_.signed_in("chefe", Role::admin);

  EXPECT_EQ(leave(cookie, "chefe").reason(), "identity.last_admin");
}

TEST_F(FarewellsTest, SigningInBeforeTheEndOpensItAgain) {
  leave(town_.signed_in("ana"), "ana");
  town_.clock.advance(13 * 24h);
  sweep();

  EXPECT_EQ(town_.sign_in("ana").status, 201);
  EXPECT_EQ(town_.letters.sent.back().kind, LetterKind::account_reopened);
  EXPECT_EQ(town_.count("users_shut_out"), "0");
  wait_out();
  EXPECT_EQ(town_.sign_in("ana").status, 201);
}

TEST_F(FarewellsTest, AfterThatItIsErasedAndTheAuditKeepsTheFactAlone) {
  const std::string cookie = town_.signed_in("ana");
  leave(cookie, "ana");

  wait_out();

  EXPECT_EQ(town_.sign_in("ana").reason(), "identity.bad_credentials");
  EXPECT_EQ(town_.count("users"), "0");
  EXPECT_EQ(town_.letters.sent.back().kind, LetterKind::account_erased);
  EXPECT_EQ(town_.count("audit_log WHERE action = 'identity.account_erased'"), "1");
  EXPECT_EQ(town_.count("audit_log WHERE detail LIKE '%ana%'"), "0");
}

TEST_F(FarewellsTest, TheNameIsHeldForAWhileAgainstImpostors) {
  leave(town_.signed_in("ana"), "ana");
  wait_out();

  EXPECT_EQ(town_.register_account("ana", "outra@exemplo.pt").reason(), "identity.username_taken");
  town_.clock.advance(rules::kUsernameHold + 1s);
  sweep();
  EXPECT_EQ(town_.register_account("ana", "outra@exemplo.pt").status, 202);
}

TEST_F(FarewellsTest, OthersAreNotTouched) {
  const std::string rui = town_.signed_in("rui");
  leave(town_.signed_in("ana"), "ana");

  town_.clock.advance(rules::kFarewellLife + 1s);
  sweep();

  EXPECT_TRUE(town_.is_signed_in(rui));
  EXPECT_EQ(town_.count("users"), "1");
}

TEST_F(FarewellsTest, EveryOtherSessionEndsOnWish) {
  const std::string here = town_.signed_in("ana");
  const std::string elsewhere = town_.sign_in("ana").cookie();

  EXPECT_EQ(town_.call({.cookie = here}, "DELETE", "/api/v1/sessions").status, 204);

  EXPECT_TRUE(town_.is_signed_in(here));
  EXPECT_FALSE(town_.is_signed_in(elsewhere));
}

}  // namespace
}  // namespace luso::identity
