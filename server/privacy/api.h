#pragma once

#include <memory>

#include "base/clock.h"
#include "gen/privacy.h"
#include "identity/proofs.h"
#include "io/pg.h"

namespace luso::privacy {

// What somebody may ask about themselves. Any reactor may call.
[[nodiscard]] std::unique_ptr<gen::PrivacyApi> make_api(const Clock& clock, io::Pg& pg,
                                                        identity::Proofs& proofs);

}  // namespace luso::privacy
