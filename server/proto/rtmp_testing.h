#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "base/text.h"
#include "proto/rtmp.h"
#include "proto/rtmp_client.h"

// What the tests of RTMP, FLV and AMF 0 share: bytes as one reads them in a specification, and two ends wired
// together.
namespace luso::proto::rtmp::testing {

// bytes("02 0004 'live'"): hex with spaces wherever they help, and quoted text.
[[nodiscard]] inline Bytes bytes(std::string_view shown) {
  Bytes out;
  std::string digits;
  bool quoted = false;
  for (const char c : shown) {
    if (c == '\'') {
      quoted = !quoted;
    } else if (quoted) {
      out.push_back(static_cast<std::uint8_t>(c));
    } else if (c != ' ' && c != '\n') {
      digits.push_back(c);
      if (digits.size() < 2) continue;
      const std::optional<Bytes> byte = hex_decode(digits);
      LUSO_CHECK(byte.has_value());
      out.push_back(byte->front());
      digits.clear();
    }
  }
  LUSO_CHECK(digits.empty() && !quoted);
  return out;
}

[[nodiscard]] inline Bytes joined(std::initializer_list<ByteView> parts) {
  Bytes out;
  for (const ByteView part : parts) out.insert(out.end(), part.begin(), part.end());
  return out;
}

[[nodiscard]] inline std::vector<Event> take_events(Session& session) {
  std::vector<Event> events;
  while (std::optional<Event> event = session.next_event()) events.push_back(std::move(*event));
  return events;
}

template <typename T>
[[nodiscard]] std::vector<T> events_of(const std::vector<Event>& events) {
  std::vector<T> wanted;
  for (const Event& event : events) {
    if (const T* found = std::get_if<T>(&event)) wanted.push_back(*found);
  }
  return wanted;
}

// Hands each end the other's output until neither has more to say. Stops at the first error of either.
[[nodiscard]] inline Result<void> exchange(ClientSession& client, Session& server) {
  while (true) {
    const Bytes up = client.take_output();
    Result<void> at_server = server.feed(up);
    const Bytes down = server.take_output();
    TRY_VOID(client.feed(down));
    TRY_VOID(at_server);
    if (up.empty() && down.empty()) return {};
  }
}

}  // namespace luso::proto::rtmp::testing
