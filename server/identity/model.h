#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/secret.h"
#include "gen/identity.h"
#include "io/api.h"

namespace luso::identity {

using gen::Locale;
using io::Role;

// The contract's role and the one every request carries are the same four words.
[[nodiscard]] gen::Role to_contract(Role role);
[[nodiscard]] Role from_contract(gen::Role role);

struct User {
  UserId id;
  std::string username;
  std::string display_name;
  std::optional<std::string> avatar_url;
  std::string email;
  std::string password_hash;
  Role role = Role::viewer;
  Locale locale = Locale::pt_pt;
  std::optional<gen::AccountRegion> region = std::nullopt;
  WallTime created_at;
  bool is_banned = false;
  std::optional<WallTime> erase_after = std::nullopt;  // On its way out: closed until somebody signs in.
};

// What somebody types to get an account.
struct NewAccount {
  std::string username;
  std::string email;
  Secret password;
  std::string display_name = {};  // Empty: the username.
  Locale locale = Locale::pt_pt;
};

struct AccountChanges {
  std::optional<std::string> display_name;
  std::optional<Locale> locale;
  std::optional<gen::AccountRegionChoice> region = std::nullopt;
};

// Where an account is signed in.
struct SignedIn {
  SessionId id;
  WallTime created_at;
  WallTime last_seen_at;
  std::string user_agent;
};

using ApiTokenId = Id<struct ApiTokenTag>;

struct ApiToken {
  ApiTokenId id;
  std::string name;
  std::vector<std::string> scopes;
  WallTime created_at;
  std::optional<WallTime> last_used_at;
  std::optional<WallTime> expires_at;
};

// Who asks for something to be done to somebody else. No id: the command line.
struct Actor {
  std::optional<UserId> id;
  Role role = Role::admin;
};

}  // namespace luso::identity
