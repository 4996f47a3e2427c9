#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/secret.h"
#include "identity/events.h"
#include "identity/model.h"
#include "identity/tools.h"

namespace luso::identity {

// Leaving: the account closes at once and is erased after a while; signing in before that opens it again
// (Sessions::open does). What is erased leaves no row that names the person: rows of theirs go, rows of
// others forget them, and the audit log keeps that it happened, of a number that is nobody's any more. Any
// reactor may call.
class Farewells {
 public:
  explicit Farewells(Tools tools) : tools_(tools) {}

  void listen(AccountListener& listener) { listeners_.push_back(&listener); }

  struct Wish {
    std::string username;  // Typed again: nobody leaves by one careless press.
    Secret password;
    std::optional<std::string> code;
  };

  // The moment from which it is erased.
  [[nodiscard]] Task<Result<WallTime>> ask(UserId id, Wish wish);

  // Erases those whose time has come, kErasedAtOnce at most. Once an hour is plenty.
  static constexpr std::int64_t kErasedAtOnce = 50;
  [[nodiscard]] Task<Result<void>> sweep();

 private:
  Task<Result<void>> close(io::PgSessionPtr transaction, User user, WallTime erase_after);
  Task<Result<void>> erase(io::PgSessionPtr transaction, UserId id);

  Tools tools_;
  std::vector<AccountListener*> listeners_;
};

}  // namespace luso::identity
