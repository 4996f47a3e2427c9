#include "identity/password_hasher.h"

#include <array>
#include <sodium.h>
#include <utility>

#include "gen/reasons.h"
#include "identity/rules.h"

namespace luso::identity {
namespace {

// A well-formed hash of nothing at the same cost: 16 bytes of salt, 32 of hash.
std::string hash_of_nobody(const Argon2Cost& cost) {
  return "$argon2id$v=19$m=" + std::to_string(cost.memory_bytes / 1024) +
         ",t=" + std::to_string(cost.passes) + ",p=1$" + std::string(22, 'A') + "$" + std::string(43, 'A');
}

// One of the kPendingMax places, held as long as the coroutine's frame.
class Place {
 public:
  explicit Place(std::atomic<int>& taken) : taken_(taken), number_(taken.fetch_add(1)) {}

  ~Place() { taken_.fetch_sub(1); }

  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  [[nodiscard]] bool is_free() const { return number_ < PasswordHasher::kPendingMax; }

 private:
  std::atomic<int>& taken_;
  int number_;
};

}  // namespace

template <typename F>
auto PasswordHasher::run(F work) -> Task<Result<std::invoke_result_t<F>>> {
  const Place place(pending_);
  if (!place.is_free()) co_return gen::fail(gen::reasons::kIoBusy, "password hashes");
  runs_.fetch_add(1, std::memory_order_relaxed);
  co_return co_await reactors_.run_blocking(std::move(work));
}

Task<Result<std::string>> PasswordHasher::hash(Secret password) {
  Secret normalised(rules::normalised_password(password.reveal()));
  auto work = [password = std::move(normalised), cost = cost_] {
    std::array<char, crypto_pwhash_STRBYTES> out{};
    const std::string& text = password.reveal();
    const int failed = crypto_pwhash_str_alg(out.data(), text.data(), text.size(), cost.passes,
                                             cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13);
    return failed == 0 ? std::string(out.data()) : std::string();
  };
  CO_TRY(std::string hashed, co_await run(std::move(work)));
  if (hashed.empty()) co_return gen::fail(gen::reasons::kIoBusy, "no memory for argon2id");
  co_return hashed;
}

Task<Result<PasswordVerdict>> PasswordHasher::verify(Secret password, std::string hash) {
  Secret normalised(rules::normalised_password(password.reveal()));
  auto work = [password = std::move(normalised), hash = std::move(hash), cost = cost_] {
    const std::string& text = password.reveal();
    if (crypto_pwhash_str_verify(hash.c_str(), text.data(), text.size()) != 0) return PasswordVerdict{};
    const bool is_outdated =
        crypto_pwhash_str_needs_rehash(hash.c_str(), cost.passes, cost.memory_bytes) != 0;
    return PasswordVerdict{.is_right = true, .is_outdated = is_outdated};
  };
  co_return co_await run(std::move(work));
}

Task<Result<void>> PasswordHasher::verify_nobody(Secret password) {
  CO_TRY_VOID(co_await verify(std::move(password), hash_of_nobody(cost_)));
  co_return Result<void>();
}

}  // namespace luso::identity
