#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"

// The few things the DVR does with files. All of it blocks.
namespace luso::media::files {

inline constexpr std::string_view kJournal = "journal";
inline constexpr std::string_view kThumbnailJpeg = "thumbnail.jpg";
inline constexpr std::string_view kThumbnailWebp = "thumbnail.webp";
inline constexpr std::string_view kThumbnail320 = "thumbnail-320.webp";

[[nodiscard]] std::string segment_name(std::uint64_t msn);
[[nodiscard]] std::string init_name(std::uint32_t generation);

[[nodiscard]] std::optional<std::string> read(const std::string& path);
// The file has all of its new content or all of its old: written beside it, then renamed. Makes the folder.
[[nodiscard]] bool replace(const std::string& directory, const std::string& name,
                           std::span<const SharedBytes> pieces);
[[nodiscard]] bool replace(const std::string& directory, const std::string& name, ByteView bytes);
[[nodiscard]] bool append(const std::string& path, std::string_view text);
void remove(const std::string& path);
[[nodiscard]] WallTime modified_at(const std::string& path);  // The epoch when there is no such file.

}  // namespace luso::media::files
