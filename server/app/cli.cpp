#include <CLI/CLI.hpp>
#include <iostream>
#include <iterator>
#include <map>

#include "app/app.h"
#include "app/internal/commands.h"
#include "base/config.h"
#include "base/log.h"

namespace luso::app {
namespace {

constexpr std::size_t kPasswordBytesMax = 4096;

struct Options {
  std::string config_file;
  std::map<std::string, std::string> overrides;  // Every option of Config, by its name.
  bool migrate_status = false, categories_only = false, config_template = false, password_stdin = false;
  UserCommand user;
};

// Reads standard input whole, less the line's end: a password has no place in a process list.
std::string read_password() {
  std::string text;
  for (auto at = std::istreambuf_iterator<char>(std::cin); at != std::istreambuf_iterator<char>(); ++at) {
    if (text.size() == kPasswordBytesMax) break;
    text += *at;
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

void declare_settings(CLI::App& cli, Options& options) {
  cli.add_option("--config", options.config_file, "Settings file (lusotown.toml here, when there is one)");
  for (const ConfigOption& option : config_options()) {
    std::string flag = "--" + std::string(option.name);
    std::replace(flag.begin(), flag.end(), '_', '-');
    cli.add_option_function<std::string>(
           flag,
           [&options, name = std::string(option.name)](const std::string& value) {
             options.overrides[name] = value;
           },
           std::string(option.description))
        ->group("Settings");
  }
}

void declare_user(CLI::App& cli, Options& options) {
  CLI::App* user = cli.add_subcommand("user", "Accounts");
  user->require_subcommand(1);
  CLI::App* create = user->add_subcommand("create", "Make a confirmed account, or leave it as it is");
  create->add_option("--username", options.user.username)->required();
  create->add_option("--email", options.user.email)->required();
  create->add_option("--display-name", options.user.display_name);
  create->add_option("--role", options.user.role)
      ->check(CLI::IsMember({"viewer", "creator", "moderator", "admin"}));
  create->add_option("--locale", options.user.locale)->check(CLI::IsMember({"pt-PT", "pt-BR", "en"}));
  create->add_option("--streams-per-day", options.user.streams_per_day, "Instead of the setting of that name")
      ->check(CLI::Range(1, 100'000));
  create->add_flag("--password-stdin", options.password_stdin, "Read the password from standard input")
      ->required();
  create->add_flag("--replace-password", options.user.replace_password,
                   "Also when the account is there already");
  user->add_subcommand("drop-two-factor",
                       "Let somebody in who has lost phone and recovery codes; ask who they are")
      ->add_option("username", options.user.username)
      ->required();
  CLI::App* role = user->add_subcommand("role", "Change what an account may do");
  role->add_option("username", options.user.username)->required();
  role->add_option("role", options.user.role)
      ->required()
      ->check(CLI::IsMember({"viewer", "creator", "moderator", "admin"}));
}

int dispatch(const CLI::App& cli, const LoadedConfig& loaded, Options& options) {
  const Config& config = loaded.config;
  if (cli.got_subcommand("serve")) return serve(loaded);
  if (cli.got_subcommand("migrate")) return migrate(config, options.migrate_status);
  if (cli.got_subcommand("seed")) return seed(config, options.categories_only);
  if (cli.got_subcommand("keys")) return rotate_keys(config);
  if (cli.got_subcommand("user")) {
    if (options.password_stdin) options.user.password = read_password();
    if (cli.get_subcommand("user")->got_subcommand("drop-two-factor"))
      return drop_two_factor(config, options.user.username);
    return options.password_stdin ? create_user(config, options.user) : set_role(config, options.user);
  }
  std::cout << (options.config_template ? render_config_template() : render_config(loaded));
  return 0;
}

}  // namespace

int run(int argc, char** argv) {
  CLI::App cli("LusoTown: live streaming in Portuguese");
  Options options;
  cli.set_version_flag("--version", LUSO_VERSION);
  cli.require_subcommand(1);
  cli.fallthrough();
  declare_settings(cli, options);
  cli.add_subcommand("serve", "Run the server until SIGTERM; SIGHUP reads the certificate again");
  cli.add_subcommand("migrate", "Bring the database to this version")
      ->add_flag("--status", options.migrate_status, "Only say where it stands");
  cli.add_subcommand("seed", "Categories, emotes and a little town to look at")
      ->add_flag("--categories-only", options.categories_only, "What production needs");
  cli.add_subcommand("config", "Print each setting and where it came from")
      ->add_flag("--template", options.config_template, "Print a lusotown.toml with the defaults");
  CLI::App* keys = cli.add_subcommand("keys", "The ring that signs stream tokens");
  keys->require_subcommand(1);
  keys->add_subcommand("rotate", "Sign with a new key; the old ones verify until their tokens expire");
  declare_user(cli, options);
  CLI11_PARSE(cli, argc, argv);

  auto sources = process_config_sources(
      options.config_file.empty() ? std::nullopt : std::optional(options.config_file), options.overrides);
  auto loaded = sources ? load_config(*sources) : tl::unexpected(sources.error());
  if (!loaded) {
    std::cerr << loaded.error().detail << '\n';
    return 1;
  }
  log::configure(loaded->config.log_settings());
  return dispatch(cli, *loaded, options);
}

}  // namespace luso::app
