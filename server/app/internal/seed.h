#pragma once

#include "app/internal/town.h"

namespace luso::app {

extern const std::string_view kTownJson;  // db/seed/town.json

// The categories and the emotes, as this binary knows them. Doing it again changes nothing.
[[nodiscard]] Task<Result<void>> load_catalogues(Town& town);

// The catalogues, and the people of db/seed/town.json with their channels and whom they follow: something to
// look at on the first day. Doing it again changes nothing.
[[nodiscard]] Task<Result<void>> seed_town(Town& town);

}  // namespace luso::app
