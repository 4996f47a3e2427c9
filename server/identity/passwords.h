#pragma once

#include <string>

#include "base/secret.h"
#include "identity/model.h"
#include "identity/tools.h"

namespace luso::identity {

// What somebody does about a password: forget it, reset it, change it. Any reactor may call.
class Passwords {
 public:
  explicit Passwords(Tools tools) : tools_(tools) {}

  // Sends one letter to the address, known or not, and takes as long. `locale` is the stranger's.
  [[nodiscard]] Task<Result<void>> forgot(std::string email, Locale locale);
  // With the token of a letter: works once, within the hour, and ends every session.
  [[nodiscard]] Task<Result<void>> reset(std::string token, Secret password);
  // Ends every other session.
  [[nodiscard]] Task<Result<void>> change(UserId id, SessionId kept, Secret current, Secret password);

 private:
  struct Change {
    std::string old_hash;  // Somebody may have changed it meanwhile.
    std::string new_hash;
    SessionId kept;
    std::string_view action;
  };

  Task<Result<void>> write_change(io::PgSessionPtr transaction, UserId id, Change change);

  Tools tools_;
};

}  // namespace luso::identity
