#include "base/random.h"

#include <cerrno>
#include <sys/random.h>

#include "base/check.h"
#include "base/text.h"

namespace luso {

Bytes Random::bytes(std::size_t count) {
  Bytes out(count);
  fill(out);
  return out;
}

std::string Random::hex(std::size_t byte_count) {
  return hex_encode(bytes(byte_count));
}

std::string Random::token(std::size_t byte_count) {
  return base64url_encode(bytes(byte_count));
}

std::uint64_t Random::u64() {
  std::array<std::uint8_t, 8> raw{};
  fill(raw);
  return ByteReader(raw).u64();
}

std::uint64_t Random::below(std::uint64_t bound) {
  LUSO_CHECK(bound > 0);
  // The lowest 2^64 mod bound values would make some results likelier than others: draw again.
  const std::uint64_t biased = (0 - bound) % bound;
  for (;;) {
    const std::uint64_t drawn = u64();
    if (drawn >= biased) return drawn % bound;
  }
}

void SystemRandom::fill(std::span<std::uint8_t> out) {
  while (!out.empty()) {
    const ssize_t got = getrandom(out.data(), out.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    LUSO_CHECK(got > 0);  // Never fails otherwise on a kernel that has it.
    out = out.subspan(static_cast<std::size_t>(got));
  }
}

void SeededRandom::fill(std::span<std::uint8_t> out) {
  for (std::uint8_t& byte : out) byte = static_cast<std::uint8_t>(engine_());
}

Random& system_random() {
  static SystemRandom random;
  return random;
}

}  // namespace luso
