#pragma once

#include <optional>
#include <string>

#include "channels/access.h"
#include "io/pg.h"
#include "studio/rules.h"

namespace luso::studio {

struct ChecklistChange {
  std::optional<bool> is_dismissed;
  std::optional<std::int64_t> upload_kbps;
};

// How far a channel has come towards its first live. Any reactor may call. `channel` names one that is not
// the caller's own.
class Checklists {
 public:
  Checklists(const Clock& clock, io::Pg& pg) : clock_(clock), pg_(pg), access_(pg) {}

  [[nodiscard]] Task<Result<Progress>> get(UserId caller, std::optional<std::string> channel);
  [[nodiscard]] Task<Result<Progress>> update(UserId caller, std::optional<std::string> channel,
                                              ChecklistChange change);

 private:
  [[nodiscard]] Task<Result<Progress>> read(UserId owner);

  const Clock& clock_;
  io::Pg& pg_;
  channels::Access access_;
};

}  // namespace luso::studio
