#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace luso::identity {

// Closes what the database must keep but a copy of it must not tell: XChaCha20-Poly1305 under a key that lies
// in a file of its own (mode 0600), beside the ring that signs stream tokens and never in the database. Every
// node needs the same file. Any thread.
class Sealer {
 public:
  static constexpr std::size_t kKeyBytes = 32;

  explicit Sealer(Secret key) : key_(std::move(key)) {}

  // Reads the key, or makes it when there is none. A file that makes no sense is an error, never overwritten.
  [[nodiscard]] static Result<Secret> open_key(const std::string& file, Random& random);

  // `owner` is sealed in: what belongs to one row opens in no other.
  [[nodiscard]] std::string seal(std::string_view plain, std::string_view owner, Random& random) const;
  [[nodiscard]] std::optional<Secret> unseal(std::string_view sealed, std::string_view owner) const;

 private:
  Secret key_;
};

}  // namespace luso::identity
