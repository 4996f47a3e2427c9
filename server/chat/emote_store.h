#pragma once

#include <optional>
#include <string>
#include <vector>

#include "chat/model.h"
#include "io/pg.h"

namespace luso::chat {

// The SQL of emotes. Addresses of pictures are not its business: they stay empty.
class EmoteStore {
 public:
  explicit EmoteStore(io::Pg& pg) : pg_(pg) {}

  // In the order of a picker; with a region, those at home there and those at home everywhere.
  [[nodiscard]] Task<Result<std::vector<Emote>>> list(std::optional<std::string> region);

  // Writes the emotes of a JSON array over those of the same slug; others stay.
  [[nodiscard]] Task<Result<void>> load(std::string json);

 private:
  io::Pg& pg_;
};

}  // namespace luso::chat
