#pragma once

#include <optional>
#include <string>

#include "gateway/engine.h"

namespace luso::gateway {

// What a poll hears; nothing when it is refused.
struct EngineConnection::PollAnswer {
  std::optional<std::string> payload = std::nullopt;
};

}  // namespace luso::gateway
