#pragma once

#include <cstdint>
#include <optional>

#include "gen/team.h"

// Who may do what with a channel and its broadcasts: the one place that says so. Pure.
namespace luso::channels {

using gen::TeamRole;  // owner, editor, moderator

enum class Action : std::uint8_t {
  view_studio,   // Its broadcasts with their figures, the health of what is on air, who is on the team.
  run_streams,   // Begin a broadcast, change its title, category and language, end it.
  edit_channel,  // Its page, its defaults, its settings.
  manage_keys,   // See, change and revoke what opens the channel to an encoder: whoever holds a key speaks in
                 // its name.
  manage_team,   // Ask people onto it, give them roles, take them off.
};

// Empty: somebody who is not on the team, or has not said yes.
[[nodiscard]] constexpr bool can(std::optional<TeamRole> role, Action action) {
  if (!role) return false;
  switch (action) {
    case Action::view_studio: return true;
    case Action::run_streams:
    case Action::edit_channel: return *role == TeamRole::owner || *role == TeamRole::editor;
    case Action::manage_keys:
    case Action::manage_team: return *role == TeamRole::owner;
  }
  return false;
}

}  // namespace luso::channels
