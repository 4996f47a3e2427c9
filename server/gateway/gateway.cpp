#include "gateway/gateway.h"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/check.h"
#include "gateway/internal/client.h"
#include "gateway/internal/namespace_shard.h"
#include "proto/socketio.h"

namespace luso::gateway {

Gateway::Gateway(io::Reactors& reactors, Settings settings)
    : reactors_(reactors),
      settings_(std::move(settings)),
      engine_(reactors, settings_.engine, [this](EngineConnection& connection) {
        return std::make_unique<internal::Client>(*this, connection);
      }) {
  for (std::size_t i = 0; i < reactors_.size(); ++i)
    scopes_.push_back(std::make_unique<io::Scope>(reactors_.at(i).executor()));
}

Gateway::~Gateway() = default;

Namespace& Gateway::of(std::string_view name) {
  LUSO_CHECK(name.starts_with('/') && name.size() <= proto::socketio::kNamespaceBytesMax);
  auto found = namespaces_.find(name);
  if (found == namespaces_.end())
    found =
        namespaces_.emplace(name, std::make_unique<Namespace>(std::string(name), reactors_, settings_)).first;
  return *found->second;
}

Namespace* Gateway::find(std::string_view name) const {
  const auto found = namespaces_.find(name);
  return found == namespaces_.end() ? nullptr : found->second.get();
}

Task<void> Gateway::close() {
  co_await engine_.close();
  for (std::size_t i = 0; i < scopes_.size(); ++i) {
    auto closing = scopes_[i]->close();
    co_await boost::asio::co_spawn(reactors_.at(i).executor(), std::move(closing),
                                   boost::asio::use_awaitable);
  }
}

}  // namespace luso::gateway
