#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <tl/expected.hpp>

namespace luso {

// What went wrong, in terms a caller can act on. The HTTP layer maps each kind to one status.
enum class ErrorKind : std::uint8_t {
  invalid,          // 400: the input is wrong whatever the state
  unauthenticated,  // 401
  forbidden,        // 403
  not_found,        // 404
  conflict,         // 409: somebody was there first
  too_large,        // 413
  precondition,     // 422: the input is right, the state does not allow it
  rate_limited,     // 429: see Error::retry_after_s
  timeout,          // 504
  unavailable,      // 503
  internal          // 500
};

[[nodiscard]] std::string_view name_of(ErrorKind kind);
[[nodiscard]] int http_status_of(ErrorKind kind);

struct Error {
  ErrorKind kind;
  std::string_view reason;  // Stable symbol from api/errors.yaml, such as "live.daily_limit". Static storage.
  std::string detail;       // For logs only; never sent to a client.
  std::string field;        // The JSON field that is at fault, when there is one.
  std::int64_t retry_after_s = 0;  // Sent as Retry-After when positive.
};

template <typename T>
using Result = tl::expected<T, Error>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorKind kind, std::string_view reason,
                                                std::string detail = {}) {
  return tl::unexpected(
      Error{.kind = kind, .reason = reason, .detail = std::move(detail), .field = {}, .retry_after_s = 0});
}

}  // namespace luso

#define LUSO_CONCAT_(a, b) a##b
#define LUSO_CONCAT(a, b) LUSO_CONCAT_(a, b)
#define LUSO_TRY_(tmp, ret, decl, ...)          \
  auto tmp = (__VA_ARGS__);                     \
  if (!tmp) [[unlikely]]                        \
    ret tl::unexpected(std::move(tmp).error()); \
  decl = *std::move(tmp)
#define LUSO_TRY_VOID_(ret, ...)                       \
  do {                                                 \
    auto outcome_ = (__VA_ARGS__);                     \
    if (!outcome_) [[unlikely]]                        \
      ret tl::unexpected(std::move(outcome_).error()); \
  } while (false)

// Declare `decl` from a Result, or leave the function with its error:
//   TRY(Channel channel, parse_channel(json));
//   CO_TRY(Channel channel, co_await channels.find(slug));
#define TRY(decl, ...) LUSO_TRY_(LUSO_CONCAT(try_, __COUNTER__), return, decl, __VA_ARGS__)
#define CO_TRY(decl, ...) LUSO_TRY_(LUSO_CONCAT(try_, __COUNTER__), co_return, decl, __VA_ARGS__)

// The same for a Result<void>: CO_TRY_VOID(co_await store.record(tip));
#define TRY_VOID(...) LUSO_TRY_VOID_(return, __VA_ARGS__)
#define CO_TRY_VOID(...) LUSO_TRY_VOID_(co_return, __VA_ARGS__)
