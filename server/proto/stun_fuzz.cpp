#include <cstdint>

#include "base/check.h"
#include "proto/stun.h"

using namespace luso;         // NOLINT(google-build-using-namespace): a program of one file.
using namespace luso::proto;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView datagram(data, size);
  const auto message = stun::parse(datagram);
  if (!message) return 0;
  LUSO_CHECK(size <= stun::kMessageBytesMax && stun::looks_like_stun(datagram));
  LUSO_CHECK(message->unknown.size() <= stun::kUnknownMax);
  if (message->username) {
    const ByteView name = as_bytes(*message->username);
    LUSO_CHECK(name.empty() || (name.data() >= data && name.data() + name.size() <= data + size));
  }
  static_cast<void>(stun::verify_integrity(datagram, *message, "VOkJxbRl1RmTxUk/WvJxBt"));
  // What was read can be said again, and reads the same.
  stun::Builder builder(message->kind, message->transaction, message->method);
  if (message->mapped) builder.xor_mapped_address(*message->mapped);
  if (message->priority) builder.priority(*message->priority);
  const Bytes again = builder.finish("secret");
  const auto echo = stun::parse(again);
  LUSO_CHECK(echo && stun::verify_integrity(again, *echo, "secret"));
  LUSO_CHECK(echo->mapped == message->mapped && echo->priority == message->priority);
  return 0;
}
