// A polling body, and the same bytes as what a client says over time: limits hold, and what is read is what
// is written.
#include "base/check.h"
#include "base/text.h"
#include "proto/engineio.h"
#include "proto/engineio_session.h"

namespace {

using namespace luso;
using namespace luso::proto::engineio;

void round_trip(std::string_view body) {
  Bytes frames;
  PayloadReader reader(body);
  std::size_t count = 0;
  while (const auto packet = reader.next()) {
    ++count;
    if (packet->is_binary) {
      append_binary_message(frames, as_bytes(packet->data));
    } else {
      append_packet(frames, packet->type, packet->data);
    }
  }
  std::string again;
  append_to_payload(again, frames);
  if (!reader.failed()) LUSO_CHECK(again == body);
  LUSO_CHECK(count <= body.size());
}

// Each byte is one thing that happens to a session.
void live(ByteView happenings) {
  const Settings settings{.backlog_packets_max = 8};
  MonoTime now{};
  Session session("sid", settings, Transport::polling, now, now + std::chrono::seconds(1));
  const EncodedPtr message = encode_packet(PacketType::message, "x");
  for (const std::uint8_t byte : happenings) {
    now += std::chrono::milliseconds(byte) * 50;
    const std::string words{static_cast<char>('0' + byte % 9)};
    switch (byte % 11) {
      case 0: static_cast<void>(session.poll()); break;
      case 1:
        if (session.has_payload()) LUSO_CHECK(!session.take_payload().empty());
        break;
      case 2:
        if (session.is_polled()) session.poll_aborted();
        break;
      case 3: static_cast<void>(session.begin_upgrade(now)); break;
      case 4: static_cast<void>(session.probe(parse_packet(words == "2" ? "2probe" : words))); break;
      case 5:
        if (session.transport() == Transport::polling) static_cast<void>(session.send(message));
        break;
      case 6: session.close(now); break;
      case 7: session.candidate_lost(); break;
      case 8: static_cast<void>(session.tick(now)); break;
      default: static_cast<void>(session.receive(parse_packet(words), now)); break;
    }
    if (session.state() == Session::State::closed) LUSO_CHECK(session.deadline() == MonoTime::max());
    LUSO_CHECK(session.transport() == Transport::polling || session.poll() == Session::Poll::refuse);
  }
  LUSO_CHECK(session.take_backlog().size() <= settings.backlog_packets_max);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  round_trip(as_text({data, size}));
  live({data, size});
  return 0;
}
