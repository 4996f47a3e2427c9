#include <benchmark/benchmark.h>
#include <sodium.h>

#include "identity/limits.h"
#include "identity/password_hasher.h"
#include "identity/rules.h"

namespace luso::identity {
namespace {

// What every limited request pays.
void take_a_token(benchmark::State& state) {
  const SystemClock clock;
  RateLimits limits(clock);
  std::int64_t payer = 0;
  for (auto _ : state) {
    const std::string name = "user " + std::to_string(payer++ % state.range(0));
    benchmark::DoNotOptimize(limits.take("heartbeat", name));
  }
}

BENCHMARK(take_a_token)->Arg(1)->Arg(100'000);

// What a sign-in pays at the cost we store today.
void hash_a_password(benchmark::State& state) {
  const Argon2Cost cost;
  std::array<char, crypto_pwhash_STRBYTES> out{};
  for (auto _ : state) {
    const std::string_view password = "uma frase longa e segura";
    benchmark::DoNotOptimize(crypto_pwhash_str_alg(out.data(), password.data(), password.size(), cost.passes,
                                                   cost.memory_bytes, crypto_pwhash_ALG_ARGON2ID13));
  }
}

BENCHMARK(hash_a_password)->Unit(benchmark::kMillisecond);

void judge_a_password(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(rules::check_password("uma frase longa e segura", "anamaria", "ana@exemplo.pt"));
  }
}

BENCHMARK(judge_a_password);

}  // namespace
}  // namespace luso::identity
