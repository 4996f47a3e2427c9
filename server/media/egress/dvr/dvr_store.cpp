#include "media/egress/dvr/dvr_store.h"

namespace luso::media {

StoredStream DvrStore::load(StreamId) {
  return {};
}

std::unique_ptr<SegmentStore> DvrStore::writer(StreamId, io::Scope&) {
  return nullptr;
}

}  // namespace luso::media
