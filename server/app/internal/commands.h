#pragma once

#include <string>

#include "base/config.h"
#include "io/task.h"

// What `lusotown COMMAND` does. Each returns the process' exit code and has said on standard error why it is
// not 0.
namespace luso::app {

struct UserCommand {
  std::string username, email, display_name, role = "creator", locale = "pt-PT";
  std::string password;              // From standard input.
  bool replace_password = false;     // For an account that is there already.
  std::int64_t streams_per_day = 0;  // 0: as everybody.
};

int serve(const LoadedConfig& loaded);
int migrate(const Config& config, bool status_only);
int seed(const Config& config, bool categories_only);
int create_user(const Config& config, UserCommand command);
int set_role(const Config& config, UserCommand command);
// Takes the second step off an account whose owner has lost it; the audit log says so.
int drop_two_factor(const Config& config, const std::string& username);
int rotate_keys(const Config& config);

}  // namespace luso::app
