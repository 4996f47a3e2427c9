#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/engine.h"
#include "gateway/namespace.h"
#include "gateway/settings.h"
#include "io/scope.h"

namespace luso::gateway {

// Socket.IO for the whole process: namespaces over one Engine.IO path.
class Gateway {
 public:
  Gateway(io::Reactors& reactors, Settings settings);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  // Makes it when there is none. Before the server starts; a client that asks for another is refused.
  [[nodiscard]] Namespace& of(std::string_view name);
  [[nodiscard]] Namespace* find(std::string_view name) const;

  [[nodiscard]] Engine& engine() { return engine_; }

  // Below "/socket.io/".
  [[nodiscard]] io::HttpAnswer answer(io::HttpRequest& request) { return engine_.answer(request); }

  [[nodiscard]] std::size_t body_limit() const { return engine_.body_limit(); }

  // Clients hear that the server stops; what still decides about some of them ends. Before the reactors do.
  [[nodiscard]] Task<void> close();

 private:
  friend class internal::Client;

  io::Reactors& reactors_;
  Settings settings_;
  std::map<std::string, std::unique_ptr<Namespace>, std::less<>> namespaces_;
  std::vector<std::unique_ptr<io::Scope>>
      scopes_;  // One a reactor: for clients that are still being admitted.
  Engine engine_;
};

}  // namespace luso::gateway
