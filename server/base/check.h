#pragma once

namespace luso {
// Writes the broken promise to standard error and aborts: a state we do not understand is not a state to
// serve from.
[[noreturn]] void check_failed(const char* condition, const char* file, int line);
}  // namespace luso

// States what must be true here, in every build.
#define LUSO_CHECK(condition) \
  (static_cast<bool>(condition) ? static_cast<void>(0) : ::luso::check_failed(#condition, __FILE__, __LINE__))
