#include "channels/rules.h"

#include <algorithm>

#include "base/text.h"
#include "gen/reasons.h"

namespace luso::channels::rules {
namespace {

tl::unexpected<Error> invalid(std::string_view field) {
  tl::unexpected<Error> failure = gen::fail(gen::reasons::kApiInvalid);
  failure.value().field = field;
  return failure;
}

Result<void> clean_in_place(std::optional<std::string>& text, std::string_view field,
                            Result<std::string> (*clean_one)(std::string_view, std::string_view)) {
  if (!text) return {};
  TRY(text, clean_one(*text, field));
  return {};
}

}  // namespace

Result<void> may_follow(UserId follower, UserId owner) {
  if (follower == owner) return gen::fail(gen::reasons::kChannelsOwnChannel);
  return {};
}

Result<void> may_invite(UserId owner, UserId invited, std::int64_t members_count) {
  if (invited == owner) return gen::fail(gen::reasons::kChannelsOwnChannel);
  if (members_count >= kMembersMax) return gen::fail(gen::reasons::kChannelsTeamFull);
  return {};
}

Result<std::string> clean_line(std::string_view text, std::string_view field) {
  const std::string_view trimmed = trim(text);
  if (trimmed.empty() || !is_utf8(trimmed) || has_control_characters(trimmed)) return invalid(field);
  return std::string(trimmed);
}

Result<std::string> clean_text(std::string_view text, std::string_view field) {
  std::string trimmed(trim(text));
  std::erase(trimmed, '\r');
  std::string printable = trimmed;
  std::ranges::replace(printable, '\n', ' ');
  if (!is_utf8(printable) || has_control_characters(printable)) return invalid(field);
  return trimmed;
}

Result<ChannelChange> clean(ChannelChange change) {
  TRY_VOID(clean_in_place(change.display_name, "display_name", clean_line));
  TRY_VOID(clean_in_place(change.description, "description", clean_text));
  TRY_VOID(clean_in_place(change.default_title, "default_title", clean_line));
  return change;
}

Defaults defaults_for(std::string_view locale, std::string_view display_name) {
  const std::string name(display_name);
  if (locale == "pt-BR") return {.language = "pt-BR", .title = name + " ao vivo"};
  if (locale == "en") return {.language = "other", .title = name + " live"};
  return {.language = "pt-PT", .title = name + " em direto"};
}

}  // namespace luso::channels::rules
