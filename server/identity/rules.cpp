#include "identity/rules.h"

#include <algorithm>
#include <set>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "base/text.h"
#include "gen/reasons.h"
#include "identity/internal/word_lists.h"

namespace luso::identity {
namespace {

static_assert(static_cast<int>(Role::viewer) == static_cast<int>(gen::Role::viewer));
static_assert(static_cast<int>(Role::creator) == static_cast<int>(gen::Role::creator));
static_assert(static_cast<int>(Role::moderator) == static_cast<int>(gen::Role::moderator));
static_assert(static_cast<int>(Role::admin) == static_cast<int>(gen::Role::admin));

}  // namespace

gen::Role to_contract(Role role) {
  return static_cast<gen::Role>(role);
}

Role from_contract(gen::Role role) {
  return static_cast<Role>(role);
}

}  // namespace luso::identity

namespace luso::identity::rules {
namespace {

constexpr std::size_t kDistinctCharactersMin = 5;  // "aaaaaaaaaaaa" and "abababababab" are not passwords.
constexpr std::size_t kNameInPasswordMin = 4;      // A name this short may be in a password by chance.

Error wrong(const gen::Reason& reason, std::string field) {
  return Error{.kind = reason.kind,
               .reason = reason.name,
               .detail = {},
               .field = std::move(field),
               .retry_after_s = 0};
}

bool is_username_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

bool is_letter(char c) {
  return c >= 'a' && c <= 'z';
}

icu::UnicodeString normalised(const icu::Normalizer2* normalizer, std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const auto source = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
  const icu::UnicodeString result = normalizer->normalize(source, status);
  return U_SUCCESS(status) ? result : source;
}

std::string to_utf8(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

// Lower case without accents, so that "Coração" and "coracao" are the same guess.
std::string folded(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString source = normalised(icu::Normalizer2::getNFKDInstance(status), text);
  icu::UnicodeString bare;
  for (std::int32_t i = 0; i < source.length(); i = source.moveIndex32(i, 1)) {
    const UChar32 c = source.char32At(i);
    if (u_charType(c) != U_NON_SPACING_MARK) bare.append(c);
  }
  return to_utf8(bare.foldCase());
}

// "!!benfica1904" as "benfica": what is left when the decoration at both ends is off.
std::string_view core_of(std::string_view text) {
  while (!text.empty() && !is_letter(text.front())) text.remove_prefix(1);
  while (!text.empty() && !is_letter(text.back())) text.remove_suffix(1);
  return text;
}

bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool is_on(std::span<const std::string_view> list, std::string_view word) {
  return std::ranges::find(list, word) != list.end();
}

// "palavrapasse", but also "amor amor" and "senhasenha": a common word, or one said over again.
bool is_common(std::string_view core) {
  std::string letters;
  std::ranges::copy_if(core, std::back_inserter(letters), is_letter);
  const auto is_repeated = [&letters](std::string_view word) {
    if (letters.size() % word.size() != 0) return false;
    for (std::size_t at = 0; at < letters.size(); at += word.size()) {
      if (std::string_view(letters).substr(at, word.size()) != word) return false;
    }
    return !letters.empty();
  };
  return std::ranges::any_of(internal::common_passwords(), is_repeated);
}

// Half of it or more along a row of the keyboard or the alphabet.
bool is_keyboard_run(std::string_view text) {
  const auto covers = [text](std::string_view run) {
    std::size_t longest = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      std::size_t length = 1;
      while (at + length <= text.size() && contains(run, text.substr(at, length))) ++length;
      longest = std::max(longest, length - 1);
    }
    return longest * 2 >= text.size() && longest >= 6;
  };
  return std::ranges::any_of(internal::keyboard_runs(), covers);
}

// Characters that show nothing, or make others show in another order or place.
bool is_unshowable(UChar32 c) {
  switch (u_charType(c)) {
    case U_CONTROL_CHAR:
    case U_SURROGATE:
    case U_PRIVATE_USE_CHAR:
    case U_UNASSIGNED:
    case U_LINE_SEPARATOR:
    case U_PARAGRAPH_SEPARATOR: return true;
    case U_FORMAT_CHAR: return c != 0x200D;  // The joiner holds emoji together.
    default: return false;
  }
}

}  // namespace

Result<void> check_username(std::string_view username) {
  const bool well_formed = username.size() >= kUsernameLengthMin && username.size() <= kUsernameLengthMax &&
                           std::ranges::all_of(username, is_username_character);
  if (!well_formed) return tl::unexpected(wrong(gen::reasons::kApiInvalid, "username"));
  return {};
}

Result<void> check_not_reserved(std::string_view username) {
  if (is_on(internal::reserved_usernames(), username) || core_of(username).empty()) {
    return tl::unexpected(wrong(gen::reasons::kIdentityUsernameReserved, "username"));
  }
  for (const std::string_view impersonated : internal::reserved_prefixes()) {
    if (username.starts_with(impersonated)) {
      return tl::unexpected(wrong(gen::reasons::kIdentityUsernameReserved, "username"));
    }
  }
  return {};
}

Result<void> check_password(std::string_view password, std::string_view username, std::string_view email) {
  const std::size_t length = code_point_count(password);
  if (length < kPasswordLengthMin || length > kPasswordLengthMax) {
    return tl::unexpected(wrong(gen::reasons::kApiInvalid, "password"));
  }
  const std::string text = folded(password);
  const std::string local_part = folded(email.substr(0, email.find('@')));
  const auto says = [&text](std::string_view name) {
    return name.size() >= kNameInPasswordMin && contains(text, name);
  };
  const bool weak = std::set<char>(text.begin(), text.end()).size() < kDistinctCharactersMin ||
                    says(username) || says(local_part) || is_common(core_of(text)) || is_keyboard_run(text);
  if (weak) return tl::unexpected(wrong(gen::reasons::kIdentityWeakPassword, "password"));
  return {};
}

std::string email_key(std::string_view email) {
  return ascii_lower(trim(email));
}

std::string normalised_password(std::string_view password) {
  UErrorCode status = U_ZERO_ERROR;
  return to_utf8(normalised(icu::Normalizer2::getNFKCInstance(status), password));
}

Result<std::string> clean_display_name(std::string_view name) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::UnicodeString composed = normalised(icu::Normalizer2::getNFCInstance(status), name);
  icu::UnicodeString clean;
  bool space_owed = false;
  for (std::int32_t i = 0; i < composed.length(); i = composed.moveIndex32(i, 1)) {
    const UChar32 c = composed.char32At(i);
    if (u_isUWhiteSpace(c) != 0) {
      space_owed = !clean.isEmpty();
      continue;
    }
    if (is_unshowable(c))
      return tl::unexpected(wrong(gen::reasons::kIdentityInvalidDisplayName, "display_name"));
    if (space_owed) clean.append(static_cast<UChar32>(' '));
    space_owed = false;
    clean.append(c);
  }
  const std::int32_t length = clean.countChar32();
  if (length == 0 || length > static_cast<std::int32_t>(kDisplayNameLengthMax)) {
    return tl::unexpected(wrong(gen::reasons::kApiInvalid, "display_name"));
  }
  return to_utf8(clean);
}

Result<NewAccount> accept_account(NewAccount asked) {
  TRY_VOID(check_username(asked.username));
  TRY_VOID(check_password(asked.password.reveal(), asked.username, asked.email));
  if (trim(asked.display_name).empty()) asked.display_name = asked.username;
  TRY(asked.display_name, clean_display_name(asked.display_name));
  asked.email = trim(asked.email);
  return asked;
}

Result<void> may_ban(const Actor& actor, const User& subject) {
  if (actor.id && (*actor.id == subject.id || actor.role <= subject.role))
    return gen::fail(gen::reasons::kApiForbidden);
  return {};
}

}  // namespace luso::identity::rules
