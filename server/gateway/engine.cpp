#include "gateway/engine.h"

#include <algorithm>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/check.h"
#include "base/random.h"
#include "base/text.h"
#include "gateway/internal/engine_shard.h"
#include "gateway/internal/poll_answer.h"
#include "io/call_on.h"
#include "proto/json_text.h"

namespace luso::gateway {
namespace asio = boost::asio;
namespace eio = proto::engineio;

using eio::CloseReason;
using eio::Transport;
using internal::engine_metrics;
using internal::EngineShard;
using internal::EngineTicket;
using internal::Line;

namespace {

constexpr std::size_t kSidBytes =
    15;  // Twenty characters, which Node's adapters take for an id and not for a room.
constexpr std::int64_t kRetryAfterFloodS = 5;
constexpr double kFirstPingShareMin = 0.75;  // Those who come together are asked apart.

bool wants_upgrade(const io::HttpRequest& request) {
  return equals_ignoring_case(request.headers.get("Upgrade"), "websocket");
}

bool is_own_origin(const io::HttpRequest& request, std::string_view origin) {
  const std::size_t authority = origin.find("://");
  return authority != std::string_view::npos &&
         equals_ignoring_case(origin.substr(authority + 3), request.headers.get("Host"));
}

MonoTime first_ping_after(MonoTime now, std::chrono::milliseconds interval) {
  constexpr std::uint64_t kSteps = 1'000;
  const double chance = static_cast<double>(system_random().below(kSteps)) / kSteps;
  const double share = kFirstPingShareMin + (1 - kFirstPingShareMin) * chance;
  return now + std::chrono::duration_cast<MonoTime::duration>(interval * share);
}

CloseReason reason_of(const io::WebSocket& socket, bool stopping) {
  if (socket.was_too_slow()) return CloseReason::too_slow;
  if (socket.was_misused()) return CloseReason::transport_error;
  return stopping ? CloseReason::server_shutting_down : CloseReason::transport_close;
}

using Hear = std::function<bool(bool is_text, std::string_view payload)>;
using Lost = std::function<void(CloseReason)>;

// Hands what the socket receives to its session until one of them has had enough.
Task<void> pump(io::WebSocket* socket, std::shared_ptr<EngineConnection> connection,
                std::shared_ptr<Line> line, Hear hear, Lost lost) {
  io::Reactor& home = connection->reactor();
  const bool is_home = io::Reactor::current() == &home;
  for (;;) {
    const auto message = co_await socket->receive();
    if (!message) break;
    bool listening = false;
    if (is_home) {
      listening = hear(message->is_text, message->payload);
    } else {
      auto over_there = [&] { return hear(message->is_text, message->payload); };
      listening = co_await io::call_on(home, over_there);
    }
    if (!listening) break;
  }
  line->gone();
  const bool stopping =
      (co_await asio::this_coro::cancellation_state).cancelled() != asio::cancellation_type::none;
  const CloseReason reason = reason_of(*socket, stopping);
  auto say_lost = [&] { return lost(reason), true; };
  static_cast<void>(co_await io::call_on(home, say_lost));
}

}  // namespace

internal::EngineMetrics& internal::engine_metrics() {
  auto& all = metrics::registry();
  static EngineMetrics metrics{
      .sessions = all.gauge("luso_engineio_sessions", "Engine.IO clients now."),
      .handshakes = all.counter("luso_engineio_handshakes_total", "Engine.IO sessions begun."),
      .refused =
          all.counter("luso_engineio_refused_total", "Engine.IO requests refused as malformed or foreign."),
      .floods =
          all.counter("luso_engineio_floods_total", "Handshakes refused because their network has too many."),
      .upgrades =
          all.counter("luso_engineio_upgrades_total", "Sessions that went from polling to WebSocket."),
      .too_slow = all.counter("luso_engineio_too_slow_total", "Sessions closed for reading too slowly.")};
  return metrics;
}

// The answer to a request that is none of ours, in Engine.IO's numbers.
struct Engine::Refusal {
  enum Code : std::int8_t {
    none = -1,
    unknown_transport = 0,
    unknown_sid,
    bad_handshake_method,
    bad_request,
    forbidden,
    unsupported_protocol
  };

  Code code = none;
  int status = 400;
  std::string_view message = {};
};

Engine::Engine(io::Reactors& reactors, EngineSettings settings, Welcome welcome)
    : reactors_(reactors), settings_(std::move(settings)), welcome_(std::move(welcome)) {
  constexpr std::size_t kReactorsMax = 256;  // A sid has one byte for them.
  LUSO_CHECK(reactors_.size() <= kReactorsMax);
  any_origin_ = std::ranges::find(settings_.origins, "*") != settings_.origins.end();
  for (std::size_t i = 0; i < reactors_.size(); ++i)
    shards_.push_back(std::make_unique<EngineShard>(reactors_.at(i), settings_));
}

Engine::~Engine() = default;

bool Engine::allows_origin(const io::HttpRequest& request) const {
  const std::string_view origin = request.headers.get("Origin");
  return origin.empty() || any_origin_ || is_own_origin(request, origin) ||
         std::ranges::find(settings_.origins, origin) != settings_.origins.end();
}

// In the order in which Engine.IO looks.
Engine::Refusal Engine::verify(const io::HttpRequest& request, bool upgrade) const {
  const auto transport = request.query_value("transport").value_or("");
  const bool websocket = transport == "websocket";
  if (!websocket && transport != "polling")
    return {.code = Refusal::unknown_transport, .message = "Transport unknown"};
  if (!allows_origin(request)) return {.code = Refusal::forbidden, .status = 403, .message = "Forbidden"};
  const bool is_four = request.query_value("EIO") == "4";
  if (request.query_value("sid").value_or("").empty()) {
    if (request.method != "GET")
      return {.code = Refusal::bad_handshake_method, .message = "Bad handshake method"};
    if (websocket != upgrade) return {.code = Refusal::bad_request, .message = "Bad request"};
    if (!is_four) return {.code = Refusal::unsupported_protocol, .message = "Unsupported protocol version"};
    return {};
  }
  const bool known_method = request.method == "GET" || (request.method == "POST" && !websocket);
  if (!is_four || websocket != upgrade || !known_method)
    return {.code = Refusal::bad_request, .message = "Bad request"};
  return {};
}

io::HttpResponse Engine::refuse(const Refusal& refusal, const io::HttpRequest& request, bool upgrade) const {
  engine_metrics().refused.add();
  const std::string body = R"({"code":)" + std::to_string(static_cast<int>(refusal.code)) + R"(,"message":)" +
                           proto::json::quote(refusal.message) + '}';
  io::HttpResponse response =
      upgrade ? io::HttpResponse::text(refusal.status, "text/html", std::string(refusal.message))
              : io::HttpResponse::json(refusal.status, body);
  response.headers.add("Cache-Control", "no-store");
  if (refusal.status == 429) response.headers.add("Retry-After", std::to_string(kRetryAfterFloodS));
  add_cors(response, request);
  return response;
}

void Engine::add_cors(io::HttpResponse& response, const io::HttpRequest& request) const {
  if (any_origin_) {
    response.headers.add("Access-Control-Allow-Origin", "*");
    return;
  }
  if (settings_.origins.empty()) return;
  response.headers.add("Vary", "Origin");
  const std::string_view origin = request.headers.get("Origin");
  if (origin.empty() || !allows_origin(request)) return;
  response.headers.add("Access-Control-Allow-Origin", origin);
  response.headers.add("Access-Control-Allow-Credentials", "true");
}

io::HttpResponse Engine::preflight(const io::HttpRequest& request) const {
  io::HttpResponse response{.status = 204, .headers = {}, .body = std::string()};
  add_cors(response, request);
  if (!response.headers.has("Access-Control-Allow-Origin")) return response;
  response.headers.add("Access-Control-Allow-Methods", "GET,POST");
  const std::string_view asked = request.headers.get("Access-Control-Request-Headers");
  if (!asked.empty()) response.headers.add("Access-Control-Allow-Headers", asked);
  response.headers.add("Access-Control-Max-Age", "600");
  return response;
}

io::HttpAnswer Engine::answer(io::HttpRequest& request) {
  if (request.method == "OPTIONS") return preflight(request);
  const bool upgrade = wants_upgrade(request);
  if (const Refusal refusal = verify(request, upgrade); refusal.code != Refusal::none)
    return refuse(refusal, request, upgrade);
  auto sid = request.query_value("sid").value_or("");
  return sid.empty() ? open(request, upgrade) : go_on(request, upgrade, std::move(sid));
}

std::shared_ptr<EngineConnection> Engine::make_connection(Transport transport,
                                                          std::shared_ptr<const Handshake> handshake,
                                                          std::shared_ptr<EngineTicket> ticket) {
  io::Reactor* here = io::Reactor::current();
  EngineShard& shard = *shards_.at(here->index());
  Bytes id = system_random().bytes(kSidBytes);
  id.front() = static_cast<std::uint8_t>(here->index());
  const MonoTime now = std::chrono::steady_clock::now();
  const EngineConnection::Opening opening{
      .sid = base64url_encode(id),
      .transport = transport,
      .now = now,
      .first_ping = first_ping_after(now, settings_.session.ping_interval)};
  auto connection =
      std::make_shared<EngineConnection>(shard, opening, std::move(handshake), std::move(ticket));
  shard.connections.emplace(connection->sid(), connection);
  engine_metrics().handshakes.add();
  return connection;
}

Task<io::HttpResponse> Engine::open(io::HttpRequest& request, bool upgrade) {
  if (admit_ && !co_await admit_(&request)) {
    const Refusal refusal{.code = Refusal::forbidden, .status = 403, .message = "Forbidden"};
    co_return refuse(refusal, request, upgrade);
  }
  const std::string network = internal::network_of(request.remote);
  EngineShard& counter = *shards_.at(std::hash<std::string>()(network) % shards_.size());
  auto enter = [&] { return counter.admission.enter(network, std::chrono::steady_clock::now()); };
  if (!co_await io::call_on(counter.reactor, enter)) {
    engine_metrics().floods.add();
    const Refusal refusal{
        .code = Refusal::forbidden, .status = 429, .message = "Too many connections from this network"};
    co_return refuse(refusal, request, upgrade);
  }
  auto ticket = std::make_shared<EngineTicket>(counter, network);
  const auto now = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
  auto handshake = Handshake::of(request, now);
  if (upgrade) {
    auto serve = [this, handshake, ticket](io::WebSocket& socket) mutable -> Task<void> {
      auto connection = make_connection(Transport::websocket, std::move(handshake), std::move(ticket));
      auto line = std::make_shared<Line>(connection->reactor(), socket);
      connection->line_ = line;
      connection->send(eio::encode_packet(eio::PacketType::open, connection->session_.greeting()));
      connection->welcome(welcome_(*connection));
      auto hear = [connection, line](bool is_text, std::string_view payload) {
        return connection->hear(line, is_text, payload);
      };
      auto lost = [connection, line](CloseReason reason) { connection->line_lost(line, reason); };
      co_await pump(&socket, connection, line, hear, lost);
    };
    co_return upgrade_to(request, serve);
  }
  auto connection = make_connection(Transport::polling, std::move(handshake), std::move(ticket));
  connection->send(eio::encode_packet(eio::PacketType::open, connection->session_.greeting()));
  connection->welcome(welcome_(*connection));
  co_return co_await poll(request, connection);
}

io::HttpResponse Engine::upgrade_to(const io::HttpRequest& request,
                                    std::function<Task<void>(io::WebSocket&)> serve) const {
  const eio::Settings& session = settings_.session;
  const io::WebSocketOptions options{.limits = {.message_bytes_max = session.payload_bytes_max,
                                                .outbox_frames_max = session.backlog_packets_max,
                                                .outbox_bytes_max = session.backlog_bytes_max,
                                                .ping_every = std::chrono::milliseconds(0)},
                                     .any_origin = true};
  return io::upgrade_to_websocket(request, options, std::move(serve));
}

EngineShard* Engine::home_of(std::string_view sid) const {
  const auto id = base64url_decode(sid);
  if (!id || id->size() != kSidBytes || id->front() >= shards_.size()) return nullptr;
  return shards_.at(id->front()).get();
}

Task<std::shared_ptr<EngineConnection>> Engine::find(std::string sid) const {
  EngineShard* home = home_of(sid);
  if (home == nullptr) co_return nullptr;
  auto look = [&]() -> std::shared_ptr<EngineConnection> {
    const auto found = home->connections.find(sid);
    if (found == home->connections.end()) return nullptr;
    const auto connection = found->second;
    // Its time may be up although nobody has told it yet.
    static_cast<void>(connection->on_time(std::chrono::steady_clock::now()));
    return connection->session_.state() == eio::Session::State::closed ? nullptr : connection;
  };
  co_return co_await io::call_on(home->reactor, look);
}

Task<io::HttpResponse> Engine::go_on(io::HttpRequest& request, bool upgrade, std::string sid) {
  const auto connection = co_await find(std::move(sid));
  if (!connection) {
    const Refusal refusal{.code = Refusal::unknown_sid, .message = "Session ID unknown"};
    co_return refuse(refusal, request, upgrade);
  }
  if (upgrade) {
    auto serve = [connection](io::WebSocket& socket) -> Task<void> {
      auto line = std::make_shared<Line>(*io::Reactor::current(), socket);
      auto attach = [&] { return connection->attach_candidate(line); };
      if (!co_await io::call_on(connection->reactor(), attach))
        co_return;  // It goes on as it was, without this one.
      auto hear = [connection, line](bool is_text, std::string_view payload) {
        return connection->hear(line, is_text, payload);
      };
      auto lost = [connection, line](CloseReason reason) { connection->line_lost(line, reason); };
      co_await pump(&socket, connection, line, hear, lost);
    };
    co_return upgrade_to(request, serve);
  }
  if (request.method == "GET") co_return co_await poll(request, connection);

  const bool is_foreign = request.headers.get("Content-Type") == "application/octet-stream";
  auto hear = [&] {
    if (connection->session_.transport() != Transport::polling) return false;
    return connection->post(is_foreign ? std::string_view() : std::string_view(request.body));
  };
  if (!co_await io::call_on(connection->reactor(), hear)) {
    const Refusal refusal{.code = Refusal::bad_request, .message = "Bad request"};
    co_return refuse(refusal, request, false);
  }
  auto response = io::HttpResponse::text(200, "text/html", "ok");
  response.headers.add("Cache-Control", "no-store");
  add_cors(response, request);
  co_return response;
}

Task<io::HttpResponse> Engine::poll(io::HttpRequest& request,
                                    std::shared_ptr<EngineConnection> connection) const {
  // On the session's reactor, and ended by a client that hangs up.
  asio::any_io_executor home = connection->reactor().executor();
  auto answering = EngineConnection::answer_poll(connection);
  auto answer = co_await asio::co_spawn(home, std::move(answering), asio::use_awaitable);
  if (!answer.payload) {
    const Refusal refusal{.code = Refusal::bad_request, .message = "Bad request"};
    co_return refuse(refusal, request, false);
  }
  auto response = io::HttpResponse::text(200, "text/plain; charset=UTF-8", std::move(*answer.payload));
  response.headers.add("Cache-Control", "no-store");
  add_cors(response, request);
  co_return response;
}

Task<void> Engine::close() {
  for (const auto& shard : shards_) {
    auto close_all = [&] {
      std::vector<std::shared_ptr<EngineConnection>> all;
      for (const auto& [sid, connection] : shard->connections) all.push_back(connection);
      for (const auto& connection : all) connection->close(CloseReason::server_shutting_down);
      shard->agenda.stop();
      return true;
    };
    static_cast<void>(co_await io::call_on(shard->reactor, close_all));
  }
}

}  // namespace luso::gateway
