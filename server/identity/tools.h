#pragma once

#include "base/clock.h"
#include "base/random.h"
#include "identity/letters.h"
#include "identity/limits.h"
#include "identity/password_hasher.h"
#include "identity/sealer.h"
#include "io/pg.h"

namespace luso::identity {

// What every use case stands on. All of it outlives them.
struct Tools {
  const Clock& clock;
  Random& random;
  io::Pg& pg;
  PasswordHasher& hasher;
  RateLimits& limits;
  Letters& letters;
  const Sealer& sealer;
};

}  // namespace luso::identity
