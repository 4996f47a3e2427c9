#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "identity/model.h"

// Decisions about accounts: pure, no clock, no SQL.
namespace luso::identity::rules {

using namespace std::chrono_literals;

inline constexpr std::size_t kUsernameLengthMin = 3;
inline constexpr std::size_t kUsernameLengthMax = 25;
inline constexpr std::size_t kPasswordLengthMin =
    10;  // Code points; what NIST SP 800-63B asks for and two more.
inline constexpr std::size_t kPasswordLengthMax = 200;  // Beyond it hashing would be a favour to an attacker.
inline constexpr std::size_t kDisplayNameLengthMax = 50;
inline constexpr std::size_t kUserAgentLengthMax = 300;  // The rest of the header is cut off.

inline constexpr Duration kRegistrationLife = 24h;
inline constexpr Duration kResetLife = 1h;
inline constexpr Duration kEmailUndoLife = 7 * 24h;     // Long enough for somebody who is away.
inline constexpr Duration kSecondStepLife = 5min;       // From the password to the code.
inline constexpr std::int64_t kSecondStepTriesMax = 5;  // Then the password is asked for again.
inline constexpr Duration kFarewellLife = 14 * 24h;     // To think again.
inline constexpr Duration kUsernameHold = 180 * 24h;    // Before somebody else may be called that.
inline constexpr Duration kSessionIdleMax = 30 * 24h;   // Each use starts it anew.
inline constexpr Duration kSessionTouchEvery =
    5min;  // How stale "last seen" may be; saves a write a request.
inline constexpr std::int64_t kSessionsPerUserMax = 50;   // The one unused longest goes.
inline constexpr std::int64_t kApiTokensPerUserMax = 20;  // Then identity.too_many_tokens.

// Lower-case letters, digits and underscores.
[[nodiscard]] Result<void> check_username(std::string_view username);
// Not a word the house keeps for itself: only the command line may give those away.
[[nodiscard]] Result<void> check_not_reserved(std::string_view username);

// Long enough, and not what a guesser tries first: no common word with a number behind it, no keyboard run,
// no name of the account's own.
[[nodiscard]] Result<void> check_password(std::string_view password, std::string_view username,
                                          std::string_view email);

// What makes two spellings one address.
[[nodiscard]] std::string email_key(std::string_view email);

// The same password whichever keyboard composed its accents (Unicode NFKC).
[[nodiscard]] std::string normalised_password(std::string_view password);

// Composed (NFC), trimmed, one space between words; refuses what hides or reorders text, such as controls and
// bidirectional overrides.
[[nodiscard]] Result<std::string> clean_display_name(std::string_view name);

// The account as it will be stored: names cleaned, defaults filled in.
[[nodiscard]] Result<NewAccount> accept_account(NewAccount asked);

// Staff act on those below them, never on themselves or their equals; the command line acts on anybody.
[[nodiscard]] Result<void> may_ban(const Actor& actor, const User& subject);

}  // namespace luso::identity::rules
