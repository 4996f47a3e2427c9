#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "base/result.h"

namespace luso::io {

// A certificate and its key for every listener that speaks TLS: HTTPS, RTMPS. reload() reads the files again;
// connections that are open keep what they began with, later ones get the new certificate. Any thread.
class TlsContext {
 public:
  struct Settings {
    std::string certificate_file;  // PEM, the whole chain.
    std::string key_file;          // PEM.
    bool http = true;              // Offer http/1.1 by ALPN.
  };

  // Fails when the files cannot be read or do not belong together.
  [[nodiscard]] static Result<std::unique_ptr<TlsContext>> load(Settings settings);

  // On failure the old certificate stays.
  [[nodiscard]] Result<void> reload();
  [[nodiscard]] std::shared_ptr<boost::asio::ssl::context> current() const;

 private:
  explicit TlsContext(Settings settings) : settings_(std::move(settings)) {}

  Settings settings_;
  mutable std::mutex mutex_;
  std::shared_ptr<boost::asio::ssl::context> current_;
};

}  // namespace luso::io
