#include "app/internal/front_door.h"

#include <algorithm>
#include <array>

#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "gen/openapi.h"

namespace luso::app {
namespace {

constexpr std::string_view kStaticPrefix = "/_next/static/";

std::size_t no_body(const io::HttpRequest&) {
  return 0;
}

// "http://127.0.0.1:3100"
Result<io::HttpClient::Settings> upstream_of(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  const std::size_t colon = url.rfind(':');
  const auto port =
      colon > kScheme.size() ? parse_integer<std::uint16_t>(url.substr(colon + 1)) : std::nullopt;
  if (!url.starts_with(kScheme) || !port) {
    return fail(ErrorKind::invalid, "api.invalid", "web_upstream must look like http://127.0.0.1:3100");
  }
  io::HttpClient::Settings settings;
  settings.address = std::string(url.substr(kScheme.size(), colon - kScheme.size()));
  settings.port = *port;
  return settings;
}

template <typename Target>
io::HttpHandler bind(Target& target) {
  return [&target](io::HttpRequest& request) { return target.handle(request); };
}

Task<io::HttpResponse> openapi(io::HttpRequest&) {
  io::HttpResponse response = io::HttpResponse::json(200, std::string(gen::openapi_json()));
  response.headers.set("Cache-Control", "public, max-age=300");
  co_return response;
}

// The reader's own choice, else the first language of the browser's that the pages are written in.
std::string_view language_of(const io::HttpRequest& request) {
  constexpr std::array<std::string_view, 3> kLanguages{"pt-PT", "pt-BR", "en"};
  const std::optional<std::string_view> chosen = request.cookie("luso_locale");
  const auto* known = std::find(kLanguages.begin(), kLanguages.end(), chosen.value_or(""));
  if (known != kLanguages.end()) return *known;
  for (const std::string_view part : split(request.headers.get("Accept-Language"), ',')) {
    const std::string tag = ascii_lower(trim(split(part, ';').front()));
    if (tag == "pt-br") return "pt-BR";
    if (tag == "pt" || tag.starts_with("pt-")) return "pt-PT";
    if (tag == "en" || tag.starts_with("en-")) return "en";
  }
  return "pt-PT";
}

}  // namespace

Result<std::unique_ptr<FrontDoor>> FrontDoor::build(Town& town) {
  TRY(io::HttpClient::Settings web, upstream_of(town.config.web_upstream));
  TRY(const io::TrustedProxies scrapers, io::TrustedProxies::parse(town.config.trusted_proxies));
  return std::unique_ptr<FrontDoor>(new FrontDoor(town, std::move(web), scrapers));
}

FrontDoor::FrontDoor(Town& town, io::HttpClient::Settings web, const io::TrustedProxies& scrapers)
    : town_(town),
      api_({.public_origins = town.config.public_origins}, town.identity.sessions(), town.identity.limits()),
      web_files_(std::make_unique<io::StaticFiles>(io::StaticFiles::Settings{
          .root = town.config.web_static_dir, .prefix = std::string(kStaticPrefix)})),
      web_(std::make_unique<io::ReverseProxy>(
          town.reactors, std::move(web),
          [this](const io::HttpRequest& request) { return away_page(request); })) {
  api_.add(gen::routes_of(town.identity.api()));
  api_.add(gen::routes_of(*town.privacy_api));
  api_.add(gen::routes_of(*town.channels_api));
  api_.add(gen::routes_of(*town.schedule_api));
  api_.add(gen::routes_of(*town.about_api));
  api_.add(gen::routes_of(*town.pictures_api));
  api_.add(gen::routes_of(*town.team_api));
  api_.add(gen::routes_of(*town.studio_api));
  api_.add(gen::routes_of(*town.live_api));
  api_.add(gen::routes_of(*town.chat_api));
  api_.add(gen::routes_of(*town.sitemap_api));
  api_.add(gen::routes_of(*town.discovery_api));
  mount_all(scrapers);
  if (town.config.public_url.starts_with("https://")) door_.insist_on_tls();
  plain_ = make_server(town.config.http_port, nullptr);
  if (town.tls && town.config.https_port != 0) secure_ = make_server(town.config.https_port, town.tls.get());
  if (town.config.http_redirect_port != 0) redirect_ = make_redirect_server();
}

// While the web process is away: its own page for that, which its build left among the files.
Task<io::HttpResponse> FrontDoor::away_page(const io::HttpRequest& request) {
  io::HttpRequest file;
  file.method = "GET";
  file.path = std::string(kStaticPrefix) + "plain/away." + std::string(language_of(request)) + ".html";
  file.headers.add("Accept-Encoding", std::string(request.headers.get("Accept-Encoding")));
  file.request_id = request.request_id;
  co_return co_await web_files_->handle(file);
}

void FrontDoor::mount_all(const io::TrustedProxies& scrapers) {
  const io::ReadyCheck database{"database", [this] { return town_.pg.ping(); }};
  door_.mount(
      {.prefix = "/healthz", .name = "health", .handler = io::health_handler(), .body_limit = no_body});
  door_.mount({.prefix = "/readyz",
               .name = "ready",
               .handler = io::ready_handler({database}),
               .body_limit = no_body});
  door_.mount({.prefix = "/metrics",
               .name = "metrics",
               .handler = io::metrics_handler(scrapers),
               .body_limit = no_body});
  if (town_.config.has_role("media")) {
    door_.mount({.prefix = "/hls/", .name = "hls", .handler = bind(town_.engine), .body_limit = no_body});
    for (const std::string_view name : {"whep", "whip"}) {
      door_.mount({.prefix = "/" + std::string(name) + "/",
                   .name = std::string(name),
                   .handler = bind(town_.engine),
                   .body_limit = [](const auto&) { return media::Engine::kOfferBytesMax; }});
    }
  }
  if (town_.config.has_role("api")) mount_api_and_web();
}

void FrontDoor::mount_api_and_web() {
  door_.mount(
      {.prefix = "/api/v1/openapi.json", .name = "openapi", .handler = openapi, .body_limit = no_body});
  door_.mount(
      {.prefix = "/api/", .name = "api", .handler = bind(api_), .body_limit = [this](const auto& head) {
         return api_.body_limit(head);
       }});
  door_.mount({.prefix = std::string(pictures::Pictures::kPrefix),
               .name = "pictures",
               .handler = bind(town_.pictures),
               .body_limit = no_body});
  door_.mount({.prefix = std::string(kStaticPrefix),
               .name = "static",
               .handler = bind(*web_files_),
               .body_limit = no_body});
  door_.mount({.prefix = std::string(chat::EmotePictures::kPrefix),
               .name = "emotes",
               .handler = [this](const auto& request) { return town_.emotes.pictures().handle(request); },
               .body_limit = no_body});
  door_.mount({.prefix = "/", .name = "web", .handler = bind(*web_), .body_limit = [](const auto&) {
                 return io::ReverseProxy::kBodyBytesMax;
               }});
}

std::unique_ptr<io::HttpServer> FrontDoor::make_server(std::uint16_t port, io::TlsContext* tls) {
  io::HttpServer::Settings settings;
  settings.address = town_.config.http_address;
  settings.port = port;
  settings.tls = tls;
  settings.trusted_proxies = town_.config.trusted_proxies;
  settings.body_limit = [this](const io::HttpRequest& head) { return door_.body_limit(head); };
  return std::make_unique<io::HttpServer>(town_.reactors, std::move(settings),
                                          [this](io::HttpRequest& request) { return door_.handle(request); });
}

std::unique_ptr<io::HttpServer> FrontDoor::make_redirect_server() {
  io::HttpServer::Settings settings;
  settings.address = town_.config.http_address;
  settings.port = town_.config.http_redirect_port;
  return std::make_unique<io::HttpServer>(town_.reactors, std::move(settings),
                                          io::redirect_handler(town_.config.public_url));
}

Result<void> FrontDoor::start() {
  TRY_VOID(plain_->start());
  if (redirect_) TRY_VOID(redirect_->start());
  if (secure_) TRY_VOID(secure_->start());
  return {};
}

Task<void> FrontDoor::drain(std::chrono::milliseconds patience) {
  if (redirect_) co_await redirect_->drain(patience);
  if (secure_) co_await secure_->drain(patience);
  co_await plain_->drain(patience);
  web_->close_idle();
}

}  // namespace luso::app
