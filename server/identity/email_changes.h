#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "identity/model.h"
#include "identity/tools.h"

namespace luso::identity {

// Another e-mail for an account: asked for with the password, made true by the new mailbox, undone for a week
// by the old one. Any reactor may call.
class EmailChanges {
 public:
  explicit EmailChanges(Tools tools) : tools_(tools) {}

  struct Wish {
    std::string email;
    Secret password;
    std::optional<std::string> code;  // When two steps are on.
  };

  // Sends one letter to the address, taken or free, and takes as long. Asking again forgets the wish before.
  [[nodiscard]] Task<Result<void>> ask(UserId id, Wish wish);
  // With the letter's token. Sessions stay; reset letters that went to the old address are void.
  [[nodiscard]] Task<Result<void>> confirm(std::string token);
  // With the token that the old address got. Somebody else has had the password: it is void, with every
  // session, API token and second step that came after the change, and a reset letter is on its way.
  [[nodiscard]] Task<Result<void>> undo(std::string token);

 private:
  Task<Result<void>> write_wish(io::PgSessionPtr transaction, User user, std::string email,
                                std::string token);
  Task<Result<UserId>> write_confirmed(io::PgSessionPtr transaction, std::string token_hash);
  Task<Result<UserId>> write_undone(io::PgSessionPtr transaction, std::string token_hash);
  Task<Result<void>> lock_out(io::PgSessionPtr transaction, UserId id, WallTime changed_at);
  Task<Result<void>> audit(io::PgSessionPtr transaction, UserId id, std::string action);

  Tools tools_;
};

}  // namespace luso::identity
