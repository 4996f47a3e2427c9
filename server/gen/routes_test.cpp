#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "gen/channels.h"
#include "gen/reasons.h"

namespace luso::gen {
namespace {

// Remembers what it was asked.
class Channels final : public ChannelsApi {
 public:
  Task<Result<Channel>> get_channel(io::Call, std::string username) override {
    asked = username;
    co_return fail(reasons::kChannelsNotFound);
  }

  Task<Result<FollowState>> follow_channel(io::Call, std::string username) override {
    asked = username;
    co_return FollowState{.is_following = true, .followers_count = 7};
  }

  Task<Result<FollowState>> unfollow_channel(io::Call, std::string) override { co_return FollowState{}; }

  Task<Result<Channel>> update_channel(io::Call, UpdateChannelQuery, UpdateChannelRequest body) override {
    asked = body.display_name.value_or("nothing");
    co_return fail(reasons::kChannelsNotFound);
  }

  Task<Result<ChannelList>> list_following(io::Call, ListFollowingQuery query) override {
    asked = std::to_string(query.limit) + " after " + query.cursor.value_or("the beginning");
    co_return ChannelList{.items = {}, .next_cursor = "next"};
  }

  Task<Result<CategoryList>> list_categories(io::Call) override { co_return CategoryList{.items = {}}; }

  std::string asked;
};

class Routes : public ::testing::Test {
 protected:
  const io::Route& route(std::string_view id) {
    for (const io::Route& route : routes_) {
      if (route.operation_id == id) return route;
    }
    ADD_FAILURE() << "no route " << id;
    return routes_.front();
  }

  Result<std::string> call(std::string_view id, std::vector<std::string> path_values, std::string query = {},
                           std::string body = {}) {
    io::HttpRequest request;
    request.query = std::move(query);
    request.body = std::move(body);
    auto state = std::make_shared<io::Call::State>();
    state->request = &request;
    state->path_values = std::move(path_values);
    boost::asio::io_context context;
    auto future = boost::asio::co_spawn(context, route(id).handle(io::Call(state)), boost::asio::use_future);
    context.run();
    return future.get();
  }

  Channels api_;
  std::vector<io::Route> routes_ = routes_of(api_);
};

TEST_F(Routes, CarryWhatTheContractSaysAboutThem) {
  const io::Route& update = route("update_channel");
  EXPECT_EQ(update.method, "PATCH");
  EXPECT_EQ(update.pattern, "/api/v1/channel");
  EXPECT_EQ(update.auth, io::Auth::user);
  EXPECT_EQ(update.scope, "channel:write");
  EXPECT_EQ(update.rate_class, "write");
  EXPECT_EQ(update.success_status, 200);
  EXPECT_EQ(routes_.size(), 6);
}

TEST_F(Routes, HandPathValuesOnAndEncodeTheAnswer) {
  EXPECT_EQ(call("follow_channel", {"fado_ao_vivo"}), R"({"is_following":true,"followers_count":7})");
  EXPECT_EQ(api_.asked, "fado_ao_vivo");
}

TEST_F(Routes, GiveQueryParametersTheirDefaultsAndLimits) {
  EXPECT_EQ(call("list_following", {}), R"({"items":[],"next_cursor":"next"})");
  EXPECT_EQ(api_.asked, "50 after the beginning");
  EXPECT_TRUE(call("list_following", {}, "limit=7&cursor=a%20b"));
  EXPECT_EQ(api_.asked, "7 after a b");
  for (const char* bad : {"limit=0", "limit=101", "limit=seven", "limit=", "limit=7.0"}) {
    EXPECT_EQ(call("list_following", {}, bad).error().field, "limit") << bad;
  }
  EXPECT_EQ(call("list_following", {}, "cursor=%FF").error().detail, "cursor: not UTF-8");
}

TEST_F(Routes, RefuseABodyBeforeTheHandlerSeesIt) {
  EXPECT_EQ(call("update_channel", {}, {}, "{").error().reason, "api.bad_json");
  EXPECT_EQ(call("update_channel", {}, {}, R"({"display_name":""})").error().field, "display_name");
  EXPECT_EQ(api_.asked, "");
  EXPECT_EQ(call("update_channel", {}, {}, R"({"display_name":"Rádio"})").error().reason,
            "channels.not_found");
  EXPECT_EQ(api_.asked, "Rádio");
}

}  // namespace
}  // namespace luso::gen
