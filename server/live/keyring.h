#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace luso::live {

// A secret that signs stream tokens, by the name tokens carry in their "kid".
struct SigningKey {
  std::string kid;
  Secret secret;  // 32 random bytes
  WallTime created_at;
};

// The signing keys in one file only we can read (mode 0600), newest first: the newest signs, the others still
// verify. Made on first use. Callable from any thread.
class Keyring {
 public:
  // Reads the file, or makes it with one key when there is none. A file that others may read is closed to
  // them; a file that makes no sense is an error, never overwritten.
  [[nodiscard]] static Result<std::unique_ptr<Keyring>> open(std::string file, WallTime now, Random& random);

  [[nodiscard]] SigningKey newest() const;
  [[nodiscard]] std::optional<SigningKey> find(std::string_view kid) const;
  [[nodiscard]] std::size_t size() const;

  // A new key signs from now on. Keys that stopped signing `token_ttl_max` ago or more have no token left to
  // verify and go away.
  [[nodiscard]] Result<void> rotate(WallTime now, Duration token_ttl_max, Random& random);
  // Takes over what another process wrote to the file: after `lusotown rotate-stream-keys`, on SIGHUP.
  [[nodiscard]] Result<void> reload();

 private:
  explicit Keyring(std::string file) : file_(std::move(file)) {}

  const std::string file_;
  mutable std::mutex mutex_;
  std::vector<SigningKey> keys_;  // Newest first; never empty.
};

}  // namespace luso::live
