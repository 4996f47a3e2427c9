#include "base/config.h"

#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <type_traits>
#include <unistd.h>

#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include "base/text.h"

namespace luso {
namespace {

constexpr std::string_view kPrefix = "LUSO_";
constexpr std::string_view kDefaultFile = "lusotown.toml";
constexpr std::string_view kKnownRoles[] = {"api", "media", "worker"};
constexpr std::string_view kKnownTransports[] = {"udp", "tcp"};

// LUSO_ variables that speak to somebody else: the command line, the web process, the test suite. The options
// named web_… are ours.
bool is_foreign_variable(std::string_view name) {
  return name == "LUSO_CONFIG" || name == "LUSO_API_URL" || name.starts_with("LUSO_TEST_");
}

enum class Secrecy : std::uint8_t { open, url_password, whole };

struct Range {
  std::uint64_t min = 0;
  std::uint64_t max = std::numeric_limits<std::uint64_t>::max();
};

// --- Words and values. `read` returns what the value should have been when it is not that.

using Wrong = std::optional<std::string>;

template <typename Enum>
struct Words;

template <>
struct Words<log::Level> {
  static constexpr std::array<std::string_view, 4> kAll{"debug", "info", "warn", "error"};
};

template <>
struct Words<log::Format> {
  static constexpr std::array<std::string_view, 2> kAll{"text", "json"};
};

template <>
struct Words<MailMode> {
  static constexpr std::array<std::string_view, 2> kAll{"files", "smtp"};
};

std::string listed(std::span<const std::string_view> words) {
  return join({words.begin(), words.end()}, ", ");
}

template <typename T>
Wrong read_number(std::string_view text, Range range, T& out) {
  const auto value = parse_integer<std::uint64_t>(text);
  const std::uint64_t max = std::min<std::uint64_t>(range.max, std::numeric_limits<T>::max());
  if (!value || *value < range.min || *value > max) {
    if (max == std::numeric_limits<std::uint64_t>::max())
      return "a whole number, at least " + std::to_string(range.min);
    return "a whole number from " + std::to_string(range.min) + " to " + std::to_string(max);
  }
  out = static_cast<T>(*value);
  return std::nullopt;
}

Wrong read(std::string_view text, Range, std::string& out) {
  if (!is_utf8(text) || has_control_characters(text)) return "one line of text";
  out = text;
  return std::nullopt;
}

Wrong read(std::string_view text, Range, std::vector<std::string>& out) {
  out.clear();
  if (trim(text).empty()) return std::nullopt;
  for (const std::string_view part : split(text, ',')) {
    if (trim(part).empty()) return "a list without empty places";
    out.emplace_back(trim(part));
  }
  return std::nullopt;
}

Wrong read(std::string_view text, Range, bool& out) {
  if (text != "true" && text != "false") return "true or false";
  out = text == "true";
  return std::nullopt;
}

template <typename Rep, typename Period>
Wrong read(std::string_view text, Range range, std::chrono::duration<Rep, Period>& out) {
  Rep count = 0;
  range.max = std::min<std::uint64_t>(range.max, std::numeric_limits<std::int32_t>::max());
  Wrong wrong = read_number(text, range, count);
  if (!wrong) out = std::chrono::duration<Rep, Period>(count);
  return wrong;
}

template <typename T>
Wrong read(std::string_view text, Range range, T& out) {
  if constexpr (std::is_enum_v<T>) {
    const auto& words = Words<T>::kAll;
    const auto found = std::ranges::find(words, text);
    if (found == words.end()) return "one of " + listed(words);
    out = static_cast<T>(found - words.begin());
    return std::nullopt;
  } else {
    return read_number(text, range, out);
  }
}

std::string print(const std::string& value) {
  return value;
}

std::string print(const std::vector<std::string>& value) {
  return join(value, ",");
}

std::string print(bool value) {
  return value ? "true" : "false";
}

template <typename Rep, typename Period>
std::string print(std::chrono::duration<Rep, Period> value) {
  return std::to_string(value.count());
}

template <typename T>
std::string print(T value) {
  if constexpr (std::is_enum_v<T>) {
    return std::string(Words<T>::kAll.at(static_cast<std::size_t>(value)));
  } else {
    return std::to_string(value);
  }
}

// --- The options.

struct Option {
  std::string_view name;
  std::string_view description;
  bool is_text;  // Needs quotes in TOML.
  bool is_list;
  Secrecy secrecy;
  Range range;
  Wrong (*read_into)(Config&, std::string_view, Range);
  std::string (*print_from)(const Config&);
};

struct Extra {
  Range range;
  Secrecy secrecy = Secrecy::open;
};

template <auto Member>
Option option(std::string_view name, std::string_view description, Extra extra = {}) {
  using T = std::remove_reference_t<decltype(std::declval<Config&>().*Member)>;
  return {.name = name,
          .description = description,
          .is_text = std::is_same_v<T, std::string> || std::is_enum_v<T>,
          .is_list = std::is_same_v<T, std::vector<std::string>>,
          .secrecy = extra.secrecy,
          .range = extra.range,
          .read_into = [](Config& config, std::string_view text,
                          Range range) { return read(text, range, config.*Member); },
          .print_from = [](const Config& config) { return print(config.*Member); }};
}

std::vector<Option> listener_options() {
  return {
      option<&Config::http_address>("http_address", "Address every listener binds"),
      option<&Config::http_port>("http_port", "Port of the front door: pages, API, HLS, sockets"),
      option<&Config::https_port>("https_port",
                                  "The same with TLS, once there is a certificate; 0 keeps it closed"),
      option<&Config::http_redirect_port>(
          "http_redirect_port", "Port that sends browsers on to an https public_url; 0 keeps it closed"),
      option<&Config::rtmp_port>("rtmp_port", "Port encoders publish to"),
      option<&Config::rtmps_port>("rtmps_port",
                                  "The same with TLS, once there is a certificate; 0 keeps it closed"),
      option<&Config::tls_certificate>("tls_certificate",
                                       "PEM file with the certificate chain; read again on SIGHUP"),
      option<&Config::tls_key>("tls_key", "PEM file with its private key"),
  };
}

std::vector<Option> webrtc_options() {
  return {
      option<&Config::webrtc_enabled>(
          "webrtc_enabled", "Whether people watch and publish by WebRTC; else by HLS and RTMP only"),
      option<&Config::webrtc_port>("webrtc_port",
                                   "UDP and TCP port of WebRTC; each further reactor takes the next one"),
      option<&Config::webrtc_addresses>("webrtc_addresses",
                                        "IP addresses browsers reach that port at; empty: those of "
                                        "public_address, else this machine's own"),
      option<&Config::webrtc_transports>("webrtc_transports", "What browsers are told to try: udp, tcp"),
      option<&Config::webrtc_joins_per_s>("webrtc_joins_per_s",
                                          "WebRTC joins a second; the rest watch by HLS; 0 is no limit",
                                          {.range = {.min = 0, .max = 100'000}}),
      option<&Config::webrtc_address_joins_per_s>("webrtc_address_joins_per_s",
                                                  "Of them from one address; 0 is no limit",
                                                  {.range = {.min = 0, .max = 100'000}}),
      option<&Config::opus_bitrate_kbps>("opus_bitrate_kbps",
                                         "Of sound that WebRTC viewers get, made from AAC",
                                         {.range = {.min = 16, .max = 510}}),
      option<&Config::reencodes_max>(
          "reencodes_max", "Pictures made again at a time for WebRTC, when they have B-frames; 0 is never",
          {.range = {.min = 0, .max = 1000}}),
      option<&Config::reencode_cpu_percent_max>("reencode_cpu_percent_max",
                                                "No new one while the machine is busier; 100 is never mind",
                                                {.range = {.min = 1, .max = 100}}),
      option<&Config::reencode_fps_max>("reencode_fps_max",
                                        "Pictures a second made again; of more some are left out",
                                        {.range = {.min = 1, .max = 240}}),
      option<&Config::reencode_height_max>("reencode_height_max",
                                           "Their height; larger pictures are made smaller",
                                           {.range = {.min = 144, .max = 4320}}),
      option<&Config::whip_keyframe_interval_ms>(
          "whip_keyframe_interval_ms",
          "How often browsers that publish are asked for a keyframe, which HLS segments begin with",
          {.range = {.min = 500, .max = 4000}}),
      option<&Config::stun_urls>("stun_urls", "STUN servers players are told of: stun:host:port"),
      option<&Config::turn_urls>("turn_urls",
                                 "TURN servers players are told of: turn:host:port?transport=udp"),
      option<&Config::turn_username>("turn_username", "User name for the TURN servers"),
      option<&Config::turn_credential>("turn_credential", "Its password; every player is given it",
                                       {.range = {}, .secrecy = Secrecy::whole}),
  };
}

std::vector<Option> town_options() {
  return {
      option<&Config::public_url>("public_url", "What people type to reach us; links in mail start with it"),
      option<&Config::public_address>("public_address", "Host that encoders are told to publish to"),
      option<&Config::public_origins>("public_origins",
                                      "Further origins whose pages may call the API with a cookie"),
      option<&Config::trusted_proxies>("trusted_proxies", "Networks whose X-Forwarded-* headers we believe"),
      option<&Config::database_url>("database_url", "PostgreSQL: postgresql://… or a libpq connection string",
                                    {.range = {}, .secrecy = Secrecy::url_password}),
      option<&Config::data_dir>("data_dir", "Folder for mail, recordings and signing keys"),
      option<&Config::web_upstream>("web_upstream", "The web process that renders pages"),
      option<&Config::web_static_dir>("web_static_dir", "Built files served under /_next/static"),
      option<&Config::roles>("roles", "What this process does: api, media, worker"),
      option<&Config::reactors>("reactors", "Event loops; 0 is one a core",
                                {.range = {.min = 0, .max = 256}}),
      option<&Config::shutdown_deadline_s>("shutdown_deadline_s", "Longest wait for open work when stopping",
                                           {.range = {.min = 0, .max = 3600}}),
      option<&Config::log_level>("log_level", "debug, info, warn or error"),
      option<&Config::log_format>("log_format", "text or json"),
      option<&Config::log_file>("log_file", "File instead of standard error"),
      option<&Config::grace_window_s>("grace_window_s",
                                      "How long a stream waits for its encoder to come back",
                                      {.range = {.min = 0, .max = 3600}}),
      option<&Config::dvr_window_s>("dvr_window_s", "How far back viewers of a live stream may go",
                                    {.range = {.min = 0, .max = 86'400}}),
      option<&Config::dvr_bytes_max>("dvr_bytes_max", "Disk all live windows may take together"),
      option<&Config::publishers_max>("publishers_max", "Encoders at a time; the next one is refused",
                                      {.range = {.min = 1, .max = 100'000}}),
      option<&Config::streams_per_day>("streams_per_day", "Streams a user may create in 24 hours",
                                       {.range = {.min = 1, .max = 1000}}),
      option<&Config::stream_token_ttl_s>("stream_token_ttl_s",
                                          "How long a stream's key works once it was shown",
                                          {.range = {.min = 1, .max = 31'536'000}}),
      option<&Config::channel_token_ttl_s>("channel_token_ttl_s", "How long a persistent channel key works",
                                           {.range = {.min = 1, .max = 315'360'000}}),
      option<&Config::registration_open>("registration_open", "Whether strangers may create accounts"),
      option<&Config::mail_mode>("mail_mode", "files writes letters below data_dir, smtp sends them"),
      option<&Config::smtp_url>("smtp_url", "smtp:// or smtps:// with user and password when needed",
                                {.range = {}, .secrecy = Secrecy::url_password}),
      option<&Config::mail_from>("mail_from", "Sender of our letters"),
  };
}

// In the order of the struct.
const std::vector<Option>& options() {
  static const std::vector<Option> kAll = [] {
    std::vector<Option> gathered;
    for (const std::vector<Option>& group : {listener_options(), webrtc_options(), town_options()})
      gathered.insert(gathered.end(), group.begin(), group.end());
    return gathered;
  }();
  return kAll;
}

const Option* find_option(std::string_view name) {
  for (const Option& option : options()) {
    if (option.name == name) return &option;
  }
  return nullptr;
}

constexpr std::string_view kMask = "********";

std::string masked(const Option& option, std::string value) {
  if (option.secrecy == Secrecy::open || value.empty()) return value;
  if (option.secrecy == Secrecy::whole) return std::string(kMask);
  const std::size_t scheme = value.find("://");
  if (scheme == std::string::npos || value.find("password") != std::string::npos) {
    return value.find("password") == std::string::npos ? value : std::string(kMask);
  }
  const std::size_t host_end = std::min(value.find('/', scheme + 3), value.size());
  const std::size_t at = value.rfind('@', host_end);
  const std::size_t colon = value.find(':', scheme + 3);
  if (at == std::string::npos || colon == std::string::npos || colon > at) return value;
  return value.replace(colon + 1, at - colon - 1, kMask);
}

// --- Putting the sources together.

class Loader {
 public:
  explicit Loader(const ConfigSources& sources) : sources_(sources) {}

  Result<LoadedConfig> load() {
    read_file();
    read_environment();
    read_command_line();
    check_whole();
    if (!problems_.empty()) return fail(ErrorKind::invalid, "config.invalid", join(problems_, "\n"));
    LoadedConfig loaded{.config = config_, .entries = {}};
    for (const Option& option : options()) {
      const auto origin = origins_.find(option.name);
      loaded.entries.push_back({.name = option.name,
                                .description = option.description,
                                .value = masked(option, option.print_from(config_)),
                                .origin = origin == origins_.end() ? "default" : origin->second});
    }
    return loaded;
  }

 private:
  void apply(const Option& option, std::string_view value, const std::string& origin) {
    if (const Wrong expected = option.read_into(config_, value, option.range)) {
      problems_.push_back(origin + ": " + std::string(option.name) + " must be " + *expected + ".");
    }
    origins_[option.name] = origin;
  }

  void read_file() {
    const toml::parse_result parsed = toml::parse(sources_.file_text);
    const auto place = [this](const toml::source_position& at) {
      return sources_.file_name + ":" + std::to_string(at.line);
    };
    if (!parsed) {
      problems_.push_back(place(parsed.error().source().begin) + ": " +
                          std::string(parsed.error().description()) + ".");
      return;
    }
    for (const auto& [key, node] : parsed.table()) {
      const std::string where = place(key.source().begin);
      const Option* option = find_option(key.str());
      if (option == nullptr) {
        problems_.push_back(where + ": there is no option named " + std::string(key.str()) + ".");
      } else if (const auto text = scalar_text(node)) {
        apply(*option, *text, where);
      } else {
        problems_.push_back(where + ": " + std::string(option->name) + " has a value of the wrong kind.");
      }
    }
  }

  static std::optional<std::string> scalar_text(const toml::node& node) {
    if (const auto* text = node.as_string()) return text->get();
    if (const auto* number = node.as_integer()) return std::to_string(number->get());
    if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
    const toml::array* array = node.as_array();
    if (array == nullptr) return std::nullopt;
    std::vector<std::string> parts;
    for (const toml::node& element : *array) {
      const auto* text = element.as_string();
      if (text == nullptr || text->get().find(',') != std::string::npos) return std::nullopt;
      parts.push_back(text->get());
    }
    return join(parts, ",");
  }

  void read_environment() {
    const auto database_url = sources_.environment.find("DATABASE_URL");
    if (database_url != sources_.environment.end()) {
      apply(*find_option("database_url"), database_url->second, "DATABASE_URL");
    }
    for (const auto& [name, value] : sources_.environment) {
      if (!name.starts_with(kPrefix) || is_foreign_variable(name)) continue;
      const Option* option = find_option(ascii_lower(std::string_view(name).substr(kPrefix.size())));
      if (option == nullptr) {
        problems_.push_back(name + ": there is no option of that name; `lusotown config` lists them.");
      } else {
        apply(*option, value, name);
      }
    }
  }

  void read_command_line() {
    for (const auto& [given, value] : sources_.command_line) {
      std::string name = given;
      std::ranges::replace(name, '-', '_');
      const Option* option = find_option(name);
      if (option == nullptr) {
        problems_.push_back("--" + given +
                            ": there is no option of that name; `lusotown config` lists them.");
      } else {
        apply(*option, value, "--" + given);
      }
    }
  }

  // What no option can see alone.
  void check_whole() {
    if (config_.tls_certificate.empty() != config_.tls_key.empty()) {
      problems_.emplace_back("tls_certificate and tls_key go together: set both or neither.");
    }
    if (config_.mail_mode == MailMode::smtp && config_.smtp_url.empty()) {
      problems_.emplace_back("mail_mode is smtp, so smtp_url must say where to send.");
    }
    if (!config_.public_url.starts_with("http://") && !config_.public_url.starts_with("https://")) {
      problems_.emplace_back("public_url must start with http:// or https://.");
    }
    if (config_.public_url.ends_with('/')) problems_.emplace_back("public_url must not end with a slash.");
    if (config_.http_redirect_port != 0 && !config_.public_url.starts_with("https://")) {
      problems_.emplace_back("http_redirect_port sends browsers to public_url, which must be https:// then.");
    }
    check_webrtc();
    for (const std::string& role : config_.roles) {
      if (std::ranges::find(kKnownRoles, role) == std::ranges::end(kKnownRoles)) {
        problems_.push_back("roles: there is no role " + role + "; there are " + listed(kKnownRoles) + ".");
      }
    }
  }

  void check_webrtc() {
    for (const std::string& transport : config_.webrtc_transports) {
      if (std::ranges::find(kKnownTransports, transport) == std::ranges::end(kKnownTransports)) {
        problems_.push_back("webrtc_transports: there is no transport " + transport + "; there are " +
                            listed(kKnownTransports) + ".");
      }
    }
    const auto check_urls = [this](std::string_view name, const std::vector<std::string>& urls,
                                   std::string_view scheme, std::string_view secure_scheme) {
      for (const std::string& url : urls) {
        if (!url.starts_with(scheme) && !url.starts_with(secure_scheme)) {
          problems_.push_back(std::string(name) + ": " + url + " must start with " + std::string(scheme) +
                              " or " + std::string(secure_scheme) + ".");
        }
      }
    };
    check_urls("stun_urls", config_.stun_urls, "stun:", "stuns:");
    check_urls("turn_urls", config_.turn_urls, "turn:", "turns:");
    if (!config_.turn_urls.empty() && (config_.turn_username.empty() || config_.turn_credential.empty())) {
      problems_.emplace_back("turn_urls need turn_username and turn_credential.");
    }
  }

  const ConfigSources& sources_;
  Config config_;
  std::map<std::string_view, std::string> origins_;
  std::vector<std::string> problems_;
};

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string toml_value(const Option& option, const std::string& value) {
  if (option.is_text) return quoted(value);
  if (!option.is_list) return value;
  std::vector<std::string> parts;
  if (!value.empty()) {
    for (const std::string_view part : split(value, ',')) parts.push_back(quoted(part));
  }
  return "[" + join(parts, ", ") + "]";
}

}  // namespace

bool Config::has_role(std::string_view role) const {
  return std::ranges::find(roles, role) != roles.end();
}

Result<LoadedConfig> load_config(const ConfigSources& sources) {
  return Loader(sources).load();
}

Result<ConfigSources> process_config_sources(std::optional<std::string> file_name,
                                             std::map<std::string, std::string> command_line) {
  ConfigSources sources;
  sources.command_line = std::move(command_line);
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view entry(*variable);
    const std::size_t equals = entry.find('=');
    if (equals == std::string_view::npos) continue;
    sources.environment.emplace(entry.substr(0, equals), entry.substr(equals + 1));
  }
  if (!file_name && sources.environment.contains("LUSO_CONFIG"))
    file_name = sources.environment.at("LUSO_CONFIG");
  sources.file_name = file_name.value_or(std::string(kDefaultFile));
  std::ifstream file(sources.file_name, std::ios::binary);
  if (!file) {
    if (!file_name) return sources;
    return fail(ErrorKind::not_found, "config.no_file",
                "The configuration file " + *file_name + " cannot be read.");
  }
  sources.file_text.assign(std::istreambuf_iterator<char>(file), {});
  return sources;
}

std::vector<ConfigOption> config_options() {
  const Config defaults;
  std::vector<ConfigOption> listed_options;
  for (const Option& option : options()) {
    listed_options.push_back({.name = option.name,
                              .description = option.description,
                              .default_value = option.print_from(defaults)});
  }
  return listed_options;
}

std::string render_config(const LoadedConfig& loaded) {
  std::size_t name_width = 0;
  std::size_t value_width = 0;
  for (const ConfigEntry& entry : loaded.entries) {
    name_width = std::max(name_width, entry.name.size());
    value_width = std::max(value_width, code_point_count(entry.value));
  }
  std::string out;
  for (const ConfigEntry& entry : loaded.entries) {
    out += entry.name;
    out.append(name_width - entry.name.size(), ' ');
    out += " = " + entry.value;
    out.append(value_width - code_point_count(entry.value), ' ');
    out += "  # " + entry.origin + "\n";
  }
  return out;
}

std::string render_config_template() {
  const Config defaults;
  std::string out = "# LusoTown's settings at their defaults. Take away the # to change one.\n";
  for (const Option& option : options()) {
    out += "\n# " + std::string(option.description) + "\n";
    out += "# " + std::string(option.name) + " = " + toml_value(option, option.print_from(defaults)) + "\n";
  }
  return out;
}

}  // namespace luso
