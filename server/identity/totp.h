#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/clock.h"

// Codes of an authenticator app: RFC 4226 (HOTP) over RFC 6238 (TOTP) as every app on a phone does it: SHA-1,
// thirty seconds, six digits. Pure.
namespace luso::identity::totp {

inline constexpr std::size_t kSecretBytes = 20;  // RFC 4226, 4: 160 bits are recommended.
inline constexpr std::int64_t kStepSeconds = 30;
inline constexpr int kDigits = 6;
inline constexpr std::int64_t kSkewSteps = 1;  // RFC 6238, 5.2: a clock that is off, or a slow typist.

// RFC 4226, 5.3, in decimal with leading zeros.
[[nodiscard]] std::string hotp(ByteView secret, std::uint64_t counter, int digits = kDigits);

[[nodiscard]] std::int64_t step_at(WallTime now);

// The step the code belongs to, when it belongs to one near `now` that is later than `last_step`: each code
// opens once (RFC 6238, 5.2), and none before it any more.
[[nodiscard]] std::optional<std::int64_t> accept(ByteView secret, std::string_view code, WallTime now,
                                                 std::int64_t last_step);

// RFC 4648, 6, without padding: what people type into an app.
[[nodiscard]] std::string base32(ByteView bytes);

// otpauth://totp/LusoTown:ana?secret=…&issuer=LusoTown, the text of the QR code.
[[nodiscard]] std::string otpauth_uri(ByteView secret, std::string_view username);

// Six digits, whatever spaces were typed between them; a recovery code otherwise.
[[nodiscard]] std::string without_spaces(std::string_view code);
[[nodiscard]] bool looks_like_totp(std::string_view code);

}  // namespace luso::identity::totp
