#pragma once

#include <optional>
#include <string>

#include "base/secret.h"
#include "identity/model.h"
#include "identity/tools.h"

namespace luso::identity {

// For modules above: the owner shows once more who they are, and what for goes into the audit log. Any
// reactor may call.
class Proofs {
 public:
  explicit Proofs(Tools tools) : tools_(tools) {}

  struct Shown {
    Secret password;
    std::optional<std::string> code;  // When two steps are on.
  };

  // identity.wrong_password, identity.code_needed or identity.wrong_code when it is somebody else; `action`
  // is written down when it is not.
  [[nodiscard]] Task<Result<User>> require(UserId id, Shown shown, std::string action);

 private:
  Tools tools_;
};

}  // namespace luso::identity
