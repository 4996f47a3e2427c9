#pragma once

#include <string>

#include "base/ids.h"
#include "gen/identity.h"
#include "io/pg.h"
#include "io/task.h"

namespace luso::identity {

struct AccountCreated {
  UserId user_id;
  std::string username;
  std::string display_name;
  gen::Locale locale;
};

// What the modules above want to know about accounts. app plugs them in.
class AccountListener {
 public:
  virtual ~AccountListener() = default;
  // Inside the transaction that makes the user: what is written here comes and goes with it.
  virtual Task<Result<void>> account_created(io::PgSessionPtr transaction, AccountCreated account) = 0;
  // After the ban is committed and the user's sessions are gone: end what still runs.
  virtual Task<void> account_banned(UserId user_id) = 0;
  // After its owner has closed it: the same, for now; it may open again.
  virtual Task<void> account_closed(UserId user_id) = 0;
};

}  // namespace luso::identity
