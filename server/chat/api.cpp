#include "chat/api.h"

#include <array>
#include <utility>

namespace luso::chat {
namespace {

// One drawing fits them all: 20 in a dense list, 28 in a message, 56 in a picker, 112 on a stage.
constexpr std::array kSizesPx{20, 28, 56, 112};

gen::Emote to_dto(Emote emote) {
  gen::Emote dto;
  dto.code = std::move(emote.code);
  dto.slug = std::move(emote.slug);
  dto.kind = gen::parse<gen::EmoteKind>(emote.kind).value_or(gen::EmoteKind::reaction);
  dto.scope = gen::parse<gen::EmoteScope>(emote.scope).value_or(gen::EmoteScope::global);
  for (const std::string& region : emote.regions) {
    if (const auto known = gen::parse<gen::EmoteRegion>(region)) dto.regions.push_back(*known);
  }
  dto.animated = emote.animated;
  dto.name_pt = std::move(emote.name_pt);
  dto.name_pt_br = std::move(emote.name_pt_br);
  dto.name_en = std::move(emote.name_en);
  dto.context_pt = std::move(emote.context_pt);
  dto.context_pt_br = std::move(emote.context_pt_br);
  dto.context_en = std::move(emote.context_en);
  dto.unicode_fallback = std::move(emote.unicode_fallback);
  dto.aliases = std::move(emote.aliases);
  dto.variant_of = std::move(emote.variant_of);
  dto.url = std::move(emote.url);
  dto.still_url = std::move(emote.still_url);
  dto.sizes.assign(kSizesPx.begin(), kSizesPx.end());
  return dto;
}

class Api final : public gen::ChatApi {
 public:
  explicit Api(Emotes& emotes) : emotes_(emotes) {}

  Task<Result<gen::EmoteList>> list_emotes(io::Call, gen::ListEmotesQuery query) override {
    std::optional<std::string> region;
    if (query.region) region = gen::to_text(*query.region);
    CO_TRY(std::vector<Emote> emotes, co_await emotes_.list(std::move(region)));
    gen::EmoteList list;
    for (Emote& emote : emotes) list.items.push_back(to_dto(std::move(emote)));
    co_return list;
  }

 private:
  Emotes& emotes_;
};

}  // namespace

std::unique_ptr<gen::ChatApi> make_api(Emotes& emotes) {
  return std::make_unique<Api>(emotes);
}

}  // namespace luso::chat
