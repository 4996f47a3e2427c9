#include "channels/team.h"

#include "base/log.h"
#include "base/text.h"
#include "channels/rules.h"
#include "gen/reasons.h"
#include "identity/rules.h"

namespace luso::channels {
namespace reasons = gen::reasons;
using identity::LetterKind;
using io::PgSessionPtr;

// One thing that somebody did to one team, as the audit log remembers it.
struct Teams::Fact {
  std::string_view action;
  UserId actor;
  std::string channel;
  TeamRole role{};
};

namespace {

// Under the lock: two changes of one team come one after the other.
Task<Result<TeamStore::ChannelRow>> lock_channel(PgSessionPtr transaction, std::string channel) {
  CO_TRY(std::optional<TeamStore::ChannelRow> row, co_await TeamStore::lock(transaction, std::move(channel)));
  if (!row) co_return gen::fail(reasons::kChannelsNotFound);
  co_return *std::move(row);
}

Task<Result<TeamMember>> get_member(PgSessionPtr transaction, ChannelId channel, std::string username,
                                    gen::Reason missing) {
  CO_TRY(std::optional<TeamMember> member,
         co_await TeamStore::find(transaction, channel, std::move(username)));
  if (!member) co_return gen::fail(missing);
  co_return *std::move(member);
}

Task<Result<identity::User>> get_user(PgSessionPtr transaction, UserId id) {
  CO_TRY(std::optional<identity::User> user, co_await identity::store::find_user(transaction, id));
  if (!user) co_return gen::fail(reasons::kIdentityNotFound);
  co_return *std::move(user);
}

}  // namespace

Task<Result<Team>> Teams::get(UserId caller, std::string channel) {
  CO_TRY(const UserId owner, co_await access_.owner_for(caller, std::move(channel), Action::view_studio));
  CO_TRY(const std::optional<TeamRole> role, co_await access_.role_of(caller, owner));
  CO_TRY(std::vector<TeamMember> members, co_await store_.list(owner));
  if (!can(role, Action::manage_team))
    std::erase_if(members, [](const auto& one) { return !one.accepted_at; });
  co_return Team{.my_role = role.value_or(TeamRole::moderator), .members = std::move(members)};
}

Task<Result<TeamMember>> Teams::invite(UserId caller, std::string channel, std::string username,
                                       TeamRole role) {
  CO_TRY_VOID(co_await access_.owner_for(caller, channel, Action::manage_team));
  const Fact fact{.action = "channels.member_invited", .actor = caller, .channel = channel, .role = role};
  auto body = [this, fact, name = ascii_lower(trim(username))](PgSessionPtr transaction) {
    return invite_in(std::move(transaction), fact, name);
  };
  CO_TRY(TeamMember member, co_await pg_.transaction<TeamMember>(std::move(body)));
  letters_.wake();
  log::info(fact.action, {{"channel", channel}, {"user_id", member.person.id.value}});
  co_return member;
}

Task<Result<TeamMember>> Teams::invite_in(PgSessionPtr transaction, Fact fact, std::string username) {
  CO_TRY(const TeamStore::ChannelRow channel, co_await lock_channel(transaction, fact.channel));
  // By name alone: an e-mail address that answers would tell whose it is.
  if (username.find('@') != std::string::npos) co_return gen::fail(reasons::kChannelsNotFound);
  CO_TRY(std::optional<identity::User> invited,
         co_await identity::store::find_user_by_login(transaction, std::move(username)));
  if (!invited || invited->is_banned) co_return gen::fail(reasons::kChannelsNotFound);
  CO_TRY(const std::optional<TeamMember> there,
         co_await TeamStore::find(transaction, channel.id, invited->username));
  if (there) co_return gen::fail(reasons::kChannelsAlreadyMember);
  CO_TRY_VOID(rules::may_invite(channel.owner.id, invited->id, channel.members_count));
  const TeamStore::NewMember member{.channel = channel.id,
                                    .user = invited->id,
                                    .role = fact.role,
                                    .invited_by = fact.actor,
                                    .at = clock_.now()};
  CO_TRY_VOID(co_await TeamStore::insert(transaction, member));
  CO_TRY_VOID(co_await note(transaction, fact, invited->id));
  const TeamPerson person{.id = invited->id,
                          .username = invited->username,
                          .display_name = invited->display_name,
                          .avatar_url = invited->avatar_url};
  CO_TRY_VOID(
      co_await tell(transaction, LetterKind::team_invited, *std::move(invited), channel.owner.display_name));
  co_return TeamMember{
      .person = person, .role = fact.role, .created_at = member.at, .accepted_at = std::nullopt};
}

Task<Result<TeamMember>> Teams::change(UserId caller, std::string channel, std::string member,
                                       TeamRole role) {
  CO_TRY_VOID(co_await access_.owner_for(caller, channel, Action::manage_team));
  const Fact fact{
      .action = "channels.member_role_changed", .actor = caller, .channel = channel, .role = role};
  auto body = [this, fact, member](PgSessionPtr transaction) -> Task<Result<TeamMember>> {
    CO_TRY(const TeamStore::ChannelRow row, co_await lock_channel(transaction, fact.channel));
    CO_TRY(TeamMember found,
           co_await get_member(transaction, row.id, member, reasons::kChannelsNoSuchMember));
    if (found.role == fact.role) co_return found;
    CO_TRY_VOID(co_await TeamStore::set_role(transaction, row.id, found.person.id, fact.role));
    CO_TRY_VOID(co_await note(transaction, fact, found.person.id));
    found.role = fact.role;
    co_return found;
  };
  co_return co_await pg_.transaction<TeamMember>(std::move(body));
}

Task<Result<void>> Teams::remove(UserId caller, std::string channel, std::string member) {
  CO_TRY_VOID(co_await access_.owner_for(caller, channel, Action::manage_team));
  auto body = [this, caller, channel, member](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY(const TeamStore::ChannelRow row, co_await lock_channel(transaction, channel));
    CO_TRY(const TeamMember found,
           co_await get_member(transaction, row.id, member, reasons::kChannelsNoSuchMember));
    CO_TRY_VOID(co_await TeamStore::remove(transaction, row.id, found.person.id));
    const Fact fact{
        .action = "channels.member_removed", .actor = caller, .channel = channel, .role = found.role};
    co_return co_await note(transaction, fact, found.person.id);
  };
  co_return co_await pg_.transaction<void>(std::move(body));
}

Task<Result<std::vector<Membership>>> Teams::list_memberships(UserId caller) {
  return store_.list_memberships(caller);
}

Task<Result<Membership>> Teams::accept(UserId caller, std::string channel) {
  auto body = [this, caller, channel](PgSessionPtr transaction) -> Task<Result<Membership>> {
    CO_TRY(const TeamStore::ChannelRow row, co_await lock_channel(transaction, channel));
    CO_TRY(identity::User me, co_await get_user(transaction, caller));
    CO_TRY(TeamMember mine,
           co_await get_member(transaction, row.id, me.username, reasons::kChannelsNoInvitation));
    if (!mine.accepted_at) {
      mine.accepted_at = clock_.now();
      CO_TRY_VOID(co_await TeamStore::accept(transaction, row.id, caller, *mine.accepted_at));
      const Fact fact{
          .action = "channels.member_joined", .actor = caller, .channel = channel, .role = mine.role};
      CO_TRY_VOID(co_await note(transaction, fact, caller));
      CO_TRY(identity::User owner, co_await get_user(transaction, row.owner.id));
      CO_TRY_VOID(
          co_await tell(transaction, LetterKind::team_joined, std::move(owner), mine.person.display_name));
    }
    co_return Membership{.channel = row.owner,
                         .role = mine.role,
                         .created_at = mine.created_at,
                         .accepted_at = mine.accepted_at};
  };
  CO_TRY(Membership membership, co_await pg_.transaction<Membership>(std::move(body)));
  letters_.wake();
  co_return membership;
}

Task<Result<void>> Teams::leave(UserId caller, std::string channel) {
  auto body = [this, caller, channel](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY(const TeamStore::ChannelRow row, co_await lock_channel(transaction, channel));
    CO_TRY(const identity::User me, co_await get_user(transaction, caller));
    CO_TRY(const TeamMember mine,
           co_await get_member(transaction, row.id, me.username, reasons::kChannelsNoInvitation));
    CO_TRY_VOID(co_await TeamStore::remove(transaction, row.id, caller));
    const Fact fact{.action = mine.accepted_at ? "channels.member_left" : "channels.member_declined",
                    .actor = caller,
                    .channel = channel,
                    .role = mine.role};
    co_return co_await note(transaction, fact, caller);
  };
  co_return co_await pg_.transaction<void>(std::move(body));
}

Task<Result<void>> Teams::note(PgSessionPtr transaction, Fact fact, UserId subject) {
  identity::store::AuditEntry entry{.at = clock_.now(),
                                    .action = std::string(fact.action),
                                    .actor = fact.actor,
                                    .subject = subject,
                                    .detail = std::string(gen::to_text(fact.role)) + " of @" + fact.channel};
  co_return co_await identity::store::audit(transaction, std::move(entry));
}

// Nobody's mailbox is a target: what is over its measure waits in the studio instead.
Task<Result<void>> Teams::tell(PgSessionPtr transaction, LetterKind kind, identity::User reader,
                               std::string about) {
  if (!limits_.take(identity::kMailTo, identity::rules::email_key(reader.email))) co_return Result<void>();
  identity::Letter letter{.kind = kind,
                          .to = reader.email,
                          .name = reader.display_name,
                          .locale = reader.locale,
                          .token = {},
                          .about = std::move(about)};
  co_return co_await letters_.post(transaction, std::move(letter));
}

}  // namespace luso::channels
