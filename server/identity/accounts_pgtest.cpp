#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/internal/town_pgtest.h"
#include "identity/rules.h"

namespace luso::identity {
namespace {

using testing::Answer;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::kPassword;
using ::testing::SizeIs;
using testing::Town;

constexpr const char* kNewPassword = "outra frase bem comprida";

class Passwords : public ::testing::Test {
 protected:
  Answer forgot(const std::string& email) {
    return town_.call("POST", "/api/v1/password/forgot", gen::to_json(gen::EmailRequest{.email = email}));
  }

  Answer reset(const std::string& token, const std::string& password = kNewPassword) {
    const gen::ResetPasswordRequest body{.token = token, .password = password};
    return town_.call("POST", "/api/v1/password/reset", gen::to_json(body));
  }

  Answer change(const std::string& cookie, const std::string& current, const std::string& password) {
    const gen::ChangePasswordRequest body{.current_password = current, .password = password};
    return town_.call({.cookie = cookie}, "PUT", "/api/v1/password", gen::to_json(body));
  }

  Town town_;
};

TEST_F(Passwords, AResetEndsEverySessionAndTellsTheOwner) {
  const std::string cookie = town_.signed_in("ana");
  ASSERT_EQ(forgot("ANA@exemplo.pt").status, 202);
  ASSERT_THAT(town_.letters.sent, SizeIs(1));
  EXPECT_EQ(town_.letters.sent[0].kind, LetterKind::reset_password);

  EXPECT_EQ(reset(town_.letters.sent[0].token).status, 204);

  EXPECT_FALSE(town_.is_signed_in(cookie));
  EXPECT_EQ(town_.sign_in("ana").reason(), "identity.bad_credentials");
  EXPECT_EQ(town_.sign_in("ana", kNewPassword).status, 201);
  ASSERT_THAT(town_.letters.sent, SizeIs(2));
  EXPECT_EQ(town_.letters.sent[1].kind, LetterKind::password_changed);
}

TEST_F(Passwords, AResetWorksOnceWithinTheHourAndWithAGoodPassword) {
  town_.user("ana");
  forgot("ana@exemplo.pt");
  forgot("ana@exemplo.pt");
  const std::string first = town_.letters.sent.at(0).token;
  EXPECT_EQ(reset(first, "benfica1904").reason(), "identity.weak_password");
  EXPECT_EQ(reset(first).status, 204);
  EXPECT_EQ(reset(first).reason(), "identity.bad_token");
  EXPECT_EQ(reset(town_.letters.sent.at(1).token).reason(), "identity.bad_token")
      << "the other letter died with it";

  forgot("ana@exemplo.pt");
  town_.clock.advance(rules::kResetLife);
  EXPECT_EQ(reset(town_.letters.sent.back().token).reason(), "identity.bad_token");
}

TEST_F(Passwords, ForgettingAnUnknownAddressLooksTheSame) {
  town_.user("ana");
  const Answer known = forgot("ana@exemplo.pt");
  const Answer unknown = forgot("ninguem@exemplo.pt");
  EXPECT_EQ(known.status, unknown.status);
  EXPECT_EQ(known.body, unknown.body);
  EXPECT_EQ(town_.letters.sent.at(1).kind, LetterKind::no_account);
  EXPECT_EQ(town_.letters.sent.at(1).token, "");
  EXPECT_EQ(town_.count("password_resets"), "2") << "as many rows written";
}

TEST_F(Passwords, ChangingKeepsThisSessionAndEndsTheOthers) {
  const std::string here = town_.signed_in("ana");
  const std::string there = town_.sign_in("ana").cookie();
  EXPECT_EQ(change(here, "errada errada errada", kNewPassword).reason(), "identity.wrong_password");
  EXPECT_EQ(change(here, kPassword, "ana ana ana ana 7").reason(), "identity.weak_password");

  EXPECT_EQ(change(here, kPassword, kNewPassword).status, 204);

  EXPECT_TRUE(town_.is_signed_in(here));
  EXPECT_FALSE(town_.is_signed_in(there));
  EXPECT_EQ(town_.sign_in("ana", kNewPassword).status, 201);
  EXPECT_EQ(town_.letters.sent.back().kind, LetterKind::password_changed);
}

class Staff : public ::testing::Test {
 protected:
  Answer ban(const std::string& cookie, const std::string& username) {
    return town_.call({.cookie = cookie}, "PUT", "/api/v1/users/" + username + "/ban",
                      R"({"reason":"spam"})");
  }

  Answer set_role(const std::string& cookie, const std::string& username, gen::Role role) {
    return town_.call({.cookie = cookie}, "PUT", "/api/v1/users/" + username + "/role",
                      gen::to_json(gen::SetRoleRequest{.role = role}));
  }

  std::vector<std::string> audited() {
    return town_.world.database().execute("SELECT action FROM audit_log ORDER BY id");
  }

  Town town_;
};

TEST_F(Staff, ABanEndsSessionsAndTokensAndTellsTheListeners) {
  const std::string moderator = town_.signed_in("mod_eva", Role::moderator);
  const std::string cookie = town_.signed_in("ana");
  const gen::CreateApiTokenRequest asked{.name = "x",
                                         .scopes = {gen::CreateApiTokenRequestScopes::account_read}};
  const std::string token =
      town_.call({.cookie = cookie}, "POST", "/api/v1/account/tokens", gen::to_json(asked)).text("token");

  EXPECT_EQ(ban(moderator, "ana").status, 204);

  EXPECT_FALSE(town_.is_signed_in(cookie));
  EXPECT_EQ(town_.call({.bearer = token}, "GET", "/api/v1/account").status, 401);
  EXPECT_THAT(town_.listener.banned, SizeIs(1));
  EXPECT_EQ(town_.call({.cookie = moderator}, "DELETE", "/api/v1/users/ana/ban").status, 204);
  EXPECT_EQ(town_.call({.cookie = moderator}, "DELETE", "/api/v1/users/ana/ban").status, 204);
  EXPECT_EQ(town_.sign_in("ana").status, 201);
  EXPECT_THAT(audited(), ElementsAre("identity.account_opened", "identity.account_opened",
                                     "identity.api_token_created", "identity.banned", "identity.unbanned"));
}

TEST_F(Staff, OnlyStaffMayBanAndOnlyThoseBelow) {
  const std::string moderator = town_.signed_in("mod_eva", Role::moderator);
  const std::string viewer = town_.signed_in("ana");
  town_.user("chefe", Role::admin);
  EXPECT_EQ(ban(viewer, "mod_eva").reason(), "api.forbidden");
  EXPECT_EQ(ban(moderator, "chefe").reason(), "api.forbidden");
  EXPECT_EQ(ban(moderator, "mod_eva").reason(), "api.forbidden");
  EXPECT_EQ(ban(moderator, "ninguem").reason(), "identity.not_found");
  EXPECT_EQ(town_.call("PUT", "/api/v1/users/ana/ban", R"({"reason":"spam"})").reason(),
            "api.unauthenticated");
  EXPECT_THAT(town_.listener.banned, IsEmpty());
}

TEST_F(Staff, RolesAreGivenByAdministratorsAndThereIsAlwaysOne) {
  const std::string admin = town_.signed_in("chefe", Role::admin);
  const std::string cookie = town_.signed_in("ana");
  EXPECT_EQ(set_role(cookie, "ana", gen::Role::admin).reason(), "api.forbidden");
  EXPECT_EQ(set_role(admin, "chefe", gen::Role::viewer).reason(), "identity.last_admin");

  EXPECT_EQ(set_role(admin, "ana", gen::Role::admin).status, 204);
  EXPECT_EQ(town_.call({.cookie = cookie}, "GET", "/api/v1/account").text("role"), "admin") << "at once";
  EXPECT_EQ(set_role(cookie, "chefe", gen::Role::viewer).status, 204);
  EXPECT_EQ(set_role(cookie, "ana", gen::Role::viewer).reason(), "identity.last_admin");
}

class AnAccount : public ::testing::Test {
 protected:
  Result<User> create(const std::string& username, const std::string& password, Accounts::IfThere if_there) {
    NewAccount account{.username = username, .email = username + "@exemplo.pt", .password = Secret(password)};
    return town_.world.run(town_.identity.accounts().create(std::move(account), Role::creator, if_there));
  }

  Town town_;
};

TEST_F(AnAccount, ChangesItsNameAndLanguage) {
  const std::string cookie = town_.signed_in("ana");
  const gen::UpdateAccountRequest changes{
      .display_name = "  Ana   Moura ", .locale = gen::Locale::pt_br, .region = gen::AccountRegionChoice::mo};
  const Answer changed = town_.call({.cookie = cookie}, "PATCH", "/api/v1/account", gen::to_json(changes));
  EXPECT_EQ(changed.text("display_name"), "Ana Moura");
  EXPECT_EQ(changed.text("locale"), "pt-BR");
  EXPECT_EQ(changed.text("region"), "mo");
  EXPECT_EQ(
      town_.call({.cookie = cookie}, "PATCH", "/api/v1/account", R"({"display_name":"a\u202eb"})").reason(),
      "identity.invalid_display_name");
  EXPECT_EQ(town_.call({.cookie = cookie}, "GET", "/api/v1/account").text("display_name"), "Ana Moura");
}

TEST_F(AnAccount, FromTheCommandLineIsThereAtOnceReservedNamesIncluded) {
  const Result<User> made = create("admin", kPassword, Accounts::IfThere::refuse);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->role, Role::creator);
  EXPECT_EQ(town_.sign_in("admin").status, 201);
  EXPECT_EQ(create("admin", kPassword, Accounts::IfThere::refuse).error().reason, "identity.username_taken");
  EXPECT_THAT(town_.listener.created, ElementsAre("admin"));
}

TEST_F(AnAccount, ReplacingAPasswordWithItselfSignsNobodyOut) {
  ASSERT_TRUE(create("criador", kPassword, Accounts::IfThere::replace_password));
  const std::string cookie = town_.sign_in("criador").cookie();
  ASSERT_TRUE(create("criador", kPassword, Accounts::IfThere::replace_password));
  EXPECT_TRUE(town_.is_signed_in(cookie));

  ASSERT_TRUE(create("criador", kNewPassword, Accounts::IfThere::replace_password));
  EXPECT_FALSE(town_.is_signed_in(cookie));
  EXPECT_EQ(town_.sign_in("criador", kNewPassword).status, 201);
  EXPECT_EQ(town_.count("users"), "1");
}

TEST_F(AnAccount, HashingHasABoundedQueue) {
  std::vector<Task<void>> tasks;
  std::atomic<int> busy = 0;
  std::atomic<int> done = 0;
  PasswordHasher hasher(town_.world.reactors(), Town::cheap().argon2);
  const int asked = PasswordHasher::kPendingMax + 8;
  town_.world.run([&]() -> Task<void> {
    const auto executor = co_await boost::asio::this_coro::executor;
    for (int i = 0; i < asked; ++i) {
      auto one = [&]() -> Task<void> {
        const Result<std::string> hash = co_await hasher.hash(Secret("x"));
        if (!hash && hash.error().reason == "io.busy") ++busy;
        ++done;
      };
      boost::asio::co_spawn(executor, one, [](const std::exception_ptr&) {});
    }
    while (done < asked) co_await boost::asio::post(executor, boost::asio::use_awaitable);
  });
  EXPECT_EQ(busy, 8);
  EXPECT_EQ(hasher.runs(), PasswordHasher::kPendingMax);
}

}  // namespace
}  // namespace luso::identity
