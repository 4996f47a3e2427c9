#pragma once

#include <cstddef>

#include "media/authority.h"

namespace luso::media {

[[nodiscard]] std::string_view name_of(UnpublishCause cause);

// The connection behind a publisher, whatever its protocol.
class PublisherPort {
 public:
  virtual ~PublisherPort() = default;
  // Ends the connection and lets the encoder know why. May be called on any reactor; acts at once.
  virtual void dismiss(UnpublishCause cause) = 0;

  // Asks the encoder for a keyframe, of one of the sizes it sends. False when it cannot be asked: RTMP has no
  // words for it. May be called on any reactor.
  [[nodiscard]] virtual bool request_keyframe(std::size_t layer) {
    static_cast<void>(layer);
    return false;
  }
};

}  // namespace luso::media
