#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "proto/engineio_session.h"

namespace luso::gateway {

// What one network (/24 of IPv4, /56 of IPv6) may take. A network is a whole school, or a carrier's thousands
// of phones, so this stops floods, not people.
struct NetworkLimits {
  std::size_t connections_max = 4'000;  // One more handshake is refused with 429 and counted;
  double handshakes_per_s = 100;        // the same beyond this, lasting,
  double handshakes_burst = 1'000;      // and this, at once.
};

// Connection state recovery: a client that was cut off and comes back in time gets its id, its rooms and what
// it missed.
struct RecoverySettings {
  std::chrono::milliseconds disconnection_max{120'000};  // Whoever comes later starts anew.
  std::size_t messages_max = 10'000;                     // Kept a namespace and reactor; the oldest go first,
  std::size_t bytes_max = 16 * 1'024 * 1'024;            // and whoever missed one of those starts anew.
  std::size_t sessions_max = 20'000;  // Clients waited for at once, a reactor; more start anew.
};

struct EngineSettings {
  proto::engineio::Settings session;
  // Pages that may connect: origins such as "https://lusotown.example", or "*" for all. The host's own always
  // may.
  std::vector<std::string> origins;
  NetworkLimits network;
};

struct Settings {
  EngineSettings engine;
  std::chrono::milliseconds connect_timeout{45'000};  // A client that joins no namespace by then is closed.
  std::chrono::milliseconds attachments_timeout{10'000};  // So is one whose attachments do not come.
  std::optional<RecoverySettings> recovery;
};

}  // namespace luso::gateway
