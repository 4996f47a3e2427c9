#include "chat/emote_pictures.h"

#include <algorithm>
#include <map>
#include <set>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "base/text.h"
#include "chat/internal/emote_files.h"

namespace luso::chat {
namespace {

using internal::emote_files;
using internal::EmoteFile;

constexpr std::size_t kStillBytesMax = 3 * 1024;  // A screen of chat holds hundreds of them.
constexpr std::size_t kAnimatedBytesMax = 5 * 1024;

struct Tag {
  std::string_view name;  // "/g" closes.
  std::map<std::string_view, std::string_view> attributes;
  bool closes_itself = false;
};

// The tags of a drawing, in order. Only what our drawings are written with is understood: anything else is a
// failure, so that nothing a browser would read in its own way gets past.
class Drawing {
 public:
  explicit Drawing(std::string_view svg) : rest_(svg) {
    while (sound && !rest_.empty()) {
      const std::size_t open = rest_.find('<');
      const std::string_view between = rest_.substr(0, open);
      if (!tags.empty() && tags.back().name == "style")
        style = between;
      else if (!trim(between).empty())
        sound = false;
      if (open == std::string_view::npos) break;
      rest_.remove_prefix(open + 1);
      read_tag();
    }
  }

  std::vector<Tag> tags;
  std::string_view style;
  bool sound = true;

 private:
  static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '/';
  }

  std::string_view take_name() {
    const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_name);
    const std::string_view name = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(name.size());
    return name;
  }

  void read_tag() {
    Tag tag;
    tag.name = take_name();
    while (rest_.starts_with(' ')) {
      rest_.remove_prefix(1);
      const std::string_view name = take_name();
      const std::size_t end = rest_.starts_with("=\"") ? rest_.find('"', 2) : std::string_view::npos;
      if (name.empty() || end == std::string_view::npos || tag.attributes.contains(name)) {
        sound = false;
        return;
      }
      tag.attributes.emplace(name, rest_.substr(2, end - 2));
      rest_.remove_prefix(end + 1);
    }
    if (rest_.starts_with('/')) {
      tag.closes_itself = true;
      rest_.remove_prefix(1);
    }
    if (!rest_.starts_with('>')) sound = false;
    if (!rest_.empty()) rest_.remove_prefix(1);
    tags.push_back(std::move(tag));
  }

  std::string_view rest_;
};

// Every opened tag is closed, in order, and the drawing is one svg.
bool is_balanced(const std::vector<Tag>& tags) {
  std::vector<std::string_view> open;
  for (const Tag& tag : tags) {
    if (!tag.name.starts_with('/')) {
      if (open.empty() != (tag.name == "svg")) return false;
      if (!tag.closes_itself) open.push_back(tag.name);
    } else if (open.empty() || open.back() != tag.name.substr(1)) {
      return false;
    } else {
      open.pop_back();
    }
  }
  return open.empty() && !tags.empty();
}

// What may stand in a drawing. No script, no link, no picture from elsewhere, no foreign content: by not
// being here.
void expect_harmless(const EmoteFile& file, const Drawing& drawing) {
  static const std::set<std::string_view> kTags{"svg", "g", "path", "style", "/svg", "/g", "/style"};
  static const std::set<std::string_view> kAttributes{
      "xmlns",           "id",        "viewBox", "d", "fill", "stroke", "stroke-width", "stroke-linecap",
      "stroke-linejoin", "transform", "class"};
  EXPECT_TRUE(drawing.sound && is_balanced(drawing.tags)) << file.slug << " is not well formed";
  for (const Tag& tag : drawing.tags) {
    EXPECT_TRUE(kTags.contains(tag.name)) << file.slug << ": <" << tag.name << ">";
    for (const auto& [name, value] : tag.attributes) {
      EXPECT_TRUE(kAttributes.contains(name)) << file.slug << ": " << name;
      EXPECT_EQ(value.find_first_of("<>&:;\\"), name == "xmlns" ? 4U : std::string_view::npos)
          << file.slug << ": " << value;
    }
  }
  for (const std::string_view foreign : {"url(", "@import", "\\", "<", "expression"}) {
    EXPECT_EQ(drawing.style.find(foreign), std::string_view::npos) << file.slug << ": " << foreign;
  }
}

// Drawings may be written into one page: what one names must be its own.
void expect_names_of_its_own(const EmoteFile& file, const Drawing& drawing) {
  const std::string prefix = "e-" + std::string(file.slug) + "-";
  for (const Tag& tag : drawing.tags) {
    const auto id = tag.attributes.find("id");
    if (id != tag.attributes.end()) EXPECT_EQ(id->second, prefix + "still");
    const auto name = tag.attributes.find("class");
    if (name == tag.attributes.end()) continue;
    EXPECT_TRUE(name->second.starts_with(prefix)) << file.slug << ": " << name->second;
    EXPECT_NE(drawing.style.find("." + std::string(name->second) + "{animation:"), std::string_view::npos)
        << file.slug << ": " << name->second << " is in no rule";
  }
  for (std::size_t at = 0; (at = drawing.style.find("@keyframes ", at)) != std::string_view::npos;) {
    at += std::string_view("@keyframes ").size();
    EXPECT_TRUE(drawing.style.substr(at).starts_with(prefix)) << file.slug;
  }
}

std::map<std::string, bool> animated_by_slug() {
  std::map<std::string, bool> animated;
  const boost::json::value catalogue = boost::json::parse(internal::kEmotesJson);
  for (const boost::json::value& emote : catalogue.as_array()) {
    animated.emplace(std::string(std::string_view(emote.at("slug").as_string())),
                     emote.at("animated").as_bool());
  }
  return animated;
}

io::HttpRequest get(std::string path) {
  io::HttpRequest request;
  request.method = "GET";
  request.path = std::move(path);
  return request;
}

std::string text_of(const io::HttpResponse& response) {
  return std::string(as_text(*std::get<std::vector<SharedBytes>>(response.body).front()));
}

TEST(EmotePictures, EveryDrawingIsHarmlessAndSmallAndNamesOnlyItsOwn) {
  for (const EmoteFile& file : emote_files()) {
    const Drawing drawing(file.svg);
    expect_harmless(file, drawing);
    expect_names_of_its_own(file, drawing);
    EXPECT_EQ(drawing.tags.front().attributes.at("viewBox"), "-1 -1 34 34") << file.slug;
    EXPECT_LE(file.svg.size(), drawing.style.empty() ? kStillBytesMax : kAnimatedBytesMax) << file.slug;
  }
}

TEST(EmotePictures, TheCatalogueAndTheDrawingsAgreeOnWhatThereIsAndWhatMoves) {
  std::map<std::string, bool> moving;
  for (const EmoteFile& file : emote_files()) moving.emplace(file.slug, !Drawing(file.svg).style.empty());
  EXPECT_EQ(moving, animated_by_slug());
  EXPECT_EQ(moving.size(), 48U);
}

TEST(EmotePictures, WhatMovesRestsForWhomMotionHurtsAndWhenItIsTheTarget) {
  constexpr std::string_view kGuard = "@media (prefers-reduced-motion:no-preference){";
  for (const EmoteFile& file : emote_files()) {
    const Drawing drawing(file.svg);
    if (drawing.style.empty()) continue;
    EXPECT_TRUE(drawing.style.starts_with(kGuard)) << file.slug;
    // The guard's brace is the last to close: nothing moves outside of it.
    int depth = 0;
    for (std::size_t i = 0; i < drawing.style.size(); ++i) {
      depth += drawing.style[i] == '{' ? 1 : drawing.style[i] == '}' ? -1 : 0;
      EXPECT_EQ(depth == 0, i < kGuard.size() - 1 || i + 1 == drawing.style.size())
          << file.slug << " at " << i;
      if (depth == 0 && i >= kGuard.size()) break;
    }
    const std::size_t rules = split(drawing.style, '.').size();
    EXPECT_GT(rules, 1U);
    for (std::size_t at = 0; (at = drawing.style.find(".e-", at)) != std::string_view::npos; ++at) {
      EXPECT_TRUE(drawing.style.substr(0, at).ends_with("svg:not(:target) ")) << file.slug;
    }
  }
}

TEST(EmotePictures, TheAddressOfTheseBytesIsKeptForEver) {
  const EmotePictures pictures;
  const EmotePictures::Urls& urls = *pictures.find("sardinha");

  const io::HttpResponse answer = pictures.handle(get(urls.url));

  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(text_of(answer).starts_with("<svg xmlns="));
  EXPECT_EQ(answer.headers.get("Content-Type"), "image/svg+xml");
  EXPECT_EQ(answer.headers.get("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_TRUE(answer.headers.get("Content-Security-Policy").starts_with("default-src 'none'"));
  EXPECT_EQ(urls.still_url, urls.url) << "it does not move";
  EXPECT_TRUE(pictures.find("festa")->still_url.ends_with(".svg#e-festa-still"));
}

TEST(EmotePictures, AnEarlierAddressGivesThePictureOfTodayForAWhile) {
  const EmotePictures pictures;
  for (const char* path : {"/emotes/sardinha.svg", "/emotes/sardinha.0123456789abcdef.svg"}) {
    const io::HttpResponse answer = pictures.handle(get(path));
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.headers.get("Cache-Control"), "public, max-age=300");
  }
}

TEST(EmotePictures, WhoHasItAlreadyIsSentNothing) {
  const EmotePictures pictures;
  io::HttpRequest request = get(pictures.find("galo")->url);
  request.headers.add("Accept-Encoding", "gzip");
  const io::HttpResponse packed = pictures.handle(request);
  EXPECT_EQ(packed.headers.get("Content-Encoding"), "gzip");
  EXPECT_LT(text_of(packed).size(), 1500U);

  request.headers.add("If-None-Match", std::string(packed.headers.get("ETag")));
  EXPECT_EQ(pictures.handle(request).status, 304);
}

TEST(EmotePictures, WhatNobodyDrewIsNotThere) {
  const EmotePictures pictures;
  for (const char* path : {"/emotes/nada.svg", "/emotes/.svg", "/emotes/sardinha", "/emotes/sardinha.png",
                           "/emotes/../sardinha.svg", "/emotes/sardinha.svg/x"}) {
    EXPECT_EQ(pictures.handle(get(path)).status, 404) << path;
  }
  EXPECT_EQ(pictures.handle(get("/emotes/")).headers.get("Location"), "/emotes");
  io::HttpRequest request = get("/emotes/galo.svg");
  request.method = "DELETE";
  EXPECT_EQ(pictures.handle(request).status, 405);
}

}  // namespace
}  // namespace luso::chat
