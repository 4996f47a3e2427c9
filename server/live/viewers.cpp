#include "live/viewers.h"

#include "gen/reasons.h"
#include "live/rules.h"

namespace luso::live {

Task<Result<HeartbeatAnswer>> Viewers::beat(Heartbeat beat) {
  CO_TRY(std::optional<ViewerStore::Booked> booked, co_await store_.book(std::move(beat), clock_.now()));
  if (!booked) co_return gen::fail(gen::reasons::kLiveNotFound);
  HeartbeatAnswer answer = std::move(booked->answer);
  answer.next_heartbeat_s = rules::next_heartbeat_s(booked->is_counted);
  co_return answer;
}

Task<Result<void>> Viewers::sample() {
  CO_TRY_VOID(co_await store_.close_silent(clock_.now()));
  CO_TRY(const std::int64_t viewers, co_await store_.sample(clock_.now()));
  total_.set(static_cast<double>(viewers));
  co_return Result<void>{};
}

}  // namespace luso::live
