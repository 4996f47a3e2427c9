#pragma once

#include <string>
#include <vector>

#include "identity/events.h"
#include "identity/model.h"
#include "identity/store.h"
#include "identity/tools.h"

namespace luso::identity {

// Accounts from the wish for one to the ban. Any reactor may call.
class Accounts {
 public:
  struct Settings {
    bool registration_open = true;
  };

  Accounts(Settings settings, Tools tools) : settings_(settings), tools_(tools) {}

  // Before the first call; the listener outlives this.
  void listen(AccountListener& listener) { listeners_.push_back(&listener); }

  // Sends one letter, the same answer whether the e-mail is known or not: the letter tells its owner.
  [[nodiscard]] Task<Result<void>> ask_for(NewAccount asked);
  // Opens the account that a letter's token stands for.
  [[nodiscard]] Task<Result<User>> confirm(std::string token);

  [[nodiscard]] Task<Result<User>> get(UserId id);
  [[nodiscard]] Task<Result<User>> update(UserId id, AccountChanges changes);

  [[nodiscard]] Task<Result<void>> set_role(Actor actor, std::string username, Role role);
  // Ends the user's sessions, then tells the listeners. Banning again changes the reason.
  [[nodiscard]] Task<Result<void>> ban(Actor actor, std::string username, std::string reason);
  [[nodiscard]] Task<Result<void>> unban(Actor actor, std::string username);

  // For the command line, seeds and the demo: a confirmed account at once, reserved usernames included.
  enum class IfThere { refuse, replace_password };
  [[nodiscard]] Task<Result<User>> create(NewAccount account, Role role, IfThere if_there);

  // Deletes what has expired. Once an hour is plenty.
  [[nodiscard]] Task<Result<void>> sweep();

 private:
  Task<Result<void>> write_registration(io::PgSessionPtr transaction, store::PendingRegistration pending,
                                        std::string token);
  Task<Result<void>> tell_created(io::PgSessionPtr transaction, User user);
  Task<Result<User>> open(io::PgSessionPtr transaction, std::string token_hash);
  Task<Result<User>> insert(io::PgSessionPtr transaction, NewAccount account, Role role, std::string hash);
  Task<Result<User>> replace_password(User user, Secret password);

  Settings settings_;
  Tools tools_;
  std::vector<AccountListener*> listeners_;
};

}  // namespace luso::identity
