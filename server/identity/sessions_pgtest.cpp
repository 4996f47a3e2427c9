#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/internal/town_pgtest.h"
#include "identity/rules.h"

namespace luso::identity {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using testing::Answer;
using ::testing::HasSubstr;
using testing::kPassword;
using testing::Town;

class SignIn : public ::testing::Test {
 protected:
  Town town_;
};

TEST_F(SignIn, WorksByNameAndByEmailInAnyCase) {
  town_.user("ana");
  for (const char* login : {"ana", "Ana", " ANA ", "ana@exemplo.pt", "Ana@Exemplo.PT"}) {
    const Answer answer = town_.sign_in(login);
    EXPECT_EQ(answer.status, 201) << login;
    EXPECT_TRUE(town_.is_signed_in(answer.cookie()));
  }
}

TEST_F(SignIn, SetsACookieThatScriptsCannotRead) {
  town_.user("ana");
  const Answer answer = town_.sign_in("ana");
  EXPECT_THAT(std::string(answer.headers.get("Set-Cookie")),
              AllOf(HasSubstr("HttpOnly"), HasSubstr("SameSite=Lax")));
  EXPECT_EQ(answer.headers.get("Cache-Control"), "no-store");
  const std::string token = answer.cookie().substr(std::string("luso_session=").size());
  EXPECT_EQ(
      town_.world.database().execute("SELECT encode(token_hash, 'escape') FROM sessions").front().find(token),
      std::string::npos);
}

TEST_F(SignIn, AWrongNameAndAWrongPasswordLookAndCostTheSame) {
  town_.user("ana");
  const std::uint64_t before = town_.identity.hasher().runs();
  const Answer wrong_password = town_.sign_in("ana", "errada errada errada");
  const std::uint64_t between = town_.identity.hasher().runs();
  const Answer wrong_name = town_.sign_in("ninguem", "errada errada errada");
  const Answer wrong_email = town_.sign_in("ninguem@exemplo.pt", "errada errada errada");
  const std::uint64_t after = town_.identity.hasher().runs();

  EXPECT_EQ(wrong_password.status, 401);
  EXPECT_EQ(wrong_name.status, 401);
  EXPECT_EQ(wrong_password.reason(), "identity.bad_credentials");
  EXPECT_EQ(wrong_name.json().at("error").at("message"), wrong_password.json().at("error").at("message"));
  EXPECT_EQ(wrong_email.reason(), wrong_password.reason());
  EXPECT_EQ(between - before, 1);
  EXPECT_EQ(after - between, 2);
}

TEST_F(SignIn, ABanShowsOnlyToWhoKnowsThePassword) {
  town_.user("ana");
  const std::string moderator = town_.signed_in("mod_eva", Role::moderator);
  ASSERT_EQ(town_.call({.cookie = moderator}, "PUT", "/api/v1/users/ana/ban", R"({"reason":"spam"})").status,
            204);

  EXPECT_EQ(town_.sign_in("ana", "errada errada errada").reason(), "identity.bad_credentials");
  EXPECT_EQ(town_.sign_in("ana").reason(), "identity.banned");
}

TEST_F(SignIn, GuessingIsStoppedByTheAccountsOwnBucketWhoeverGuesses) {
  town_.user("ana");
  const RateClass& limit = *find_rate_class(kSignInAccount);
  const gen::SignInRequest guess{.login = "ana", .password = "errada errada errada"};
  for (int i = 0; i < limit.burst; ++i) {
    const std::string remote = "203.0." + std::to_string(i) + ".9";
    EXPECT_EQ(town_.call({.remote = remote}, "POST", "/api/v1/sessions", gen::to_json(guess)).status, 401);
  }
  EXPECT_EQ(town_.sign_in("ana").status, 429);
  for (int i = 0; i < limit.burst; ++i) town_.sign_in("ninguem", "errada errada errada");
  EXPECT_EQ(town_.sign_in("ninguem", "errada errada errada").status, 429)
      << "a name that does not exist, the same";

  town_.clock.advance(limit.refill_every);
  EXPECT_EQ(town_.sign_in("ana").status, 201);
}

TEST_F(SignIn, RotatesTheSessionOfThisBrowser) {
  const std::string first = town_.signed_in("ana");
  const std::string second = town_.sign_in("ana", kPassword, first).cookie();
  EXPECT_NE(first, second);
  EXPECT_FALSE(town_.is_signed_in(first));
  EXPECT_TRUE(town_.is_signed_in(second));
}

TEST_F(SignIn, HashesAgainWhenTheCostHasChanged) {
  town_.user("ana");
  town_.world.database().execute("UPDATE users SET password_hash = '" +
                                 std::string("$argon2id$v=19$m=16,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$") +
                                 "x' WHERE false");
  const auto hash = [&] { return town_.world.database().execute("SELECT password_hash FROM users").front(); };
  const std::string before = hash();
  EXPECT_EQ(town_.sign_in("ana").status, 201);
  EXPECT_EQ(hash(), before) << "nothing has changed";

  PasswordHasher dearer(town_.world.reactors(), {.passes = 2, .memory_bytes = 16U << 10U});
  const std::string dear = town_.world.run(dearer.hash(Secret(kPassword))).value();
  town_.world.database().execute("UPDATE users SET password_hash = '" + dear + "'");
  EXPECT_EQ(town_.sign_in("ana").status, 201);
  EXPECT_THAT(hash(), HasSubstr("$m=8,t=1,p=1$"));
  EXPECT_EQ(town_.sign_in("ana").status, 201);
}

class SignedIn : public SignIn {};

TEST_F(SignedIn, EndsWithSignOutWhichMayBeRepeated) {
  const std::string cookie = town_.signed_in("ana");
  const Answer out = town_.call({.cookie = cookie}, "DELETE", "/api/v1/sessions/current");
  EXPECT_EQ(out.status, 204);
  EXPECT_THAT(std::string(out.headers.get("Set-Cookie")), HasSubstr("Max-Age=0"));
  EXPECT_FALSE(town_.is_signed_in(cookie));
  EXPECT_EQ(town_.call({.cookie = cookie}, "DELETE", "/api/v1/sessions/current").status, 204);
  EXPECT_EQ(town_.call("DELETE", "/api/v1/sessions/current").status, 204);
}

TEST_F(SignedIn, LastsThirtyDaysFromItsLastUse) {
  const std::string cookie = town_.signed_in("ana");
  for (int i = 0; i < 3; ++i) {
    town_.clock.advance(rules::kSessionIdleMax - 1h);
    EXPECT_TRUE(town_.is_signed_in(cookie));
  }
  town_.clock.advance(rules::kSessionIdleMax);
  EXPECT_FALSE(town_.is_signed_in(cookie));
}

TEST_F(SignedIn, ShowsWhereAndCanBeRevokedFromAnywhereElse) {
  const std::string here = town_.signed_in("ana");
  const std::string there = town_.sign_in("ana").cookie();
  const auto list =
      gen::from_json<gen::SessionList>(town_.call({.cookie = here}, "GET", "/api/v1/sessions").body).value();
  ASSERT_EQ(list.items.size(), 2);
  EXPECT_EQ(list.items[0].user_agent, "Firefox on a boat");
  EXPECT_NE(list.items[0].is_current, list.items[1].is_current);

  const gen::Session& other = list.items[0].is_current ? list.items[1] : list.items[0];
  const std::string path = "/api/v1/sessions/" + std::to_string(other.id);
  const std::string stranger = town_.signed_in("rui");
  EXPECT_EQ(town_.call({.cookie = stranger}, "DELETE", path).reason(), "identity.no_such_session");
  EXPECT_EQ(town_.call({.cookie = here}, "DELETE", path).status, 204);
  EXPECT_FALSE(town_.is_signed_in(there));
  EXPECT_TRUE(town_.is_signed_in(here));
}

TEST_F(SignedIn, OnlyTheNewestSessionsAreKept) {
  const std::string first = town_.signed_in("ana");
  for (std::int64_t i = 0; i < rules::kSessionsPerUserMax; ++i) {
    town_.clock.advance(10s);
    town_.sign_in("ana");
  }
  EXPECT_EQ(town_.count("sessions"), std::to_string(rules::kSessionsPerUserMax));
  EXPECT_FALSE(town_.is_signed_in(first));
}

TEST_F(SignedIn, ABrokenCookieIsNobody) {
  EXPECT_EQ(town_.call({.cookie = "luso_session=nonsense"}, "GET", "/api/v1/account").reason(),
            "api.unauthenticated");
}

class ApiTokens : public SignIn {
 protected:
  Answer create(const std::string& cookie, std::optional<std::int32_t> days = std::nullopt) {
    const gen::CreateApiTokenRequest body{
        .name = "guião", .scopes = {gen::CreateApiTokenRequestScopes::account_read}, .expires_in_days = days};
    return town_.call({.cookie = cookie}, "POST", "/api/v1/account/tokens", gen::to_json(body));
  }
};

TEST_F(ApiTokens, DoWhatTheirScopesSayAndNothingElse) {
  const std::string cookie = town_.signed_in("ana");
  const Answer created = create(cookie);
  ASSERT_EQ(created.status, 201);
  const std::string token = created.text("token");
  EXPECT_TRUE(token.starts_with("luso_pat_"));

  EXPECT_EQ(town_.call({.bearer = token}, "GET", "/api/v1/account").text("username"), "ana");
  EXPECT_EQ(town_.call({.bearer = token}, "GET", "/api/v1/sessions").reason(), "api.forbidden");
  EXPECT_EQ(town_.call({.bearer = token}, "PATCH", "/api/v1/account", R"({"locale":"en"})").reason(),
            "api.forbidden");
  const gen::ChangePasswordRequest change{.current_password = kPassword,
                                          .password = "outra frase bem comprida"};
  EXPECT_EQ(town_.call({.bearer = token}, "PUT", "/api/v1/password", gen::to_json(change)).reason(),
            "api.forbidden");
}

TEST_F(ApiTokens, AreListedWithoutTheirTextAndRevoked) {
  const std::string cookie = town_.signed_in("ana");
  const std::string token = create(cookie).text("token");
  town_.call({.bearer = token}, "GET", "/api/v1/account");

  const Answer answer = town_.call({.cookie = cookie}, "GET", "/api/v1/account/tokens");
  const auto list = gen::from_json<gen::ApiTokenList>(answer.body).value();
  ASSERT_EQ(list.items.size(), 1);
  EXPECT_EQ(list.items[0].name, "guião");
  EXPECT_TRUE(list.items[0].last_used_at.has_value());
  EXPECT_EQ(answer.body.find(token), std::string::npos);

  const std::string path = "/api/v1/account/tokens/" + std::to_string(list.items[0].id);
  EXPECT_EQ(town_.call({.cookie = town_.signed_in("rui")}, "DELETE", path).reason(),
            "identity.no_such_token");
  EXPECT_EQ(town_.call({.cookie = cookie}, "DELETE", path).status, 204);
  EXPECT_EQ(town_.call({.bearer = token}, "GET", "/api/v1/account").status, 401);
}

TEST_F(ApiTokens, ExpireAndAreLimitedInNumber) {
  const std::string cookie = town_.signed_in("ana");
  const std::string token = create(cookie, 7).text("token");
  town_.clock.advance(std::chrono::days(7));
  EXPECT_EQ(town_.call({.bearer = token}, "GET", "/api/v1/account").status, 401);

  for (std::int64_t i = 1; i < rules::kApiTokensPerUserMax; ++i) EXPECT_EQ(create(cookie).status, 201);
  EXPECT_EQ(create(cookie).reason(), "identity.too_many_tokens");
}

}  // namespace
}  // namespace luso::identity
