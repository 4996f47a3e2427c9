#include "channels/api.h"

#include <utility>

namespace luso::channels {
namespace {

UserId caller_of(const io::Call& call) {
  return call.principal() ? call.principal()->user_id : UserId{};
}

gen::Channel to_dto(Channel channel, UserId reader) {
  gen::Channel dto;
  dto.id = channel.id.value;
  dto.username = std::move(channel.username);
  dto.display_name = std::move(channel.display_name);
  dto.avatar_url = std::move(channel.avatar_url);
  dto.banner_url = std::move(channel.banner_url);
  dto.description = std::move(channel.description);
  dto.language = gen::parse<gen::ContentLanguage>(channel.language).value_or(gen::ContentLanguage::other);
  if (channel.region) dto.region = gen::parse<gen::Region>(*channel.region);
  dto.default_title = std::move(channel.default_title);
  dto.default_category = std::move(channel.default_category);
  dto.followers_count = channel.followers_count;
  dto.is_live = channel.live_stream_id.has_value();
  if (channel.live_stream_id) dto.live_stream_id = channel.live_stream_id->value;
  dto.is_following = channel.is_following;
  dto.is_owner = channel.user_id == reader;
  dto.created_at = channel.created_at;
  return dto;
}

gen::FollowState to_dto(FollowState state) {
  return {.is_following = state.is_following, .followers_count = state.followers_count};
}

gen::Category to_dto(Category category) {
  return {.slug = std::move(category.slug),
          .name_pt = std::move(category.name_pt),
          .name_pt_br = std::move(category.name_pt_br),
          .name_en = std::move(category.name_en),
          .description_pt = std::move(category.description_pt),
          .description_en = std::move(category.description_en),
          .tags = std::move(category.tags),
          .portuguese_focused = category.portuguese_focused,
          .live_count = category.live_count,
          .viewer_count = category.viewer_count};
}

ChannelChange from_dto(gen::UpdateChannelRequest body) {
  std::optional<std::string> language;
  if (body.language) language = gen::to_text(*body.language);
  std::optional<std::string> region;
  if (body.region) region = gen::to_text(*body.region);
  return {.display_name = std::move(body.display_name),
          .description = std::move(body.description),
          .language = std::move(language),
          .region = std::move(region),
          .default_title = std::move(body.default_title),
          .default_category = std::move(body.default_category),
          .streams_per_day = std::nullopt};
}

class Api final : public gen::ChannelsApi {
 public:
  explicit Api(Channels& channels) : channels_(channels) {}

  Task<Result<gen::Channel>> get_channel(io::Call call, std::string username) override {
    CO_TRY(Channel channel, co_await channels_.get(std::move(username), caller_of(call)));
    co_return to_dto(std::move(channel), caller_of(call));
  }

  Task<Result<gen::FollowState>> follow_channel(io::Call call, std::string username) override {
    CO_TRY(const FollowState state, co_await channels_.follow(caller_of(call), std::move(username)));
    co_return to_dto(state);
  }

  Task<Result<gen::FollowState>> unfollow_channel(io::Call call, std::string username) override {
    CO_TRY(const FollowState state, co_await channels_.unfollow(caller_of(call), std::move(username)));
    co_return to_dto(state);
  }

  Task<Result<gen::Channel>> update_channel(io::Call call, gen::UpdateChannelQuery query,
                                            gen::UpdateChannelRequest body) override {
    CO_TRY(Channel channel,
           co_await channels_.update(caller_of(call), std::move(query.channel), from_dto(std::move(body))));
    co_return to_dto(std::move(channel), caller_of(call));
  }

  Task<Result<gen::ChannelList>> list_following(io::Call call, gen::ListFollowingQuery query) override {
    CO_TRY(ChannelPage page,
           co_await channels_.list_following(caller_of(call), query.limit, std::move(query.cursor)));
    gen::ChannelList list{.items = {}, .next_cursor = std::move(page.next_cursor)};
    for (Channel& channel : page.items) list.items.push_back(to_dto(std::move(channel), caller_of(call)));
    co_return list;
  }

  Task<Result<gen::CategoryList>> list_categories(io::Call) override {
    CO_TRY(std::vector<Category> categories, co_await channels_.list_categories());
    gen::CategoryList list;
    for (Category& category : categories) list.items.push_back(to_dto(std::move(category)));
    co_return list;
  }

 private:
  Channels& channels_;
};

}  // namespace

std::unique_ptr<gen::ChannelsApi> make_api(Channels& channels) {
  return std::make_unique<Api>(channels);
}

}  // namespace luso::channels
