#pragma once

#include <string_view>

namespace luso::gen {

// All modules of the contract as one OpenAPI 3.1 document.
[[nodiscard]] std::string_view openapi_json();

}  // namespace luso::gen
