#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>

#include "base/bytes.h"

namespace luso {

// Randomness is handed in, like time, so that tests can repeat themselves.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::uint8_t> out) = 0;

  [[nodiscard]] Bytes bytes(std::size_t count);
  [[nodiscard]] std::string hex(std::size_t byte_count);  // Two lower-case digits a byte.
  [[nodiscard]] std::string token(
      std::size_t byte_count);  // base64url without padding: four characters for three bytes.
  [[nodiscard]] std::uint64_t u64();
  [[nodiscard]] std::uint64_t below(std::uint64_t bound);  // Uniform in [0, bound); bound is at least 1.
};

// The kernel's generator: fit for keys and tokens, callable from any thread.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

// The same sequence for the same seed: tests only.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}

  void fill(std::span<std::uint8_t> out) override;

 private:
  std::mt19937_64 engine_;
};

// One SystemRandom for whoever has no reason to be handed one.
[[nodiscard]] Random& system_random();

}  // namespace luso
