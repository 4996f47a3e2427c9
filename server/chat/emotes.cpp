#include "chat/emotes.h"

#include "chat/internal/emote_files.h"

namespace luso::chat {

Task<Result<std::vector<Emote>>> Emotes::list(std::optional<std::string> region) {
  CO_TRY(std::vector<Emote> emotes, co_await store_.list(std::move(region)));
  // While two versions run side by side the table may name an emote that only the newer one can draw.
  std::erase_if(emotes, [this](const Emote& emote) { return pictures_.find(emote.slug) == nullptr; });
  for (Emote& emote : emotes) {
    const EmotePictures::Urls& urls = *pictures_.find(emote.slug);
    emote.url = urls.url;
    emote.still_url = urls.still_url;
  }
  co_return emotes;
}

Task<Result<void>> Emotes::load() {
  return store_.load(std::string(internal::kEmotesJson));
}

}  // namespace luso::chat
