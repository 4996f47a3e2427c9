#pragma once

#include <optional>
#include <string>
#include <vector>

namespace luso::chat {

// A word of the chat that is a picture: what is typed between colons, what it means, and where it is at home.
struct Emote {
  std::string slug;
  std::string code;                  // ":saudade:"
  std::string kind;                  // Of gen::EmoteKind
  std::string scope;                 // Of gen::EmoteScope
  std::vector<std::string> regions;  // Of gen::EmoteRegion; none is everywhere.
  bool animated = false;
  std::string name_pt, name_pt_br, name_en;
  std::string context_pt, context_pt_br, context_en;
  std::string unicode_fallback;
  std::vector<std::string> aliases;
  std::optional<std::string> variant_of;  // The slug it is another spelling of.
  std::string url, still_url;
};

}  // namespace luso::chat
