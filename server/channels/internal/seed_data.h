#pragma once

#include <string_view>

// The files of db/seed, carried inside the binary (server/CMakeLists.txt writes the source).
namespace luso::channels::internal {

extern const std::string_view kCategoriesJson;

}  // namespace luso::channels::internal
