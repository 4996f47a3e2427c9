#include "identity/proofs.h"

#include <utility>

#include "identity/proof.h"
#include "identity/store.h"

namespace luso::identity {

using io::PgSessionPtr;

Task<Result<User>> Proofs::require(UserId id, Shown shown, std::string action) {
  CO_TRY(User user, co_await proof::of_password(tools_, id, std::move(shown.password), "password"));
  const auto write = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY_VOID(co_await proof::of_code_if_on(tools_, transaction, user, shown.code));
    store::AuditEntry entry{
        .at = tools_.clock.now(), .action = action, .actor = id, .subject = id, .detail = {}};
    co_return co_await store::audit(transaction, std::move(entry));
  };
  CO_TRY_VOID(co_await tools_.pg.transaction<void>(write));
  tools_.letters.wake();  // A recovery code that was used up is told of by letter.
  co_return user;
}

}  // namespace luso::identity
