#include <cstdint>

#include "base/check.h"
#include "proto/flv.h"
#include "proto/rtmp.h"

using namespace luso;         // NOLINT(google-build-using-namespace): a program of one file.
using namespace luso::proto;  // NOLINT(google-build-using-namespace)

namespace {

void end_handshake(rtmp::Session& session) {
  Bytes hello(1 + 2 * rtmp::kHandshakePartBytes);
  hello[0] = rtmp::kRtmpVersion;
  LUSO_CHECK(session.feed(hello).has_value());
}

// What an engine does with events, so that a crash further down is found here.
std::size_t consume(rtmp::Session& session) {
  std::size_t events = 0;
  while (std::optional<rtmp::Event> event = session.next_event()) {
    ++events;
    if (const auto* video = std::get_if<rtmp::VideoMessage>(&*event))
      static_cast<void>(flv::parse_video(video->body));
    if (const auto* audio = std::get_if<rtmp::AudioMessage>(&*event))
      static_cast<void>(flv::parse_audio(audio->body));
    if (const auto* data = std::get_if<rtmp::Metadata>(&*event))
      static_cast<void>(flv::read_metadata(data->properties));
    if (std::holds_alternative<rtmp::PublishRequested>(*event)) session.accept_publish();
  }
  return events;
}

}  // namespace

// The first byte says how finely the rest, which follows the handshake, is cut. Cut or whole, the session
// must end the same way, with as many events.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t piece_bytes = data[0] + 1U;
  const ByteView input(data + 1, size - 1);
  rtmp::Session whole({.app = {}});
  rtmp::Session cut({.app = {}});
  end_handshake(whole);
  end_handshake(cut);

  const bool whole_well = whole.feed(input).has_value();
  const std::size_t whole_events = consume(whole);
  bool cut_well = true;
  std::size_t cut_events = 0;
  for (ByteView rest = input; !rest.empty() && cut_well;) {
    const ByteView piece = rest.first(std::min(piece_bytes, rest.size()));
    rest = rest.subspan(piece.size());
    cut_well = cut.feed(piece).has_value();
    cut_events += consume(cut);
    static_cast<void>(cut.take_output());
  }
  LUSO_CHECK(whole_well == cut_well);
  LUSO_CHECK(whole_events == cut_events);
  LUSO_CHECK(whole.finished() == cut.finished());
  return 0;
}
