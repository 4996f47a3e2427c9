#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"

// The three verbs of the generated types. Each is specialised beside its type:
//   to_text(Role::admin), parse<Role>("admin"), from_json<SignInRequest>(body), to_json(account)
namespace luso::gen {

// The enumerator of a contract word; empty for any other word.
template <typename Enum>
[[nodiscard]] std::optional<Enum> parse(std::string_view text) = delete;

// Decodes and validates against the contract: required fields, types, lengths, ranges, patterns, enums. Fails
// with "api.bad_json", or "api.invalid" and the path of the first field at fault. Unknown fields are ignored.
template <typename Struct>
[[nodiscard]] Result<Struct> from_json(std::string_view text) = delete;

}  // namespace luso::gen
