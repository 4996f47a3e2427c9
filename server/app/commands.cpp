#include "app/internal/commands.h"

#include <iostream>

#include "app/internal/run.h"
#include "app/internal/seed.h"
#include "app/internal/town.h"
#include "io/migrate.h"

namespace luso::app {
namespace {

Task<Result<void>> migrate_town(Town& town) {
  CO_TRY(const int applied, co_await io::migrate(town.pg, io::embedded_migrations()));
  CO_TRY_VOID(co_await load_catalogues(town));
  std::cout << (applied == 0 ? "The database is up to date.\n"
                             : std::to_string(applied) + " migrations applied.\n");
  co_return Result<void>{};
}

Task<Result<void>> show_migrations(Town& town) {
  CO_TRY(const auto steps, co_await io::migration_status(town.pg, io::embedded_migrations()));
  std::cout << io::render_migration_status(steps);
  co_return Result<void>{};
}

Task<Result<void>> create(Town& town, UserCommand command) {
  identity::NewAccount account;
  account.username = command.username;
  account.email = command.email;
  account.password = Secret(command.password);
  account.display_name = command.display_name;
  account.locale = gen::parse<gen::Locale>(command.locale).value_or(gen::Locale::pt_pt);
  using IfThere = identity::Accounts::IfThere;
  const auto if_there = command.replace_password ? IfThere::replace_password : IfThere::refuse;
  const auto role = identity::from_contract(gen::parse<gen::Role>(command.role).value_or(gen::Role::viewer));
  CO_TRY(const identity::User user,
         co_await town.identity.accounts().create(std::move(account), role, if_there));
  if (command.streams_per_day > 0) {
    channels::ChannelChange change;
    change.streams_per_day = command.streams_per_day;
    CO_TRY([[maybe_unused]] const auto channel,
           co_await town.channels.update(user.id, std::nullopt, std::move(change)));
  }
  std::cout << "user " << user.id.value << " " << user.username << '\n';
  co_return Result<void>{};
}

Task<Result<void>> change_role(Town& town, UserCommand command) {
  const auto role = identity::from_contract(gen::parse<gen::Role>(command.role).value_or(gen::Role::viewer));
  co_return co_await town.identity.accounts().set_role({}, command.username, role);
}

}  // namespace

int migrate(const Config& config, bool status_only) {
  return in_town(config,
                 [&](Town& town) { return status_only ? show_migrations(town) : migrate_town(town); });
}

int seed(const Config& config, bool categories_only) {
  return in_town(config, [&](Town& town) -> Task<Result<void>> {
    if (categories_only) return load_catalogues(town);
    return seed_town(town);
  });
}

int create_user(const Config& config, UserCommand command) {
  return in_town(config, [&](Town& town) { return create(town, command); });
}

int set_role(const Config& config, UserCommand command) {
  return in_town(config, [&](Town& town) { return change_role(town, command); });
}

int drop_two_factor(const Config& config, const std::string& username) {
  return in_town(config, [&](Town& town) { return town.identity.two_factor().drop({}, username); });
}

int rotate_keys(const Config& config) {
  const SystemClock clock;
  SystemRandom random;
  const auto settings = live_settings_of(config);
  auto ring = live::Keyring::open(settings.keyring_file, clock.now(), random);
  if (!ring) return complain(ring.error());
  const Duration longest = std::max(settings.stream_token_ttl, settings.channel_token_ttl);
  const auto rotated = (*ring)->rotate(clock.now(), longest, random);
  if (!rotated) return complain(rotated.error());
  std::cout << "A new key signs from now on; " << (*ring)->size()
            << " are in the ring. A running server takes it over on SIGHUP.\n";
  return 0;
}

}  // namespace luso::app
