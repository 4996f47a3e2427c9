#include "base/bytes.h"
#include "base/check.h"
#include "gen/channels.h"
#include "gen/identity.h"
#include "gen/internal/rules.h"
#include "gen/live.h"

// Any body is refused or understood; what is understood comes back as it was.
namespace {

using namespace luso::gen;

template <typename Struct>
void try_as(std::string_view text) {
  const luso::Result<Struct> decoded = from_json<Struct>(text);
  if (!decoded) return;
  const luso::Result<Struct> again = from_json<Struct>(to_json(*decoded));
  LUSO_CHECK(again.has_value());
  LUSO_CHECK(*again == *decoded);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = luso::as_text({data, size});
  try_as<RegisterRequest>(text);
  try_as<CreateApiTokenRequest>(text);
  try_as<UpdateChannelRequest>(text);
  // Times are written in whole milliseconds and Boost.JSON rounds fractions its own way, so these two need
  // not come back to the last bit.
  static_cast<void>(from_json<Heartbeat>(text));
  static_cast<void>(from_json<Session>(text));
  if (const auto time = internal::parse_time(text)) static_cast<void>(internal::format_time(*time));
  static_cast<void>(internal::is_email(text));
  return 0;
}
