#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/result.h"

namespace luso {

enum class MailMode : std::uint8_t { files, smtp };

// Everything an operator may decide, by the name used in lusotown.toml, as LUSO_NAME in the environment and
// as --name on the command line. The initialisers are the defaults. A new option is one line here and one in
// config.cpp's table.
struct Config {
  // Where we listen. The plain ports take a free one at 0; the TLS ports open when there is a certificate,
  // unless 0.
  std::string http_address = "0.0.0.0";
  std::uint16_t http_port = 8080;
  std::uint16_t https_port = 8443;
  std::uint16_t http_redirect_port = 0;
  std::uint16_t rtmp_port = 1935;
  std::uint16_t rtmps_port = 1936;
  std::string tls_certificate;
  std::string tls_key;

  // WebRTC, in and out. The first reactor has webrtc_port, each further one the next.
  bool webrtc_enabled = true;
  std::uint16_t webrtc_port = 8000;
  std::vector<std::string> webrtc_addresses;
  std::vector<std::string> webrtc_transports = {"udp", "tcp"};
  std::uint32_t webrtc_joins_per_s = 250;
  std::uint32_t webrtc_address_joins_per_s = 25;
  std::uint32_t opus_bitrate_kbps = 112;
  std::uint32_t reencodes_max = 2;
  std::uint32_t reencode_cpu_percent_max = 80;
  std::uint32_t reencode_fps_max = 60;
  std::uint32_t reencode_height_max = 1080;
  std::chrono::milliseconds whip_keyframe_interval_ms{2000};
  std::vector<std::string> stun_urls;
  std::vector<std::string> turn_urls;
  std::string turn_username;
  std::string turn_credential;

  // How the world reaches us.
  std::string public_url = "http://localhost:8080";
  std::string public_address = "localhost";
  std::vector<std::string> public_origins;
  std::vector<std::string> trusted_proxies = {"127.0.0.1/32", "::1/128"};

  // What we stand on.
  std::string database_url;
  std::string data_dir = "var";
  std::string web_upstream = "http://127.0.0.1:3100";
  std::string web_static_dir = "web/.next/static";
  std::vector<std::string> roles = {"api", "media", "worker"};
  std::uint32_t reactors = 0;
  std::chrono::seconds shutdown_deadline_s{10};

  // What we say about ourselves.
  log::Level log_level = log::Level::info;
  log::Format log_format = log::Format::text;
  std::string log_file;

  // Live.
  std::chrono::seconds grace_window_s{120};
  std::chrono::seconds dvr_window_s{7200};
  std::uint64_t dvr_bytes_max = 20ULL << 30U;
  std::uint32_t publishers_max = 500;
  std::uint32_t streams_per_day = 5;
  std::chrono::seconds stream_token_ttl_s{7 * 24 * 3600};
  std::chrono::seconds channel_token_ttl_s{365 * 24 * 3600};

  // People.
  bool registration_open = true;
  MailMode mail_mode = MailMode::files;
  std::string smtp_url;
  std::string mail_from = "LusoTown <nao-responder@localhost>";

  [[nodiscard]] log::Settings log_settings() const {
    return {.level = log_level, .format = log_format, .file = log_file};
  }

  [[nodiscard]] bool has_role(std::string_view role) const;
};

// Where values come from, weakest first: the defaults, the file, the environment, the command line.
struct ConfigSources {
  std::string file_name;                           // For messages: "lusotown.toml"
  std::string file_text;                           // Empty when there is no file.
  std::map<std::string, std::string> environment;  // All of it; only LUSO_* and DATABASE_URL are looked at.
  std::map<std::string, std::string>
      command_line;  // By option name, dashes or underscores: "http-port" → "8080"
};

// One option as `lusotown config` shows it.
struct ConfigEntry {
  std::string_view name;
  std::string_view description;
  std::string value;   // Masked when it is a secret.
  std::string origin;  // "default", "lusotown.toml:3", "LUSO_HTTP_PORT", "--http-port"
};

struct LoadedConfig {
  Config config;
  std::vector<ConfigEntry> entries;  // In the order of the struct.
};

// Unknown names, wrong values and contradictions are an error whose detail is one clear sentence a line, all
// of them.
[[nodiscard]] Result<LoadedConfig> load_config(const ConfigSources& sources);

// The environment of this process and the file's text. A file that was asked for must be there: `file_name`
// from --config or LUSO_CONFIG. Without either, ./lusotown.toml is read when it exists.
[[nodiscard]] Result<ConfigSources> process_config_sources(std::optional<std::string> file_name,
                                                           std::map<std::string, std::string> command_line);

struct ConfigOption {
  std::string_view name;
  std::string_view description;
  std::string default_value;
};

[[nodiscard]] std::vector<ConfigOption> config_options();

// What `lusotown config` prints: name = value, and where it came from.
[[nodiscard]] std::string render_config(const LoadedConfig& loaded);
// A lusotown.toml with every option commented out at its default.
[[nodiscard]] std::string render_config_template();

}  // namespace luso
