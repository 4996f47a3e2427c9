#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chat/emote_pictures.h"
#include "chat/emote_store.h"

namespace luso::chat {

// The emotes anybody may use. Any reactor may call.
class Emotes {
 public:
  explicit Emotes(io::Pg& pg) : store_(pg) {}

  // In the order of a picker; with a region, those at home there and those at home everywhere.
  [[nodiscard]] Task<Result<std::vector<Emote>>> list(std::optional<std::string> region);

  // Writes db/seed/emotes.json, which the binary carries, over the table. Call after every migration.
  [[nodiscard]] Task<Result<void>> load();

  [[nodiscard]] const EmotePictures& pictures() const { return pictures_; }

 private:
  EmoteStore store_;
  EmotePictures pictures_;
};

}  // namespace luso::chat
