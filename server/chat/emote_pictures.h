#pragma once

#include <map>
#include <string>
#include <string_view>

#include "io/http.h"

namespace luso::chat {

// The drawings of the global emotes, at /emotes/{slug}.{version}.svg. The version is made from the bytes, so
// an address is kept for ever by every cache on the way; a stadium that sees its first :golo: asks once a
// browser. Immutable after construction; any reactor.
class EmotePictures {
 public:
  static constexpr std::string_view kPrefix = "/emotes/";

  struct Urls {
    std::string url;
    std::string still_url;  // The same, without its movement.
  };

  EmotePictures();

  // Null when nothing of that name was drawn.
  [[nodiscard]] const Urls* find(std::string_view slug) const;

  // An address of an earlier version gives the picture of today, for a while.
  [[nodiscard]] io::HttpResponse handle(const io::HttpRequest& request) const;

 private:
  struct Picture {
    SharedBytes plain, packed;
    std::string version;
    Urls urls;
  };

  std::map<std::string, Picture, std::less<>> pictures_;
};

}  // namespace luso::chat
