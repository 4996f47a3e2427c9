#pragma once

#include "media/authority.h"

namespace luso::media {

[[nodiscard]] std::string_view name_of(UnpublishCause cause);

// The connection behind a publisher, whatever its protocol.
class PublisherPort {
 public:
  virtual ~PublisherPort() = default;
  // Ends the connection and lets the encoder know why. May be called on any reactor; acts at once.
  virtual void dismiss(UnpublishCause cause) = 0;

  // Whether the encoder can be asked for a keyframe: RTMP has no words for it.
  [[nodiscard]] virtual bool makes_keyframes() const { return false; }

  virtual void request_keyframe() {}  // May be called on any reactor.
};

}  // namespace luso::media
