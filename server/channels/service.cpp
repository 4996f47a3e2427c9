#include "channels/service.h"

#include "channels/internal/seed_data.h"
#include "channels/rules.h"
#include "gen/reasons.h"

namespace luso::channels {
namespace reasons = gen::reasons;

namespace {

using Position = std::optional<Store::FollowingKeys>;

Result<Position> position_of(const std::optional<std::string>& cursor) {
  if (!cursor) return Position{};
  const auto keys = decode_cursor<3>(*cursor);
  if (!keys) return gen::fail(reasons::kApiInvalid, "cursor");
  return Store::FollowingKeys{.is_live = (*keys)[0] != 0,
                              .followed_at = WallTime(std::chrono::microseconds((*keys)[1])),
                              .id = ChannelId{(*keys)[2]}};
}

std::string cursor_after(const Store::FollowingKeys& keys) {
  return encode_cursor<3>({keys.is_live ? 1 : 0, keys.followed_at.time_since_epoch().count(), keys.id.value});
}

}  // namespace

Task<Result<Channel>> Channels::get(std::string username, UserId viewer) {
  CO_TRY(std::optional<Channel> channel, co_await store_.find(std::move(username), viewer));
  if (!channel) co_return gen::fail(reasons::kChannelsNotFound);
  co_return *std::move(channel);
}

Task<Result<Channel>> Channels::get_of_user(UserId owner) {
  CO_TRY(std::optional<Channel> channel, co_await store_.find_of_user(owner));
  if (!channel) co_return gen::fail(reasons::kChannelsNotFound);
  co_return *std::move(channel);
}

Task<Result<FollowState>> Channels::follow(UserId follower, std::string username) {
  CO_TRY(const Channel channel, co_await get(std::move(username), follower));
  CO_TRY_VOID(rules::may_follow(follower, channel.user_id));
  co_return co_await store_.follow(follower, channel.id, clock_.now());
}

Task<Result<FollowState>> Channels::unfollow(UserId follower, std::string username) {
  CO_TRY(const Channel channel, co_await get(std::move(username), follower));
  co_return co_await store_.unfollow(follower, channel.id);
}

Task<Result<Channel>> Channels::update(UserId caller, std::optional<std::string> channel,
                                       ChannelChange change) {
  CO_TRY(const UserId owner, co_await access_.owner_for(caller, std::move(channel), Action::edit_channel));
  CO_TRY(ChannelChange cleaned, rules::clean(std::move(change)));
  Result<void> updated = co_await store_.update(owner, std::move(cleaned));
  if (!updated && updated.error().field == "channels_default_category_fkey") {
    co_return gen::fail(reasons::kLiveUnknownCategory);
  }
  CO_TRY_VOID(std::move(updated));
  CO_TRY_VOID(co_await access_.note(clock_.now(), caller, owner, "channels.edited"));
  co_return co_await get_of_user(owner);
}

Task<Result<ChannelPage>> Channels::list_following(UserId follower, int limit,
                                                   std::optional<std::string> cursor) {
  CO_TRY(const Position after, position_of(cursor));
  // One more than asked for tells whether there is a next page.
  CO_TRY(std::vector<Store::Followed> list, co_await store_.list_following(follower, after, limit + 1));
  ChannelPage page;
  for (Store::Followed& followed : list) {
    if (page.items.size() == static_cast<std::size_t>(limit)) {
      page.next_cursor = cursor_after(list[static_cast<std::size_t>(limit) - 1].keys);
      break;
    }
    page.items.push_back(std::move(followed.channel));
  }
  co_return page;
}

Task<Result<std::vector<Category>>> Channels::list_categories() {
  return store_.list_categories();
}

Task<Result<void>> Channels::load_categories() {
  return store_.load_categories(std::string(internal::kCategoriesJson));
}

Task<Result<void>> Channels::open(io::PgSessionPtr session, NewChannel channel) {
  const std::string name = channel.display_name.empty() ? channel.username : channel.display_name;
  rules::Defaults defaults = rules::defaults_for(channel.locale, name);
  Store::ChannelRow row{.user_id = channel.user_id,
                        .display_name = name,
                        .language = std::move(defaults.language),
                        .default_title = std::move(defaults.title)};
  return Store::insert(std::move(session), std::move(row));
}

}  // namespace luso::channels
