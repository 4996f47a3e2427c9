#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "channels/about.h"
#include "channels/api.h"
#include "channels/rules.h"
#include "channels/schedule.h"
#include "channels/team.h"
#include "channels/town_pgtest.h"

namespace luso::channels {
namespace {

using namespace std::chrono_literals;
using identity::LetterKind;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LettersKept final : public identity::Letters {
 public:
  Task<Result<void>> post(io::PgSessionPtr /*transaction*/, identity::Letter letter) override {
    sent.push_back(std::move(letter));
    co_return Result<void>();
  }

  void wake() override {}

  std::vector<identity::Letter> sent;
};

class TeamsService : public ::testing::Test {
 protected:
  template <typename T>
  static std::string_view reason(const Result<T>& result) {
    return result ? "done" : result.error().reason;
  }

  Result<TeamMember> invite(const std::string& username, TeamRole role = TeamRole::editor) {
    return town_.run(teams_.invite(ana_, "ana", username, role));
  }

  // Somebody new, on ana's team.
  UserId member(const std::string& username, TeamRole role) {
    const UserId user = town_.user(username);
    LUSO_CHECK(invite(username, role));
    LUSO_CHECK(town_.run(teams_.accept(user, "ana")));
    return user;
  }

  std::vector<std::string> team_seen_by(UserId caller) {
    std::vector<std::string> names;
    const Team team = town_.run(teams_.get(caller, "ana")).value();
    for (const TeamMember& one : team.members) {
      names.push_back(one.person.username + " " + std::string(gen::to_text(one.role)) +
                      (one.accepted_at ? "" : " asked"));
    }
    return names;
  }

  std::optional<TeamRole> role_of(UserId user) { return town_.run(access_.role_of(user, ana_)).value(); }

  std::vector<std::string> audited() {
    return town_.world.database().execute("SELECT action || ' ' || detail FROM audit_log ORDER BY id");
  }

  TownForTests town_;
  LettersKept letters_;
  identity::RateLimits limits_{town_.clock};
  Teams teams_{town_.clock, town_.world.pg(), letters_, limits_};
  Access access_{town_.world.pg()};
  UserId ana_ = town_.user("ana");
};

TEST_F(TeamsService, AnInvitationGivesNoRightUntilItIsAccepted) {
  const UserId rui = town_.user("rui");

  const TeamMember asked = invite("rui").value();

  EXPECT_FALSE(asked.accepted_at);
  EXPECT_FALSE(role_of(rui));
  EXPECT_EQ(reason(town_.run(teams_.get(rui, "ana"))), "channels.not_on_team");
  ASSERT_TRUE(town_.run(teams_.accept(rui, "ana")));
  EXPECT_EQ(role_of(rui), TeamRole::editor);
}

TEST_F(TeamsService, TheInvitedReadsOfItAndSoDoesTheOwnerOfTheYes) {
  const UserId rui = town_.user("rui", "pt-BR");

  invite("rui").value();
  town_.run(teams_.accept(rui, "ana")).value();

  ASSERT_EQ(letters_.sent.size(), 2U);
  EXPECT_EQ(letters_.sent[0].kind, LetterKind::team_invited);
  EXPECT_EQ(letters_.sent[0].to, "rui@exemplo.pt");
  EXPECT_EQ(letters_.sent[0].about, "ana");
  EXPECT_EQ(letters_.sent[0].locale, gen::Locale::pt_br);
  EXPECT_EQ(letters_.sent[1].kind, LetterKind::team_joined);
  EXPECT_EQ(letters_.sent[1].to, "ana@exemplo.pt");
  EXPECT_EQ(letters_.sent[1].about, "rui");
}

TEST_F(TeamsService, NobodysMailboxIsATarget) {
  town_.user("rui");
  for (int i = 0; i < 5; ++i) {
    invite("rui").value();
    ASSERT_TRUE(town_.run(teams_.remove(ana_, "ana", "rui")));
  }

  EXPECT_EQ(letters_.sent.size(), 3U);
}

TEST_F(TeamsService, AcceptingTwiceIsAcceptingOnce) {
  const UserId rui = member("rui", TeamRole::moderator);
  const auto first = town_.run(teams_.accept(rui, "ana")).value().accepted_at;
  town_.clock.advance(1h);

  EXPECT_EQ(town_.run(teams_.accept(rui, "ana")).value().accepted_at, first);
  EXPECT_EQ(letters_.sent.size(), 2U);
}

TEST_F(TeamsService, WhoCannotBeInvited) {
  town_.user("rui");
  town_.user("zeca");
  town_.execute(
      "INSERT INTO bans (user_id, reason, created_at) SELECT id, 'spam', now() FROM users WHERE username = "
      "'zeca'");
  invite("rui").value();

  EXPECT_EQ(reason(invite("rui")), "channels.already_member");
  EXPECT_EQ(reason(invite("ana")), "channels.own_channel");
  EXPECT_EQ(reason(invite("ninguem")), "channels.not_found");
  EXPECT_EQ(reason(invite("zeca")), "channels.not_found");
  EXPECT_EQ(reason(invite("rui@exemplo.pt")), "channels.not_found");
}

TEST_F(TeamsService, ANameIsFoundHoweverItIsTyped) {
  town_.user("rui");

  EXPECT_EQ(invite("  Rui ").value().person.username, "rui");
}

TEST_F(TeamsService, ATeamIsFullWithTheInvitedInIt) {
  for (int i = 0; i < rules::kMembersMax; ++i) {
    const std::string name = "rui" + std::to_string(i);
    town_.user(name);
    invite(name).value();
  }
  town_.user("um_a_mais");

  EXPECT_EQ(reason(invite("um_a_mais")), "channels.team_full");
  ASSERT_TRUE(town_.run(teams_.remove(ana_, "ana", "rui3")));
  EXPECT_EQ(reason(invite("um_a_mais")), "done");
}

TEST_F(TeamsService, TwoInvitationsAtOnceAreOne) {
  town_.user("rui");

  const auto [one, other] = town_.run_together(teams_.invite(ana_, "ana", "rui", TeamRole::editor),
                                               teams_.invite(ana_, "ana", "rui", TeamRole::moderator));

  EXPECT_NE(one.has_value(), other.has_value());
  EXPECT_EQ(reason(one ? other : one), "channels.already_member");
}

TEST_F(TeamsService, OnlyTheOwnerChangesTheTeam) {
  const UserId editor = member("eva", TeamRole::editor);
  const UserId moderator = member("mia", TeamRole::moderator);
  const UserId stranger = town_.user("jose");
  town_.user("rui");

  for (const UserId caller : {editor, moderator}) {
    EXPECT_EQ(reason(town_.run(teams_.invite(caller, "ana", "rui", TeamRole::editor))),
              "channels.role_forbidden");
    EXPECT_EQ(reason(town_.run(teams_.change(caller, "ana", "mia", TeamRole::editor))),
              "channels.role_forbidden");
    EXPECT_EQ(reason(town_.run(teams_.remove(caller, "ana", "mia"))), "channels.role_forbidden");
  }
  EXPECT_EQ(reason(town_.run(teams_.invite(stranger, "ana", "rui", TeamRole::editor))),
            "channels.not_on_team");
  EXPECT_EQ(reason(town_.run(teams_.change(stranger, "ana", "mia", TeamRole::editor))),
            "channels.not_on_team");
  // Whether somebody is on a team is for the team to know.
  EXPECT_EQ(reason(town_.run(teams_.remove(stranger, "ana", "mia"))), "channels.not_on_team");
  EXPECT_EQ(reason(town_.run(teams_.remove(stranger, "ana", "rui"))), "channels.not_on_team");
  EXPECT_EQ(reason(town_.run(teams_.remove(stranger, "ninguem", "rui"))), "channels.not_found");
}

TEST_F(TeamsService, TheTeamSeesItselfAndTheOwnerAlsoWhoIsAsked) {
  const UserId editor = member("eva", TeamRole::editor);
  town_.clock.advance(1min);
  const UserId moderator = member("mia", TeamRole::moderator);
  town_.clock.advance(1min);
  const UserId asked = town_.user("rui");
  invite("rui", TeamRole::moderator).value();

  EXPECT_THAT(team_seen_by(ana_),
              ElementsAre("ana owner", "eva editor", "mia moderator", "rui moderator asked"));
  EXPECT_THAT(team_seen_by(editor), ElementsAre("ana owner", "eva editor", "mia moderator"));
  EXPECT_THAT(team_seen_by(moderator), ElementsAre("ana owner", "eva editor", "mia moderator"));
  EXPECT_EQ(reason(town_.run(teams_.get(asked, "ana"))), "channels.not_on_team");
}

TEST_F(TeamsService, AnotherRoleHoldsFromNowOn) {
  const UserId eva = member("eva", TeamRole::editor);

  EXPECT_EQ(town_.run(teams_.change(ana_, "ana", "eva", TeamRole::moderator)).value().role,
            TeamRole::moderator);

  EXPECT_EQ(role_of(eva), TeamRole::moderator);
  EXPECT_EQ(reason(town_.run(teams_.change(ana_, "ana", "ninguem", TeamRole::editor))),
            "channels.no_such_member");
}

TEST_F(TeamsService, WhoIsRemovedOrLeavesHasNoRightLeft) {
  const UserId eva = member("eva", TeamRole::editor);
  const UserId mia = member("mia", TeamRole::moderator);

  ASSERT_TRUE(town_.run(teams_.remove(ana_, "ana", "eva")));
  ASSERT_TRUE(town_.run(teams_.leave(mia, "ana")));

  EXPECT_FALSE(role_of(eva));
  EXPECT_FALSE(role_of(mia));
  EXPECT_EQ(reason(town_.run(teams_.remove(ana_, "ana", "eva"))), "channels.no_such_member");
  EXPECT_EQ(reason(town_.run(teams_.leave(mia, "ana"))), "channels.no_invitation");
  EXPECT_EQ(reason(town_.run(teams_.accept(eva, "ana"))), "channels.no_invitation");
}

TEST_F(TeamsService, ADeclinedInvitationIsGone) {
  const UserId rui = town_.user("rui");
  invite("rui").value();

  ASSERT_TRUE(town_.run(teams_.leave(rui, "ana")));

  EXPECT_THAT(town_.run(teams_.list_memberships(rui)).value(), IsEmpty());
  EXPECT_THAT(team_seen_by(ana_), ElementsAre("ana owner"));
}

TEST_F(TeamsService, InvitationsComeFirstInOnesOwnList) {
  const UserId eva = member("eva", TeamRole::editor);
  const UserId rui = town_.user("rui");
  town_.run(teams_.invite(rui, "rui", "eva", TeamRole::moderator)).value();

  const auto memberships = town_.run(teams_.list_memberships(eva)).value();

  ASSERT_EQ(memberships.size(), 2U);
  EXPECT_EQ(memberships[0].channel.username, "rui");
  EXPECT_FALSE(memberships[0].accepted_at);
  EXPECT_EQ(memberships[1].channel.username, "ana");
  EXPECT_EQ(memberships[1].role, TeamRole::editor);
}

TEST_F(TeamsService, EveryChangeIsInTheAuditLog) {
  const UserId eva = member("eva", TeamRole::editor);
  town_.run(teams_.change(ana_, "ana", "eva", TeamRole::moderator)).value();
  ASSERT_TRUE(town_.run(teams_.leave(eva, "ana")));
  invite("eva").value();
  ASSERT_TRUE(town_.run(teams_.leave(eva, "ana")));
  invite("eva").value();
  ASSERT_TRUE(town_.run(teams_.remove(ana_, "ana", "eva")));

  EXPECT_THAT(
      audited(),
      ElementsAre("channels.member_invited editor of @ana", "channels.member_joined editor of @ana",
                  "channels.member_role_changed moderator of @ana", "channels.member_left moderator of @ana",
                  "channels.member_invited editor of @ana", "channels.member_declined editor of @ana",
                  "channels.member_invited editor of @ana", "channels.member_removed editor of @ana"));
}

// --- What the roles mean for the channel itself.

TEST_F(TeamsService, AnEditorEditsTheChannelAndTheAuditLogSaysWho) {
  const UserId eva = member("eva", TeamRole::editor);
  const UserId mia = member("mia", TeamRole::moderator);
  const UserId ze = town_.user("jose");
  ChannelChange change;
  change.description = "Fados e mais fados";

  EXPECT_EQ(town_.run(town_.channels.update(eva, "ana", change)).value().description, "Fados e mais fados");
  EXPECT_EQ(reason(town_.run(town_.channels.update(mia, "ana", change))), "channels.role_forbidden");
  EXPECT_EQ(reason(town_.run(town_.channels.update(ze, "ana", change))), "channels.not_on_team");
  EXPECT_EQ(reason(town_.run(town_.channels.update(eva, "ninguem", change))), "channels.not_found");
  EXPECT_EQ(audited().back(), "channels.edited ");
  EXPECT_EQ(town_.run(town_.channels.get("eva", {})).value().description, "");
}

TEST_F(TeamsService, WhatAnEditorAnnouncesAndSaysForTheChannelIsInTheAuditLogToo) {
  Schedules schedules(town_.clock, town_.world.pg());
  Abouts abouts(town_.world.pg());
  const auto schedule = make_api(town_.clock, schedules, access_);
  const auto about = make_api(town_.clock, abouts, access_);
  const auto call_of = [](UserId user) {
    auto state = std::make_shared<io::Call::State>();
    state->principal = io::Principal{.user_id = user, .username = {}, .session_id = {}, .scopes = {}};
    return io::Call(std::move(state));
  };
  const auto on_ana = []<typename Query>(Query query) {
    query.channel = "ana";
    return query;
  };
  const gen::ScheduleEntryRequest entry{.title = "Festa",
                                        .category = "conversa",
                                        .duration_min = 60,
                                        .weekday = gen::Weekday::sunday,
                                        .time = "21:30",
                                        .time_zone = "Europe/Lisbon"};
  const io::Call eva = call_of(member("eva", TeamRole::editor));
  const std::size_t before = audited().size();

  const std::int64_t id =
      town_.run(schedule->create_schedule_entry(eva, on_ana(gen::CreateScheduleEntryQuery{}), entry))
          .value()
          .id;
  town_.run(schedule->update_schedule_entry(eva, id, on_ana(gen::UpdateScheduleEntryQuery{}), entry)).value();
  town_.run(schedule->cancel_occurrence(eva, id, "2026-11-29", on_ana(gen::CancelOccurrenceQuery{}))).value();
  town_.run(schedule->restore_occurrence(eva, id, "2026-11-29", on_ana(gen::RestoreOccurrenceQuery{})))
      .value();
  ASSERT_TRUE(town_.run(schedule->delete_schedule_entry(eva, id, on_ana(gen::DeleteScheduleEntryQuery{}))));
  town_.run(about->update_about(eva, on_ana(gen::UpdateAboutQuery{}), {})).value();

  const std::vector<std::string> all = audited();
  const auto fresh = all.begin() + static_cast<std::ptrdiff_t>(before);
  EXPECT_THAT(
      std::vector(fresh, all.end()),
      ElementsAre("channels.schedule_announced ", "channels.schedule_edited ", "channels.schedule_cancelled ",
                  "channels.schedule_restored ", "channels.schedule_removed ", "channels.about_edited "));

  // Of what owners do to their own nothing is written.
  town_.run(about->update_about(call_of(ana_), {}, {})).value();
  EXPECT_EQ(audited().size(), all.size());
}

}  // namespace
}  // namespace luso::channels
