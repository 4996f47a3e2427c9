#include "studio/rules.h"

#include <algorithm>
#include <array>

#include "channels/rules.h"

namespace luso::studio::rules {
namespace {

// A new channel greets in its account's language; until its owner writes something it is called that.
bool is_as_registered(const Progress& progress) {
  constexpr std::array kLocales{"pt-PT", "pt-BR", "en"};
  return std::ranges::any_of(kLocales, [&](const char* locale) {
    return channels::rules::defaults_for(locale, progress.display_name).title == progress.default_title;
  });
}

}  // namespace

std::vector<gen::ChecklistStep> steps_for(const Progress& progress) {
  using Name = gen::ChecklistStepName;
  const bool has_title = progress.has_stream || !is_as_registered(progress);
  const bool has_connection = progress.has_stream || progress.has_key;
  return {
      {.name = Name::picture, .is_done = progress.has_picture, .is_optional = true},
      {.name = Name::about, .is_done = progress.has_description, .is_optional = true},
      {.name = Name::place, .is_done = progress.has_region, .is_optional = true},
      {.name = Name::title, .is_done = has_title, .is_optional = false},
      {.name = Name::network,
       .is_done = progress.upload_kbps || progress.has_been_live,
       .is_optional = false},
      {.name = Name::connection, .is_done = has_connection, .is_optional = false},
      {.name = Name::first_live, .is_done = progress.has_been_live, .is_optional = false},
      {.name = Name::team, .is_done = progress.has_team, .is_optional = true},
  };
}

}  // namespace luso::studio::rules
