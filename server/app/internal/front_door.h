#pragma once

#include <memory>

#include "app/internal/town.h"
#include "io/api.h"
#include "io/frontdoor.h"
#include "io/http_server.h"
#include "io/proxy.h"
#include "io/static_files.h"

namespace luso::app {

// Every address of the process and who answers it: /api, /hls, /whep, /whip, /_next/static, /healthz,
// /readyz, /metrics, and the web client for the rest. Listens in plain and, with a certificate, in TLS.
class FrontDoor {
 public:
  // Fails when web_upstream is no address of ours.
  [[nodiscard]] static Result<std::unique_ptr<FrontDoor>> build(Town& town);

  [[nodiscard]] Result<void> start();
  // Takes no new connection, finishes what runs, closes the rest.
  [[nodiscard]] Task<void> drain(std::chrono::milliseconds patience);

  [[nodiscard]] std::uint16_t http_port() const { return plain_->port(); }

 private:
  FrontDoor(Town& town, io::HttpClient::Settings web, const io::TrustedProxies& scrapers);
  [[nodiscard]] Task<io::HttpResponse> away_page(const io::HttpRequest& request);
  void mount_all(const io::TrustedProxies& scrapers);
  void mount_api_and_web();
  [[nodiscard]] std::unique_ptr<io::HttpServer> make_server(std::uint16_t port, io::TlsContext* tls);
  [[nodiscard]] std::unique_ptr<io::HttpServer> make_redirect_server();

  Town& town_;
  io::ApiRouter api_;
  std::unique_ptr<io::StaticFiles> web_files_;
  std::unique_ptr<io::ReverseProxy> web_;
  io::Frontdoor door_;
  std::unique_ptr<io::HttpServer> plain_;
  std::unique_ptr<io::HttpServer> secure_;    // Null without a certificate.
  std::unique_ptr<io::HttpServer> redirect_;  // Null unless it is asked for.
};

}  // namespace luso::app
