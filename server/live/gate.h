#pragma once

#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "live/broadcasts.h"
#include "live/keyring.h"
#include "live/publish_store.h"
#include "live/settings.h"
#include "media/authority.h"

namespace luso::live {

// Says who may publish, and keeps the state of streams as encoders come and go. Any reactor may call.
class Gate final : public media::Authority {
 public:
  Gate(Clock& clock, Random& random, io::Pg& pg, Engine& engine, Broadcasts& broadcasts,
       const Keyring& keyring, const Settings& settings);

  [[nodiscard]] Task<Result<media::PublishGrant>> may_publish(media::PublishRequest request) override;
  [[nodiscard]] Task<void> on_live(media::PublishGrant grant) override;
  [[nodiscard]] Task<void> on_unpublished(media::PublishGrant grant, media::UnpublishCause cause) override;
  [[nodiscard]] Task<void> on_ended(StreamId stream_id) override;

  // Before the first encoder can connect: what was on air when the server went down waits for its encoder as
  // if the connection had dropped just now. Viewers keep the page, the session and the counts. Of what was
  // down for longer than the grace window the engine, which knows when the last picture was written, says
  // on_ended() at once.
  [[nodiscard]] Task<Result<void>> resume_after_restart();
  // Ends what waited in vain. Run it about every second.
  [[nodiscard]] Task<Result<void>> end_overdue();

 private:
  [[nodiscard]] Task<Result<bool>> put_on_air(PublishStore::OnAir on_air);

  Clock& clock_;
  Random& random_;
  io::Pg& pg_;
  Engine& engine_;
  Broadcasts& broadcasts_;
  const Keyring& keyring_;
  const Settings& settings_;
  PublishStore store_;
};

}  // namespace luso::live
