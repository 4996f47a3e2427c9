#include "app/internal/seed.h"

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace luso::app {
namespace {

namespace json = boost::json;

constexpr std::size_t kPasswordBytes = 24;  // Nobody is told it: these people do not sign in.

std::string text_of(const json::object& object, std::string_view field) {
  return std::string(std::string_view(object.at(field).as_string()));
}

Task<Result<void>> settle(Town& town, json::object person) {
  identity::NewAccount account;
  account.username = text_of(person, "username");
  // Whoever lives here already costs no password hash: a second start is a matter of milliseconds.
  if (co_await town.channels.get(account.username, UserId())) co_return Result<void>{};
  account.email = account.username + "@lusotown.example";
  account.password = Secret(town.random.token(kPasswordBytes));
  account.display_name = text_of(person, "display_name");
  account.locale = gen::parse<gen::Locale>(text_of(person, "language")).value_or(gen::Locale::pt_pt);
  auto created = co_await town.identity.accounts().create(std::move(account), io::Role::creator,
                                                          identity::Accounts::IfThere::refuse);
  if (!created && created.error().kind == ErrorKind::conflict) co_return Result<void>{};
  CO_TRY(const identity::User user, std::move(created));
  channels::ChannelChange change;
  change.description = text_of(person, "description");
  change.language = text_of(person, "language");
  change.region = text_of(person, "region");
  change.default_title = text_of(person, "default_title");
  change.default_category = text_of(person, "default_category");
  CO_TRY([[maybe_unused]] const channels::Channel channel,
         co_await town.channels.update(user.id, std::nullopt, std::move(change)));
  for (const json::value& followed : person.at("follows").as_array()) {
    const std::string username(std::string_view(followed.as_string()));
    CO_TRY([[maybe_unused]] const auto state, co_await town.channels.follow(user.id, username));
  }
  co_return Result<void>{};
}

}  // namespace

Task<Result<void>> load_catalogues(Town& town) {
  CO_TRY_VOID(co_await town.channels.load_categories());
  CO_TRY_VOID(co_await town.emotes.load());
  co_return Result<void>{};
}

Task<Result<void>> seed_town(Town& town) {
  CO_TRY_VOID(co_await load_catalogues(town));
  const json::value people = json::parse(kTownJson);
  for (const json::value& person : people.as_array()) {
    CO_TRY_VOID(co_await settle(town, person.as_object()));
  }
  co_return Result<void>{};
}

}  // namespace luso::app
