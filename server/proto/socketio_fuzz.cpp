// A polling body of Socket.IO packets: what is accepted is written back so that it is accepted again,
// unchanged.
#include "base/check.h"
#include "base/text.h"
#include "proto/json_text.h"
#include "proto/socketio.h"

namespace {

using namespace luso;
using namespace luso::proto;
using socketio::Decoder;
using socketio::Packet;

Decoder::State feed_payload(Decoder& decoder, std::string_view payload) {
  auto state = Decoder::State::more;
  engineio::PayloadReader reader(payload);
  while (const auto packet = reader.next()) state = decoder.feed(*packet);
  return state;
}

void check_json(std::string_view data) {
  if (json::kind_of(data) != json::Kind::array) return;
  for (const std::string_view element : json::elements_of(data)) {
    LUSO_CHECK(json::is_value(element));
    if (json::kind_of(element) == json::Kind::string)
      LUSO_CHECK(json::is_value(json::quote(json::string_of(element))));
  }
}

void check_packet(const Packet& packet) {
  LUSO_CHECK(packet.nsp.starts_with('/') && packet.nsp.size() <= socketio::kNamespaceBytesMax);
  LUSO_CHECK(packet.attachments.size() <= socketio::kAttachmentsMax);
  if (!packet.data.empty()) check_json(packet.data);
  LUSO_CHECK(packet.nsp.find(',') == std::string_view::npos);
  std::string payload;
  engineio::append_to_payload(payload, socketio::encode_frames(packet));
  Decoder again;
  LUSO_CHECK(feed_payload(again, payload) == Decoder::State::packet);
  LUSO_CHECK(again.packet().type == packet.type && again.packet().nsp == packet.nsp);
  LUSO_CHECK(again.packet().id == packet.id && again.packet().data == packet.data);
  LUSO_CHECK(again.packet().attachments.size() == packet.attachments.size());
  if (packet.type != socketio::PacketType::event) return;
  const std::string name = socketio::name_of_event(packet.data);
  LUSO_CHECK(!socketio::is_reserved_event(name));
  LUSO_CHECK(json::is_value('[' + std::string(socketio::after_name(packet.data)) + ']'));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Decoder decoder({.attachments_max = socketio::kAttachmentsMax, .attachment_bytes_max = 1'000});
  engineio::PayloadReader reader(as_text({data, size}));
  while (const auto message = reader.next()) {
    const Decoder::State state = decoder.feed(*message);
    if (state == Decoder::State::broken) break;
    if (state == Decoder::State::packet) check_packet(decoder.packet());
  }
  return 0;
}
