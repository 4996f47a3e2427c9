#pragma once

#include <string_view>

// The files of notify/letters, carried inside the binary (luso_embed).
namespace luso::notify::internal {

extern const std::string_view kLettersPtPt;
extern const std::string_view kLettersPtBr;
extern const std::string_view kLettersEn;
extern const std::string_view kFrameHtml;

}  // namespace luso::notify::internal
