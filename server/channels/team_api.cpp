#include "channels/team_api.h"

#include <utility>

#include "channels/rules.h"

namespace luso::channels {
namespace {

gen::TeamPerson to_dto(TeamPerson person) {
  return {.username = std::move(person.username),
          .display_name = std::move(person.display_name),
          .avatar_url = std::move(person.avatar_url)};
}

gen::TeamMember to_dto(TeamMember member) {
  return {.person = to_dto(std::move(member.person)),
          .role = member.role,
          .is_accepted = member.accepted_at.has_value(),
          .created_at = member.created_at,
          .accepted_at = member.accepted_at};
}

gen::Membership to_dto(Membership membership) {
  return {.channel = to_dto(std::move(membership.channel)),
          .role = membership.role,
          .is_accepted = membership.accepted_at.has_value(),
          .created_at = membership.created_at};
}

TeamRole from_dto(gen::MemberRole role) {
  return role == gen::MemberRole::editor ? TeamRole::editor : TeamRole::moderator;
}

class Api final : public gen::TeamApi {
 public:
  explicit Api(Teams& teams) : teams_(teams) {}

  Task<Result<gen::Team>> get_team(io::Call call, std::string username) override {
    CO_TRY(Team team, co_await teams_.get(call.user().user_id, std::move(username)));
    gen::Team dto{.my_role = team.my_role, .items = {}, .members_max = rules::kMembersMax};
    for (TeamMember& member : team.members) dto.items.push_back(to_dto(std::move(member)));
    co_return dto;
  }

  Task<Result<gen::TeamMember>> invite_member(io::Call call, std::string username,
                                              gen::InviteMemberRequest body) override {
    const TeamRole role = from_dto(body.role);
    CO_TRY(TeamMember member,
           co_await teams_.invite(call.user().user_id, std::move(username), std::move(body.username), role));
    co_return to_dto(std::move(member));
  }

  Task<Result<gen::TeamMember>> change_member(io::Call call, std::string username, std::string member,
                                              gen::ChangeMemberRequest body) override {
    const TeamRole role = from_dto(body.role);
    CO_TRY(TeamMember changed,
           co_await teams_.change(call.user().user_id, std::move(username), std::move(member), role));
    co_return to_dto(std::move(changed));
  }

  Task<Result<void>> remove_member(io::Call call, std::string username, std::string member) override {
    return teams_.remove(call.user().user_id, std::move(username), std::move(member));
  }

  Task<Result<gen::MembershipList>> list_memberships(io::Call call) override {
    CO_TRY(std::vector<Membership> memberships, co_await teams_.list_memberships(call.user().user_id));
    gen::MembershipList list;
    for (Membership& membership : memberships) list.items.push_back(to_dto(std::move(membership)));
    co_return list;
  }

  Task<Result<gen::Membership>> accept_membership(io::Call call, std::string username) override {
    CO_TRY(Membership membership, co_await teams_.accept(call.user().user_id, std::move(username)));
    co_return to_dto(std::move(membership));
  }

  Task<Result<void>> leave_team(io::Call call, std::string username) override {
    return teams_.leave(call.user().user_id, std::move(username));
  }

 private:
  Teams& teams_;
};

}  // namespace

std::unique_ptr<gen::TeamApi> make_api(Teams& teams) {
  return std::make_unique<Api>(teams);
}

}  // namespace luso::channels
