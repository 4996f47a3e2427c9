#include "channels/team_store.h"

#include "base/check.h"
#include "channels/rules.h"

namespace luso::channels {
namespace {

using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::PgSessionPtr;
using io::Statement;

const Statement kList{"channels.list_team", R"sql(
  SELECT u.id, u.username, u.display_name, u.avatar_url, 'owner' AS role, c.created_at, c.created_at AS accepted_at, 0 AS place
  FROM channels c JOIN users u ON u.id = c.user_id WHERE c.user_id = $1
  UNION ALL
  SELECT u.id, u.username, u.display_name, u.avatar_url, m.role, m.created_at, m.accepted_at, 1
  FROM channels c JOIN channel_members m ON m.channel_id = c.id JOIN users u ON u.id = m.user_id WHERE c.user_id = $1
  ORDER BY place, created_at, id)sql"};

const Statement kListMemberships{"channels.list_memberships", R"sql(
  SELECT u.id, u.username, c.display_name, u.avatar_url, m.role, m.created_at, m.accepted_at
  FROM channel_members m JOIN channels c ON c.id = m.channel_id JOIN users u ON u.id = c.user_id
  WHERE m.user_id = $1
  ORDER BY m.accepted_at IS NULL DESC, m.created_at DESC, u.id
  LIMIT $2)sql"};

const Statement kLock{"channels.lock_team", R"sql(
  SELECT c.id AS channel_id, u.id, u.username, c.display_name, u.avatar_url,
         (SELECT count(*) FROM channel_members m WHERE m.channel_id = c.id) AS members_count
  FROM channels c JOIN users u ON u.id = c.user_id WHERE u.username = $1
  FOR UPDATE OF c)sql"};

const Statement kFind{"channels.find_member", R"sql(
  SELECT u.id, u.username, u.display_name, u.avatar_url, m.role, m.created_at, m.accepted_at
  FROM channel_members m JOIN users u ON u.id = m.user_id
  WHERE m.channel_id = $1 AND u.username = $2)sql"};

const Statement kInsert{"channels.insert_member", R"sql(
  INSERT INTO channel_members (channel_id, user_id, role, invited_by, created_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (channel_id, user_id) DO NOTHING)sql"};

const Statement kSetRole{"channels.set_member_role", R"sql(
  UPDATE channel_members SET role = $3 WHERE channel_id = $1 AND user_id = $2)sql"};

const Statement kAccept{"channels.accept_membership", R"sql(
  UPDATE channel_members SET accepted_at = $3 WHERE channel_id = $1 AND user_id = $2)sql"};

const Statement kRemove{"channels.remove_member", R"sql(
  DELETE FROM channel_members WHERE channel_id = $1 AND user_id = $2)sql"};

TeamPerson person_of(const PgRow& row) {
  return {.id = row.id<UserId>("id"),
          .username = row.text("username"),
          .display_name = row.text("display_name"),
          .avatar_url = row.optional_text("avatar_url")};
}

TeamRole role_of(const PgRow& row) {
  const std::optional<TeamRole> role = gen::parse<TeamRole>(row.text("role"));
  LUSO_CHECK(role.has_value());
  return *role;
}

TeamMember member_of(const PgRow& row) {
  return {.person = person_of(row),
          .role = role_of(row),
          .created_at = row.time("created_at"),
          .accepted_at = row.optional_time("accepted_at")};
}

}  // namespace

Task<Result<std::vector<TeamMember>>> TeamStore::list(UserId owner) {
  PgParams params{owner};
  CO_TRY(const PgResult rows, co_await pg_.query(kList, std::move(params)));
  std::vector<TeamMember> members;
  for (std::size_t i = 0; i < rows.size(); ++i) members.push_back(member_of(rows.row(i)));
  co_return members;
}

Task<Result<std::vector<Membership>>> TeamStore::list_memberships(UserId member) {
  PgParams params{member, rules::kMembershipsShownMax};
  CO_TRY(const PgResult rows, co_await pg_.query(kListMemberships, std::move(params)));
  std::vector<Membership> memberships;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const PgRow row = rows.row(i);
    memberships.push_back({.channel = person_of(row),
                           .role = role_of(row),
                           .created_at = row.time("created_at"),
                           .accepted_at = row.optional_time("accepted_at")});
  }
  co_return memberships;
}

Task<Result<std::optional<TeamStore::ChannelRow>>> TeamStore::lock(PgSessionPtr session,
                                                                   std::string channel) {
  PgParams params{std::move(channel)};
  CO_TRY(const PgResult rows, co_await session->query(kLock, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  const PgRow row = rows.front();
  co_return ChannelRow{.id = row.id<ChannelId>("channel_id"),
                       .owner = person_of(row),
                       .members_count = row.integer("members_count")};
}

Task<Result<std::optional<TeamMember>>> TeamStore::find(PgSessionPtr session, ChannelId channel,
                                                        std::string member) {
  PgParams params{channel, std::move(member)};
  CO_TRY(const PgResult rows, co_await session->query(kFind, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  co_return member_of(rows.front());
}

Task<Result<bool>> TeamStore::insert(PgSessionPtr session, NewMember member) {
  PgParams params{member.channel, member.user, std::string(gen::to_text(member.role)), member.invited_by,
                  member.at};
  CO_TRY(const PgResult rows, co_await session->query(kInsert, std::move(params)));
  co_return rows.affected() > 0;
}

Task<Result<void>> TeamStore::set_role(PgSessionPtr session, ChannelId channel, UserId member,
                                       TeamRole role) {
  PgParams params{channel, member, std::string(gen::to_text(role))};
  CO_TRY_VOID(co_await session->query(kSetRole, std::move(params)));
  co_return Result<void>{};
}

Task<Result<void>> TeamStore::accept(PgSessionPtr session, ChannelId channel, UserId member, WallTime at) {
  PgParams params{channel, member, at};
  CO_TRY_VOID(co_await session->query(kAccept, std::move(params)));
  co_return Result<void>{};
}

Task<Result<void>> TeamStore::remove(PgSessionPtr session, ChannelId channel, UserId member) {
  PgParams params{channel, member};
  CO_TRY_VOID(co_await session->query(kRemove, std::move(params)));
  co_return Result<void>{};
}

}  // namespace luso::channels
