#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>

#include "base/secret.h"
#include "io/reactor.h"
#include "io/task.h"

namespace luso::identity {

// What one argon2id hash costs. Stored inside each hash, so it may be raised at any time: the next sign-in
// rehashes.
struct Argon2Cost {
  std::uint64_t passes = 3;
  std::size_t memory_bytes = 32U << 20U;
};

struct PasswordVerdict {
  bool is_right = false;
  bool is_outdated = false;  // Right, but hashed at another cost.
};

// Hashes and checks passwords on the blocking pool. Any reactor may call.
class PasswordHasher {
 public:
  // Hashes that run or wait. Beyond it callers get io.busy at once, instead of a queue nobody waits for.
  static constexpr int kPendingMax = 64;

  PasswordHasher(io::Reactors& reactors, Argon2Cost cost) : reactors_(reactors), cost_(cost) {}

  [[nodiscard]] Task<Result<std::string>> hash(Secret password);
  [[nodiscard]] Task<Result<PasswordVerdict>> verify(Secret password, std::string hash);
  // As much work as verify(), for an account that does not exist.
  [[nodiscard]] Task<Result<void>> verify_nobody(Secret password);

  // Argon2 runs since the start: a metric, and the tests' proof that both ways of failing cost the same.
  [[nodiscard]] std::uint64_t runs() const { return runs_.load(std::memory_order_relaxed); }

 private:
  template <typename F>
  auto run(F work) -> Task<Result<std::invoke_result_t<F>>>;

  io::Reactors& reactors_;
  Argon2Cost cost_;
  std::atomic<int> pending_ = 0;
  std::atomic<std::uint64_t> runs_ = 0;
};

}  // namespace luso::identity
