#include "identity/totp.h"

#include <algorithm>
#include <array>

#include "base/secret.h"
#include "base/text.h"
#include "proto/hmac_sha1.h"

namespace luso::identity::totp {

std::string hotp(ByteView secret, std::uint64_t counter, int digits) {
  Bytes message;
  ByteWriter(message).u64(counter);
  const proto::HmacSha1::Digest digest = proto::HmacSha1(secret)(message);
  const std::size_t offset = digest.back() & 0x0FU;
  ByteReader truncated(ByteView(digest).subspan(offset, 4));
  std::string text = std::to_string(truncated.u32() & 0x7FFFFFFFU);
  const auto wanted = static_cast<std::size_t>(digits);
  if (text.size() > wanted) return text.substr(text.size() - wanted);
  return std::string(wanted - text.size(), '0') + text;
}

std::int64_t step_at(WallTime now) {
  return std::chrono::floor<std::chrono::seconds>(now.time_since_epoch()).count() / kStepSeconds;
}

std::optional<std::int64_t> accept(ByteView secret, std::string_view code, WallTime now,
                                   std::int64_t last_step) {
  const std::int64_t middle = step_at(now);
  std::optional<std::int64_t> accepted;
  // Every step is tried, so that the time it takes does not say how far off the phone's clock is.
  for (std::int64_t step = middle - kSkewSteps; step <= middle + kSkewSteps; ++step) {
    const bool is_same = equal_in_constant_time(hotp(secret, static_cast<std::uint64_t>(step)), code);
    if (is_same && step > last_step) accepted = step;
  }
  return accepted;
}

std::string base32(ByteView bytes) {
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string text;
  std::uint32_t bits = 0;
  int count = 0;
  for (const std::uint8_t byte : bytes) {
    bits = bits << 8U | byte;
    count += 8;
    while (count >= 5) {
      count -= 5;
      text += kAlphabet[bits >> static_cast<unsigned>(count) & 0x1FU];
    }
  }
  if (count > 0) text += kAlphabet[bits << static_cast<unsigned>(5 - count) & 0x1FU];
  return text;
}

std::string otpauth_uri(ByteView secret, std::string_view username) {
  return "otpauth://totp/LusoTown:" + percent_encode(username) + "?secret=" + base32(secret) +
         "&issuer=LusoTown&algorithm=SHA1&digits=6&period=30";
}

std::string without_spaces(std::string_view code) {
  std::string bare;
  std::ranges::copy_if(code, std::back_inserter(bare), [](char c) { return c != ' ' && c != '-'; });
  return ascii_lower(bare);
}

bool looks_like_totp(std::string_view code) {
  return code.size() == kDigits && std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace luso::identity::totp
