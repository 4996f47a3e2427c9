// Says back what it hears: Socket.IO on --port, plain Engine.IO on --engine-port.
#include "gateway/main/program.h"

namespace {

using namespace luso;
using namespace luso::gateway;
using namespace std::chrono_literals;
namespace eio = luso::proto::engineio;

class Echo final : public Guest {
 public:
  explicit Echo(EngineConnection& connection) : connection_(connection) {}

  void on_message(const eio::Packet& message) override {
    auto encoded = std::make_shared<eio::Encoded>();
    if (message.is_binary) {
      eio::append_binary_message(encoded->frames, as_bytes(message.data));
    } else {
      eio::append_packet(encoded->frames, eio::PacketType::message, message.data);
    }
    connection_.send(encoded);
  }

  void on_close(eio::CloseReason /*reason*/) override {}

 private:
  EngineConnection& connection_;
};

void add_echoes(Namespace& nsp) {
  nsp.on_connect([](const SocketPtr& socket) {
    socket->emit("auth", Arguments().json(socket->auth().empty() ? "{}" : socket->auth()));
  });
  nsp.on("message", [](Socket& socket, const Event& event, const Ack& /*ack*/) {
    socket.emit("message-back", event.copy());
  });
  nsp.on("message-with-ack", [](Socket& /*socket*/, const Event& event, Ack ack) { ack(event.copy()); });
}

}  // namespace

int main(int argc, char** argv) {
  const program::CommandLine words(argc, argv);
  const std::uint16_t port = words.port("--port");
  const std::uint16_t engine_port = words.port("--engine-port");

  Settings settings;
  settings.engine.session.ping_interval = words.ms("--ping-interval", 300ms);
  settings.engine.session.ping_timeout = words.ms("--ping-timeout", 200ms);
  settings.engine.session.payload_bytes_max = 1'000'000;
  settings.engine.origins = {"*"};
  settings.connect_timeout = 1s;
  settings.attachments_timeout = words.ms("--attachments-timeout", settings.attachments_timeout);

  io::Reactors reactors(words.reactors());
  Gateway gateway(reactors, settings);
  add_echoes(gateway.of("/"));
  add_echoes(gateway.of("/custom"));
  Engine engine(reactors, settings.engine,
                [](EngineConnection& connection) { return std::make_unique<Echo>(connection); });

  std::vector<program::Site> sites;
  sites.push_back({.port = port,
                   .path = "/socket.io/",
                   .handler = [&gateway](io::HttpRequest& request) { return gateway.answer(request); },
                   .body_bytes_max = gateway.body_limit()});
  sites.push_back({.port = engine_port,
                   .path = "/engine.io/",
                   .handler = [&engine](io::HttpRequest& request) { return engine.answer(request); },
                   .body_bytes_max = engine.body_limit()});
  std::vector<Task<void>> goodbyes;
  goodbyes.push_back(gateway.close());
  goodbyes.push_back(engine.close());
  return program::serve(reactors, std::move(sites), std::move(goodbyes));
}
