#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "live/keyring.h"
#include "live/model.h"

// Tokens beside stream keys: JSON Web Tokens (RFC 7519) that say whose key it is, which incarnation of it,
// and until when. A key that leaks from a screenshot is worth nothing without one.
namespace luso::live {

inline constexpr std::size_t kTokenBytesMax = 1024;  // Ours have about 250; longer ones are not looked at.

[[nodiscard]] std::string sign_token(const SigningKey& key, const TokenSubject& subject, WallTime issued_at,
                                     WallTime expires_at);

// Whether we signed it, with HS256 and a key of the ring; "live.bad_token" otherwise. Whether it has expired
// is the caller's question.
[[nodiscard]] Result<VerifiedToken> verify_token(const Keyring& keyring, std::string_view token);

}  // namespace luso::live
