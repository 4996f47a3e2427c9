#include "media/egress/llhls/snapshot.h"

namespace luso::media {

std::string_view name_of(StreamState state) {
  switch (state) {
    case StreamState::live: return "live";
    case StreamState::waiting: return "waiting";
    case StreamState::ended: return "ended";
  }
  return "ended";
}

}  // namespace luso::media
