#pragma once

#include "identity/accounts.h"
#include "identity/api.h"
#include "identity/limits.h"
#include "identity/password_hasher.h"
#include "identity/passwords.h"
#include "identity/sessions.h"

namespace luso::identity {

struct IdentitySettings {
  bool registration_open = true;
  Argon2Cost argon2;
};

// The module, put together. What it borrows outlives it.
//   Identity identity(settings, clock, system_random(), reactors, pg, outbox);
//   identity.accounts().listen(channels);
//   ApiRouter router(api_settings, identity.sessions(), identity.limits());
//   router.add(gen::routes_of(identity.api()));
class Identity {
 public:
  Identity(IdentitySettings settings, const Clock& clock, Random& random, io::Reactors& reactors, io::Pg& pg,
           Letters& letters)
      : limits_(clock),
        hasher_(reactors, settings.argon2),
        accounts_({.registration_open = settings.registration_open}, tools(clock, random, pg, letters)),
        passwords_(tools(clock, random, pg, letters)),
        sessions_(tools(clock, random, pg, letters)),
        api_(accounts_, passwords_, sessions_) {}

  [[nodiscard]] Accounts& accounts() { return accounts_; }

  [[nodiscard]] Passwords& passwords() { return passwords_; }

  [[nodiscard]] Sessions& sessions() { return sessions_; }  // Also the io::Authenticator.

  [[nodiscard]] RateLimits& limits() { return limits_; }  // Also the io::RateLimiter.

  [[nodiscard]] PasswordHasher& hasher() { return hasher_; }

  [[nodiscard]] Api& api() { return api_; }

 private:
  Tools tools(const Clock& clock, Random& random, io::Pg& pg, Letters& letters) {
    return {
        .clock = clock, .random = random, .pg = pg, .hasher = hasher_, .limits = limits_, .letters = letters};
  }

  RateLimits limits_;
  PasswordHasher hasher_;
  Accounts accounts_;
  Passwords passwords_;
  Sessions sessions_;
  Api api_;
};

}  // namespace luso::identity
