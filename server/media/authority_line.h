#pragma once

#include <deque>
#include <functional>
#include <memory>

#include "io/scope.h"
#include "io/task.h"

namespace luso::media {

// Tells the authority what happened to one stream, one thing after another: "unpublished" never overtakes
// "live".
class AuthorityLine : public std::enable_shared_from_this<AuthorityLine> {
 public:
  explicit AuthorityLine(io::Scope& scope) : scope_(scope) {}

  void tell(std::function<Task<void>()> call);

  [[nodiscard]] bool idle() const { return !running_; }

 private:
  [[nodiscard]] Task<void> run();

  io::Scope& scope_;
  std::deque<std::function<Task<void>()>> calls_;  // At most a few: a publisher's begin and end.
  bool running_ = false;
};

}  // namespace luso::media
