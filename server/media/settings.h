#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace luso::media {

// A STUN or TURN server that players are told of (RFC 9725, 4.6).
struct IceServer {
  std::string url;                   // "turn:turn.example.com?transport=udp"
  std::string username, credential;  // Of TURN.
};

struct WebRtcSettings {
  bool is_on = true;
  std::string address = "::";  // What is bound.
  std::uint16_t port = 8000;   // Of the first reactor; each further one has the next. 0: free ones.
  std::vector<std::string> public_addresses;  // For the candidates; empty: this machine's own.
  bool offers_loopback = false;
  bool offers_udp = true, offers_tcp = true;  // Which candidates are told; both are listened on.
  std::vector<IceServer> ice_servers;
  // Browsers send keyframes only when asked: publishers are asked so often, for segments begin with one.
  std::chrono::milliseconds keyframe_interval{2'000};
  // Joins, of viewers and publishers together. One costs a handshake, 1 to 2 ms of a core: what comes faster
  // is refused, and its player takes LL-HLS.
  std::uint32_t joins_per_s_max = 250;  // Of the node.
  std::uint32_t address_joins_per_s_max =
      25;  // Of one IPv4 address or IPv6 /64, which may be a whole school.
};

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
  // For WebRTC viewers.
  int opus_bitrate_kbps = 112;
  unsigned reencodes_max = 2;         // Pictures made again at one time; 0: never.
  int reencode_cpu_percent_max = 80;  // No new one while the machine is busier; 100: never mind.
  int reencode_fps_max = 60;          // More frames a second are thinned out,
  int reencode_height_max = 1'080;    // larger pictures made smaller.
  WebRtcSettings webrtc;
};

}  // namespace luso::media
