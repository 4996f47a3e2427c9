#pragma once

#include <memory>

#include "chat/emotes.h"
#include "gen/chat.h"

namespace luso::chat {

// The HTTP face of chat; give it to gen::routes_of. Outlives the routes.
[[nodiscard]] std::unique_ptr<gen::ChatApi> make_api(Emotes& emotes);

}  // namespace luso::chat
