#include "channels/access.h"

#include "identity/store.h"

namespace luso::channels {
namespace reasons = gen::reasons;

namespace {

using io::PgParams;
using io::PgResult;
using io::Statement;

const Statement kFindRole{"channels.find_role", R"sql(
  SELECT m.role FROM channels c JOIN channel_members m ON m.channel_id = c.id
  WHERE c.user_id = $1 AND m.user_id = $2 AND m.accepted_at IS NOT NULL)sql"};

const Statement kFindOwner{"channels.find_owner", R"sql(
  SELECT c.user_id FROM users u JOIN channels c ON c.user_id = u.id WHERE u.username = $1 AND u.erase_after IS NULL)sql"};

}  // namespace

Task<Result<std::optional<TeamRole>>> Access::role_of(UserId caller, UserId owner) {
  if (caller == owner) co_return TeamRole::owner;
  PgParams params{owner, caller};
  CO_TRY(const PgResult rows, co_await pg_.query(kFindRole, std::move(params)));
  if (rows.empty()) co_return std::nullopt;
  co_return gen::parse<TeamRole>(rows.front().text("role"));
}

Task<Result<void>> Access::require(UserId caller, UserId owner, Action action, gen::Reason outsider) {
  CO_TRY(const std::optional<TeamRole> role, co_await role_of(caller, owner));
  if (can(role, action)) co_return Result<void>{};
  co_return gen::fail(role ? reasons::kChannelsRoleForbidden : outsider);
}

Task<Result<void>> Access::note(WallTime at, UserId caller, UserId owner, std::string action) {
  if (caller == owner) co_return Result<void>{};
  CO_TRY(const io::PgSessionPtr session, co_await pg_.acquire());
  identity::store::AuditEntry entry{
      .at = at, .action = std::move(action), .actor = caller, .subject = owner, .detail = {}};
  co_return co_await identity::store::audit(session, std::move(entry));
}

Task<Result<UserId>> Access::owner_for(UserId caller, std::optional<std::string> channel, Action action) {
  if (!channel) co_return caller;
  PgParams params{*channel};
  CO_TRY(const PgResult rows, co_await pg_.query(kFindOwner, std::move(params)));
  if (rows.empty()) co_return gen::fail(reasons::kChannelsNotFound);
  const auto owner = rows.front().id<UserId>("user_id");
  CO_TRY_VOID(co_await require(caller, owner, action, reasons::kChannelsNotOnTeam));
  co_return owner;
}

}  // namespace luso::channels
