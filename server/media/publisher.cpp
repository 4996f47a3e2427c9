#include "media/publisher.h"

namespace luso::media {

std::string_view name_of(UnpublishCause cause) {
  switch (cause) {
    case UnpublishCause::encoder_finished: return "encoder_finished";
    case UnpublishCause::connection_lost: return "connection_lost";
    case UnpublishCause::taken_over: return "taken_over";
    case UnpublishCause::revoked: return "revoked";
    case UnpublishCause::ended: return "ended";
    case UnpublishCause::server_stopping: return "server_stopping";
  }
  return "connection_lost";
}

}  // namespace luso::media
