#include "channels/permissions.h"

#include <array>
#include <vector>

#include <gtest/gtest.h>

namespace luso::channels {
namespace {

constexpr std::array kActions{Action::view_studio, Action::run_streams, Action::edit_channel,
                              Action::manage_keys, Action::manage_team};

std::vector<bool> all_that(std::optional<TeamRole> role) {
  std::vector<bool> allowed;
  for (const Action action : kActions) allowed.push_back(can(role, action));
  return allowed;
}

TEST(Permissions, AnOwnerMayDoEverything) {
  EXPECT_EQ(all_that(TeamRole::owner), std::vector<bool>({true, true, true, true, true}));
}

TEST(Permissions, AnEditorRunsTheChannelWithoutItsKeysAndItsTeam) {
  EXPECT_EQ(all_that(TeamRole::editor), std::vector<bool>({true, true, true, false, false}));
}

TEST(Permissions, AModeratorOnlySees) {
  EXPECT_EQ(all_that(TeamRole::moderator), std::vector<bool>({true, false, false, false, false}));
}

TEST(Permissions, NobodyElseMayDoAnything) {
  EXPECT_EQ(all_that(std::nullopt), std::vector<bool>(kActions.size(), false));
}

}  // namespace
}  // namespace luso::channels
