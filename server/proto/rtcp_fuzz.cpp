// Any compound: no crash, bounded answers, and what was understood is written so that it reads the same.
#include <variant>
#include <vector>

#include "base/check.h"
#include "proto/rtcp.h"

namespace {

using namespace luso;               // NOLINT(google-build-using-namespace): a program of one file.
using namespace luso::proto::rtcp;  // NOLINT(google-build-using-namespace)

// Nacks may name a packet twice, or in an order that no entry can keep: these become others, once. Delays
// beyond a hundred are not written.
bool keeps_its_form(const Message& message) {
  const auto* extended = std::get_if<ExtendedReport>(&message);
  return !std::holds_alternative<Nack>(message) && (extended == nullptr || extended->delays.size() <= 100);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Reader reader({data, size});
  while (const auto message = reader.next()) {
    Bytes written;
    std::visit([&written](const auto& each) { append(each, written); }, *message);
    LUSO_CHECK(written.size() % 4 == 0);
    Reader again(written);
    const auto read = again.next();
    LUSO_CHECK(read && !again.failed());
    if (keeps_its_form(*message)) LUSO_CHECK(*read == *message);
    if (const auto* nack = std::get_if<Nack>(&*message)) LUSO_CHECK(nack->sequences.size() <= size / 4 * 17);
    if (const auto* feedback = std::get_if<TransportFeedback>(&*message))
      LUSO_CHECK(feedback->arrivals.size() <= size);
  }
  return 0;
}
