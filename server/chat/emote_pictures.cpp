#include "chat/emote_pictures.h"

#include "chat/internal/emote_files.h"
#include "gen/reasons.h"
#include "io/http_content.h"

namespace luso::chat {
namespace {

constexpr std::string_view kForEver = "public, max-age=31536000, immutable";
constexpr std::string_view kForNow = "public, max-age=300";  // An address that promises no bytes.
// A drawing opened as a page of its own may move, and nothing else.
constexpr std::string_view kPolicy =
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

// "sardinha.0f3c.svg" as its two names.
struct Address {
  std::string_view slug, version;
};

Address address_of(std::string_view path) {
  path.remove_prefix(EmotePictures::kPrefix.size());
  if (!path.ends_with(".svg")) return {};
  path.remove_suffix(4);
  const std::size_t dot = path.find('.');
  if (dot == std::string_view::npos) return {.slug = path, .version = {}};
  return {.slug = path.substr(0, dot), .version = path.substr(dot + 1)};
}

io::HttpResponse refused(const io::HttpRequest& request, const gen::Reason& reason) {
  io::HttpResponse response = io::HttpResponse::error(
      {.kind = reason.kind, .reason = reason.name, .detail = {}, .field = {}, .retry_after_s = 0}, request);
  response.status = reason.status;
  return response;
}

}  // namespace

EmotePictures::EmotePictures() {
  for (const internal::EmoteFile& file : internal::emote_files()) {
    const ByteView bytes = as_bytes(file.svg);
    Picture picture;
    picture.plain = share(Bytes(bytes.begin(), bytes.end()));
    picture.packed = share(io::gzip(bytes));
    const std::string tag = io::etag_of(bytes);
    picture.version = tag.substr(1, tag.size() - 2);
    const std::string slug(file.slug);
    picture.urls.url = std::string(kPrefix) + slug + '.' + picture.version + ".svg";
    // A picture that moves rests while its own name is the target (svg:not(:target) in its style).
    const bool moves = file.svg.find("<style>") != std::string_view::npos;
    picture.urls.still_url = picture.urls.url + (moves ? "#e-" + slug + "-still" : "");
    pictures_.emplace(slug, std::move(picture));
  }
}

const EmotePictures::Urls* EmotePictures::find(std::string_view slug) const {
  const auto found = pictures_.find(slug);
  return found == pictures_.end() ? nullptr : &found->second.urls;
}

io::HttpResponse EmotePictures::handle(const io::HttpRequest& request) const {
  if (request.path == kPrefix) return io::HttpResponse::redirect(308, "/emotes");
  if (request.method != "GET" && request.method != "HEAD") {
    io::HttpResponse response = refused(request, gen::reasons::kApiMethodNotAllowed);
    response.headers.add("Allow", "GET, HEAD");
    return response;
  }
  const Address address = address_of(request.path);
  const auto found = pictures_.find(address.slug);
  if (found == pictures_.end()) {
    return refused(request, gen::reasons::kApiNoSuchRoute);
  }
  const Picture& picture = found->second;
  const bool packed = io::accepts_coding(request, "gzip");
  io::HttpResponse response =
      io::HttpResponse::shared("image/svg+xml", {packed ? picture.packed : picture.plain});
  response.headers.add("Cache-Control", std::string(address.version == picture.version ? kForEver : kForNow));
  response.headers.add("Content-Security-Policy", std::string(kPolicy));
  response.headers.add("Vary", "Accept-Encoding");
  if (packed) response.headers.add("Content-Encoding", "gzip");
  io::make_conditional(response, request, "W/\"" + picture.version + '"');
  return response;
}

}  // namespace luso::chat
