#pragma once

#include "identity/accounts.h"
#include "identity/api.h"
#include "identity/email_changes.h"
#include "identity/farewells.h"
#include "identity/limits.h"
#include "identity/password_hasher.h"
#include "identity/passwords.h"
#include "identity/proofs.h"
#include "identity/sealer.h"
#include "identity/sessions.h"
#include "identity/two_factor.h"

namespace luso::identity {

struct IdentitySettings {
  bool registration_open = true;
  Argon2Cost argon2;
  Secret seal_key;  // Sealer::open_key()
};

// The module, put together. What it borrows outlives it.
//   Identity identity(settings, clock, system_random(), reactors, pg, outbox);
//   identity.listen(channels);
//   ApiRouter router(api_settings, identity.sessions(), identity.limits());
//   router.add(gen::routes_of(identity.api()));
class Identity {
 public:
  Identity(IdentitySettings settings, const Clock& clock, Random& random, io::Reactors& reactors, io::Pg& pg,
           Letters& letters)
      : limits_(clock),
        hasher_(reactors, settings.argon2),
        sealer_(std::move(settings.seal_key)),
        accounts_({.registration_open = settings.registration_open}, tools(clock, random, pg, letters)),
        passwords_(tools(clock, random, pg, letters)),
        sessions_(tools(clock, random, pg, letters)),
        emails_(tools(clock, random, pg, letters)),
        two_factor_(tools(clock, random, pg, letters)),
        farewells_(tools(clock, random, pg, letters)),
        proofs_(tools(clock, random, pg, letters)),
        api_({.accounts = accounts_,
              .passwords = passwords_,
              .sessions = sessions_,
              .emails = emails_,
              .two_factor = two_factor_,
              .farewells = farewells_}) {}

  // Before the first call; the listener outlives this.
  void listen(AccountListener& listener) {
    accounts_.listen(listener);
    farewells_.listen(listener);
  }

  [[nodiscard]] Accounts& accounts() { return accounts_; }

  [[nodiscard]] Passwords& passwords() { return passwords_; }

  [[nodiscard]] Sessions& sessions() { return sessions_; }  // Also the io::Authenticator.

  [[nodiscard]] TwoFactor& two_factor() { return two_factor_; }

  [[nodiscard]] Farewells& farewells() { return farewells_; }

  [[nodiscard]] Proofs& proofs() { return proofs_; }

  [[nodiscard]] RateLimits& limits() { return limits_; }  // Also the io::RateLimiter.

  [[nodiscard]] PasswordHasher& hasher() { return hasher_; }

  [[nodiscard]] Api& api() { return api_; }

 private:
  Tools tools(const Clock& clock, Random& random, io::Pg& pg, Letters& letters) {
    return {.clock = clock,
            .random = random,
            .pg = pg,
            .hasher = hasher_,
            .limits = limits_,
            .letters = letters,
            .sealer = sealer_};
  }

  RateLimits limits_;
  PasswordHasher hasher_;
  Sealer sealer_;
  Accounts accounts_;
  Passwords passwords_;
  Sessions sessions_;
  EmailChanges emails_;
  TwoFactor two_factor_;
  Farewells farewells_;
  Proofs proofs_;
  Api api_;
};

}  // namespace luso::identity
