#pragma once

#include <string_view>

// db/seed/categories.json, carried inside the binary (server/CMakeLists.txt writes the source).
namespace luso::channels::internal {

extern const std::string_view kCategoriesJson;

}  // namespace luso::channels::internal
