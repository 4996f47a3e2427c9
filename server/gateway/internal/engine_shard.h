#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "base/metrics.h"
#include "gateway/engine.h"
#include "gateway/internal/admission.h"
#include "gateway/internal/agenda.h"
#include "gateway/internal/line.h"

namespace luso::gateway::internal {

struct EngineMetrics {
  metrics::Gauge& sessions;
  metrics::Counter& handshakes;
  metrics::Counter& refused;
  metrics::Counter& floods;
  metrics::Counter& upgrades;
  metrics::Counter& too_slow;
};

[[nodiscard]] EngineMetrics& engine_metrics();

// The sessions of one reactor, and the networks it counts.
struct EngineShard {
  EngineShard(io::Reactor& of, const EngineSettings& all)
      : reactor(of), settings(all), agenda(of.executor()), admission(all.network) {}

  io::Reactor& reactor;
  const EngineSettings& settings;
  std::unordered_map<std::string, std::shared_ptr<EngineConnection>> connections;  // By sid.
  Agenda<EngineConnection> agenda;
  Admission admission;
};

// A connection's place among its network's, given back when the last who holds it lets go.
class EngineTicket {
 public:
  EngineTicket(EngineShard& counter, std::string network) : counter_(counter), network_(std::move(network)) {}

  ~EngineTicket() {
    counter_.reactor.post([&counter = counter_, network = network_] { counter.admission.leave(network); });
  }

  EngineTicket(const EngineTicket&) = delete;
  EngineTicket& operator=(const EngineTicket&) = delete;

 private:
  EngineShard& counter_;
  std::string network_;
};

}  // namespace luso::gateway::internal
