#include <algorithm>

#include <gtest/gtest.h>

#include "channels/town_pgtest.h"
#include "studio/checklists.h"

namespace luso::studio {
namespace {

using Name = gen::ChecklistStepName;

class ChecklistsService : public ::testing::Test {
 protected:
  template <typename T>
  static std::string_view reason(const Result<T>& result) {
    return result ? "done" : result.error().reason;
  }

  bool is_done(Name name) {
    const auto steps = rules::steps_for(town_.run(checklists_.get(ana_, std::nullopt)).value());
    return std::ranges::find(steps, name, &gen::ChecklistStep::name)->is_done;
  }

  void member(UserId user, const std::string& role) {
    town_.execute(
        "INSERT INTO channel_members (channel_id, user_id, role, created_at, accepted_at) SELECT id, " +
        std::to_string(user.value) + ", '" + role +
        "', now(), now() FROM channels WHERE user_id = " + std::to_string(ana_.value));
  }

  channels::TownForTests town_;
  Checklists checklists_{town_.clock, town_.world.pg()};
  UserId ana_ = town_.user("ana");
};

TEST_F(ChecklistsService, EachStepIsDoneByWhatIsReallyThere) {
  const std::string mine = " WHERE user_id = " + std::to_string(ana_.value);
  const auto follows = [&](Name name, const std::string& sql) {
    EXPECT_FALSE(is_done(name)) << gen::to_text(name);
    town_.execute(sql);
    EXPECT_TRUE(is_done(name)) << gen::to_text(name);
  };

  town_.execute("INSERT INTO pictures (id, user_id, kind, created_at) VALUES (repeat('a', 22), " +
                std::to_string(ana_.value) + ", 'avatar', now())");
  follows(Name::picture,
          "UPDATE users SET avatar_id = repeat('a', 22) WHERE id = " + std::to_string(ana_.value));
  follows(Name::about, "UPDATE channels SET description = 'Fados'" + mine);
  follows(Name::place, "UPDATE channels SET region = 'pt'" + mine);
  follows(Name::title, "UPDATE channels SET default_title = 'Fados à janela'" + mine);
  follows(Name::connection,
          "INSERT INTO channel_keys (channel_id, stream_key) SELECT id, 'chave' FROM channels" + mine);
  follows(Name::first_live,
          "INSERT INTO streams (user_id, title, stream_key, category, state, started_at) VALUES (" +
              std::to_string(ana_.value) + ", 'Fado', 'uma', 'fado', 'live', now())");
  town_.user("rui");
  follows(
      Name::team,
      "INSERT INTO channel_members (channel_id, user_id, role, created_at) SELECT c.id, u.id, 'editor', now()"
      " FROM channels c, users u WHERE u.username = 'rui' AND c.user_id = " +
          std::to_string(ana_.value));
}

TEST_F(ChecklistsService, AMeasuredUploadIsRememberedWithItsTime) {
  const Progress now =
      town_.run(checklists_.update(ana_, std::nullopt, {.is_dismissed = {}, .upload_kbps = 4'000})).value();

  EXPECT_EQ(now.upload_kbps, 4'000);
  EXPECT_EQ(now.upload_measured_at, town_.clock.now());
  EXPECT_TRUE(is_done(Name::network));
}

TEST_F(ChecklistsService, TheListCanBePutAwayAndTakenOutAgainAndForgetsNothing) {
  ASSERT_TRUE(town_.run(checklists_.update(ana_, std::nullopt, {.is_dismissed = {}, .upload_kbps = 4'000})));

  EXPECT_TRUE(town_.run(checklists_.update(ana_, std::nullopt, {.is_dismissed = true, .upload_kbps = {}}))
                  .value()
                  .is_dismissed);
  const Progress back =
      town_.run(checklists_.update(ana_, std::nullopt, {.is_dismissed = false, .upload_kbps = {}})).value();

  EXPECT_FALSE(back.is_dismissed);
  EXPECT_EQ(back.upload_kbps, 4'000);
}

TEST_F(ChecklistsService, EditorsHelpModeratorsSeeOthersDoNot) {
  const UserId eva = town_.user("eva"), mia = town_.user("mia"), jose = town_.user("jose");
  member(eva, "editor");
  member(mia, "moderator");
  const ChecklistChange away{.is_dismissed = true, .upload_kbps = {}};

  EXPECT_EQ(reason(town_.run(checklists_.update(eva, "ana", away))), "done");
  EXPECT_EQ(reason(town_.run(checklists_.get(mia, "ana"))), "done");
  EXPECT_EQ(reason(town_.run(checklists_.update(mia, "ana", away))), "channels.role_forbidden");
  EXPECT_EQ(reason(town_.run(checklists_.get(jose, "ana"))), "channels.not_on_team");
  EXPECT_EQ(reason(town_.run(checklists_.update(jose, "ana", away))), "channels.not_on_team");
}

}  // namespace
}  // namespace luso::studio
