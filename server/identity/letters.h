#pragma once

#include <cstdint>
#include <string>

#include "gen/identity.h"
#include "io/pg.h"
#include "io/task.h"

namespace luso::identity {

enum class LetterKind : std::uint8_t {
  confirm_account,     // Carries the token that opens the account.
  already_registered,  // Somebody, perhaps the owner, asked again. Carries a reset token.
  reset_password,      // Carries a reset token.
  no_account,          // A reset was asked for an address that has no account.
  password_changed,    // Carries nothing: if it was not you, reset it.
  team_invited,        // About the channel that asks.
  team_joined,         // About the person who said yes.
  confirm_email,       // To the new address. Carries the token that makes it the account's.
  email_in_use,        // Somebody, perhaps the owner, wanted this address for another account.
  email_changed,       // To the old address. Carries the token that undoes it.
  two_factor_on,
  two_factor_off,
  recovery_code_used,
  recovery_codes_renewed,
  account_closed,    // Leads to the door, which opens it again.
  account_reopened,  // Somebody signed in: it stays.
  account_erased     // The last one.
};

struct Letter {
  LetterKind kind;
  std::string to;
  std::string name;  // How the reader is addressed.
  gen::Locale locale;
  std::string token;       // Goes into the link.
  std::string about = {};  // Whom else the letter is about, by name.
};

// Takes letters for delivery. notify implements it with an outbox.
class Letters {
 public:
  virtual ~Letters() = default;
  // Written in the caller's transaction: the letter goes out if, and only if, that commits.
  virtual Task<Result<void>> post(io::PgSessionPtr transaction, Letter letter) = 0;
  // Says that a transaction with letters has committed, so that they need not wait for the next round.
  virtual void wake() = 0;
};

}  // namespace luso::identity
