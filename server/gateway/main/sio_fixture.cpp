// What the suite of the official client expects to find: namespaces and events of every shape, state recovery
// on.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "gateway/main/program.h"
#include "proto/json_text.h"

namespace {

using namespace luso;
using namespace luso::gateway;
using namespace std::chrono_literals;
namespace json = luso::proto::json;

constexpr std::string_view kBytes = "asdfasdf";

// What the client has sent so far of things that must come in order.
struct Progress {
  bool buffer_first = false;
  bool blob_first = false;
  bool blob_second = false;
};

Progress& progress_of(Socket& socket) {
  if (!socket.data.has_value()) socket.data = Progress();
  return std::any_cast<Progress&>(socket.data);
}

// As JavaScript writes a date into JSON.
std::string date_now() {
  const auto now = std::chrono::system_clock::now();
  const std::time_t seconds = std::chrono::system_clock::to_time_t(now);
  const auto ms =
      std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1'000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ", static_cast<int>(ms));
  return std::string(text.data()) + fraction.data();
}

// {hello: "lol", message: binary, goodbye: "gotcha"}
bool is_mixed(const Event& event) {
  const auto values = event.values();
  if (values.empty() || json::kind_of(values[0]) != json::Kind::object) return false;
  const auto hello = json::member_of(values[0], "hello"), message = json::member_of(values[0], "message"),
             goodbye = json::member_of(values[0], "goodbye");
  return hello == R"("lol")" && goodbye == R"("gotcha")" && message && event.binary_of(*message) != nullptr;
}

void add_words(Namespace& main) {
  main.on("hi", [](Socket& socket, const Event& /*event*/, const Ack& /*ack*/) { socket.emit("hi"); });
  main.on("echo", [](Socket& /*socket*/, const Event& event, Ack ack) { ack(event.copy()); });
  main.on("ack", [](Socket& socket, const Event& /*event*/, const Ack& /*ack*/) {
    socket.ask("ack", {}, 20s, [who = socket.weak_from_this()](const Event* answer) {
      const auto values = answer == nullptr ? std::vector<std::string_view>() : answer->values();
      if (values.size() < 2 || values[0] != "5" || json::member_of(values[1], "test") != "true") return;
      if (const SocketPtr asked = who.lock()) asked->emit("got it");
    });
  });
  main.on("getAckDate",
          [](Socket& /*socket*/, const Event& /*event*/, Ack ack) { ack(Arguments().text(date_now())); });
  main.on("getDate", [](Socket& socket, const Event& /*event*/, const Ack& /*ack*/) {
    socket.emit("takeDate", Arguments().text(date_now()));
  });
  main.on("getDateObj", [](Socket& socket, const Event& /*event*/, const Ack& /*ack*/) {
    socket.emit("takeDateObj", Arguments().json(R"({"date":)" + json::quote(date_now()) + '}'));
  });
  main.on("getUtf8", [](Socket& socket, const Event& /*event*/, const Ack& /*ack*/) {
    for (const char* words : {"てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "utf8 — string", "utf8 — string"})
      socket.emit("takeUtf8", Arguments().text(words));
  });
  main.on("false", [](Socket& socket, const Event& /*event*/, const Ack& /*ack*/) {
    socket.emit("false", Arguments().boolean(false));
  });
  main.on("getHandshake", [](Socket& socket, const Event& /*event*/, Ack ack) {
    ack(Arguments().json(socket.handshake_json()));
  });
  main.on("getId",
          [](Socket& socket, const Event& /*event*/, Ack ack) { ack(Arguments().text(socket.id())); });
}

void add_binary(Namespace& main) {
  main.on("doge", [](Socket& socket, const Event& /*event*/, const Ack& /*ack*/) {
    socket.emit("doge", Arguments().binary(as_bytes(kBytes)));
  });
  main.on("getbin", [](Socket& socket, const Event& /*event*/, const Ack& /*ack*/) {
    socket.emit("takebin", Arguments().binary(as_bytes(kBytes)));
  });
  main.on("buffa", [](Socket& socket, const Event& event, const Ack& /*ack*/) {
    if (event.binary(0) != nullptr) socket.emit("buffack");
  });
  main.on("jsonbuff", [](Socket& socket, const Event& event, const Ack& /*ack*/) {
    if (is_mixed(event)) socket.emit("jsonbuff-ack");
  });
  main.on("abuff1", [](Socket& socket, const Event& event, const Ack& /*ack*/) {
    progress_of(socket).buffer_first = event.binary(0) != nullptr;
  });
  main.on("abuff2", [](Socket& socket, const Event& /*event*/, const Ack& /*ack*/) {
    if (progress_of(socket).buffer_first) socket.emit("abuff2-ack");
  });
  main.on("blob", [](Socket& socket, const Event& event, const Ack& /*ack*/) {
    if (event.binary(0) != nullptr) socket.emit("back");
  });
  main.on("jsonblob", [](Socket& socket, const Event& event, const Ack& /*ack*/) {
    if (is_mixed(event)) socket.emit("jsonblob-ack");
  });
  main.on("blob1", [](Socket& socket, const Event& event, const Ack& /*ack*/) {
    progress_of(socket).blob_first = event.binary(0) != nullptr;
  });
  main.on("blob2", [](Socket& socket, const Event& event, const Ack& /*ack*/) {
    Progress& progress = progress_of(socket);
    progress.blob_second = progress.blob_first && event.arguments == R"("second")";
  });
  main.on("blob3", [](Socket& socket, const Event& event, const Ack& /*ack*/) {
    if (event.binary(0) != nullptr && progress_of(socket).blob_second) socket.emit("blob3-ack");
  });
}

void add_namespaces(Gateway& gateway) {
  gateway.of("/foo").on(
      "getId", [](Socket& socket, const Event& /*event*/, Ack ack) { ack(Arguments().text(socket.id())); });
  for (const char* name : {"/valid", "/asd", "/timeout_socket"}) static_cast<void>(gateway.of(name));
  gateway.of("/abc").on_connect(
      [](const SocketPtr& socket) { socket->emit("handshake", Arguments().json(socket->handshake_json())); });
  gateway.of("/no").use([](const SocketPtr& /*socket*/) -> Task<std::optional<Denial>> {
    co_return Denial{.message = "Auth failed (custom namespace)"};
  });
  Namespace& main = gateway.of("/");
  main.use([](SocketPtr socket) -> Task<std::optional<Denial>> {
    if (socket->handshake().query_value("fail").value_or("").empty()) co_return std::nullopt;
    co_return Denial{.message = "Auth failed (main namespace)"};
  });
  add_words(main);
  add_binary(main);
}

}  // namespace

int main(int argc, char** argv) {
  const program::CommandLine words(argc, argv);
  const std::uint16_t port = words.port("--port");

  Settings settings;
  settings.engine.session.ping_interval = 2s;
  settings.engine.origins = {"*"};
  settings.recovery.emplace();

  io::Reactors reactors(words.reactors());
  Gateway gateway(reactors, settings);
  gateway.engine().set_admission([](const io::HttpRequest* /*request*/) -> Task<bool> {
    boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 10ms);
    co_await timer.async_wait(boost::asio::use_awaitable);
    co_return true;
  });
  add_namespaces(gateway);

  std::vector<program::Site> sites;
  sites.push_back({.port = port,
                   .path = "/socket.io/",
                   .handler = [&gateway](io::HttpRequest& request) { return gateway.answer(request); },
                   .body_bytes_max = gateway.body_limit()});
  std::vector<Task<void>> goodbyes;
  goodbyes.push_back(gateway.close());
  return program::serve(reactors, std::move(sites), std::move(goodbyes));
}
