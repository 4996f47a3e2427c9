#pragma once

#include <span>
#include <string_view>

// db/seed/emotes.json and the pictures of db/seed/emotes, carried inside the binary (server/CMakeLists.txt
// writes the sources).
namespace luso::chat::internal {

struct EmoteFile {
  std::string_view slug;
  std::string_view svg;
};

extern const std::string_view kEmotesJson;
[[nodiscard]] std::span<const EmoteFile> emote_files();  // By slug.

}  // namespace luso::chat::internal
