#include "media/authority_line.h"

#include "base/log.h"

namespace luso::media {

void AuthorityLine::tell(std::function<Task<void>()> call) {
  calls_.push_back(std::move(call));
  if (running_) return;
  running_ = true;
  scope_.spawn([self = shared_from_this()] { return self->run(); });
}

Task<void> AuthorityLine::run() {
  while (!calls_.empty()) {
    const std::function<Task<void>()> call = std::move(calls_.front());
    calls_.pop_front();
    try {
      co_await call();
    } catch (const std::exception& failure) {
      log::error("media.authority_failed", {{"error", failure.what()}});
    }
  }
  running_ = false;
}

}  // namespace luso::media
