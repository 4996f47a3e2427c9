#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"

namespace luso::live {

// What an operator decides about broadcasts; app fills it from the configuration.
struct Settings {
  std::string rtmp_url = "rtmp://localhost:1935/live";
  std::optional<std::string> rtmps_url;  // Only where there is a certificate.
  std::optional<std::string> whip_url;   // "https://HOST/whip", where WebRTC is on.
  std::string keyring_file;              // data_dir/keys/stream_jwt.json
  int streams_per_day = 5;
  Duration grace_window = std::chrono::seconds(120);
  Duration stream_token_ttl = std::chrono::days(7);
  Duration channel_token_ttl = std::chrono::days(365);
};

}  // namespace luso::live
