#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace luso::media {

struct EngineSettings {
  std::string rtmp_address = "0.0.0.0";
  std::uint16_t rtmp_port = 1935;           // 0: a free one, see Engine::rtmp_port().
  std::optional<std::uint16_t> rtmps_port;  // Needs a certificate.
  std::string rtmp_app = "live";
  std::string data_dir;                     // DVR and thumbnails go below it; empty: nothing is stored.
  std::chrono::seconds grace{120};          // How long a stream waits for its encoder to come back.
  std::chrono::seconds publisher_idle{15};  // An encoder that sends no frame for so long is gone.
  std::chrono::seconds dvr_window{7'200};
  std::uint64_t dvr_bytes_max = std::uint64_t{50} << 30U;  // Over all streams; the oldest segments go first.
  std::chrono::hours dvr_keep{24};                         // Ended streams stay on the disk for so long.
  std::uint32_t publishers_max = 500;                      // The next encoder is refused with "media.full".
  int disk_percent_max = 95;                               // A fuller disk takes no new publisher.
  std::chrono::seconds thumbnail_interval{10};             // 0: no thumbnails.
};

}  // namespace luso::media
