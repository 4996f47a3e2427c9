#include "media/egress/llhls/hls_handler.h"

#include <utility>

#include "base/random.h"
#include "base/text.h"
#include "proto/hls.h"

namespace luso::media {
namespace {

namespace hls = proto::hls;
using io::HttpAnswer;
using io::HttpRequest;
using io::HttpResponse;

constexpr std::string_view kPrefix = "/hls/";
constexpr std::string_view kAllowOrigin = "Access-Control-Allow-Origin";
constexpr std::string_view kMethods = "GET, HEAD, OPTIONS";
constexpr std::string_view kPlaylistType = "application/vnd.apple.mpegurl";
constexpr std::string_view kForever = "public, max-age=31536000, immutable";
constexpr std::string_view kShortly = "public, max-age=1";
constexpr std::string_view kThumbnailAge = "public, max-age=10";
constexpr std::string_view kEndedAge = "public, max-age=60";

enum class Kind : std::uint8_t {
  master,
  live,
  dvr,
  init,
  segment,
  part,
  thumbnail_jpeg,
  thumbnail_webp,
  thumbnail_320
};

HttpResponse with_cors(HttpResponse response) {
  if (!response.prepared) response.headers.add(kAllowOrigin, "*");  // A playlist's say it already.
  return response;
}

HttpResponse failure(ErrorKind kind, std::string_view reason, const HttpRequest& request) {
  const Error error{.kind = kind, .reason = reason, .detail = {}, .field = {}, .retry_after_s = 0};
  return HttpResponse::error(error, request);
}

HttpResponse not_found(const HttpRequest& request) {
  return failure(ErrorKind::not_found, "media.not_found", request);
}

bool takes_gzip(const HttpRequest& request) {
  return request.headers.get("Accept-Encoding").find("gzip") != std::string_view::npos;
}

// If-None-Match: the client has what it asks for already.
bool names(std::string_view known, std::string_view tag) {
  return known == "*" || known.find(tag) != std::string_view::npos;
}

void make_conditional(const HttpRequest& request, HttpResponse& response, const std::string& tag) {
  response.headers.add("ETag", tag);
  if (!names(request.headers.get("If-None-Match"), tag)) return;
  response.status = 304;
  response.body = std::string();
}

HttpResponse media(const HlsSnapshot& snapshot, std::vector<SharedBytes> pieces) {
  HttpResponse response =
      HttpResponse::shared(snapshot.has_video ? "video/mp4" : "audio/mp4", std::move(pieces));
  response.headers.add("Cache-Control", kForever);
  return response;
}

HttpResponse stored_media(const HlsSnapshot& snapshot, const std::string& name) {
  HttpResponse response = media(snapshot, {});
  response.body =
      io::FileBody{.path = snapshot.dvr->directory + "/" + name, .offset = 0, .length = std::nullopt};
  return response;
}

const SegmentMedia* in_memory(const HlsSnapshot& snapshot, std::uint64_t msn) {
  for (const auto& segment : snapshot.memory) {
    if (segment->msn == msn) return segment.get();
  }
  return nullptr;
}

bool on_disk(const HlsSnapshot& snapshot, std::uint64_t msn) {
  if (!snapshot.dvr || snapshot.dvr->directory.empty() || snapshot.dvr->segments.empty()) return false;
  return msn >= snapshot.dvr->segments.front()->msn && msn <= snapshot.dvr->segments.back()->msn;
}

HttpResponse segment(const HlsSnapshot& snapshot, std::uint64_t msn, const HttpRequest& request) {
  if (msn >= snapshot.open_msn) return not_found(request);
  if (const SegmentMedia* found = in_memory(snapshot, msn)) return media(snapshot, found->parts);
  if (!on_disk(snapshot, msn)) return not_found(request);
  return stored_media(snapshot, "seg-" + std::to_string(msn) + ".m4s");
}

HttpResponse init(const HlsSnapshot& snapshot, std::uint64_t generation, const HttpRequest& request) {
  for (const InitMedia& found : *snapshot.inits) {
    if (found.generation == generation) return media(snapshot, {found.bytes});
  }
  if (!snapshot.dvr || snapshot.dvr->directory.empty()) return not_found(request);
  return stored_media(snapshot, "init-" + std::to_string(generation) + ".mp4");
}

HttpResponse thumbnail(const HlsSnapshot& snapshot, Kind kind, const HttpRequest& request) {
  if (!snapshot.thumbnail) return not_found(request);
  const Thumbnail& picture = *snapshot.thumbnail;
  const SharedBytes& bytes = kind == Kind::thumbnail_jpeg   ? picture.jpeg
                             : kind == Kind::thumbnail_webp ? picture.webp
                                                            : picture.webp_320;
  if (!bytes) return not_found(request);
  HttpResponse response =
      HttpResponse::shared(kind == Kind::thumbnail_jpeg ? "image/jpeg" : "image/webp", {bytes});
  response.headers.add("Cache-Control", kThumbnailAge);
  const auto taken = picture.taken_at.time_since_epoch().count();
  make_conditional(request, response,
                   "\"" + std::to_string(taken) + "-" + std::to_string(bytes->size()) + "\"");
  return response;
}

HttpResponse see_other_stream(StreamId id, std::string_view file, const HttpRequest& request) {
  std::string target = std::string(kPrefix) + std::to_string(id.value) + "/" + std::string(file);
  if (!request.query.empty()) target += "?" + request.query;
  HttpResponse response = HttpResponse::redirect(302, target);
  response.headers.add("Cache-Control", "no-store");
  return response;
}

HttpResponse part(const HlsSnapshot& snapshot, std::uint64_t msn, std::uint64_t part,
                  const HttpRequest& request) {
  const SegmentMedia* found = in_memory(snapshot, msn);
  if (found == nullptr || part >= found->parts.size()) return not_found(request);
  return media(snapshot, {found->parts[part]});
}

// The number between `prefix` and `suffix`; nothing else may be there.
std::optional<std::uint64_t> numbered(std::string_view file, std::string_view prefix,
                                      std::string_view suffix) {
  if (file.size() <= prefix.size() + suffix.size()) return std::nullopt;
  if (!file.starts_with(prefix) || !file.ends_with(suffix)) return std::nullopt;
  return parse_integer<std::uint64_t>(
      file.substr(prefix.size(), file.size() - prefix.size() - suffix.size()));
}

}  // namespace

struct HlsHandler::Resource {
  Kind kind = Kind::master;
  std::size_t rung = 0;
  std::uint64_t number = 0;
  std::uint64_t part = 0;

  // A rendition has a folder of its own, with all that is made of its pictures and the live playlist.
  static std::optional<Resource> parse(std::string_view file) {
    const auto slash = file.find('/');
    if (slash == std::string_view::npos) return parse_file(file);
    const auto rung = rung_of(file.substr(0, slash));
    std::optional<Resource> resource = parse_file(file.substr(slash + 1));
    if (!rung || !resource) return std::nullopt;
    const bool is_there = resource->kind == Kind::live || resource->kind == Kind::init ||
                          resource->kind == Kind::segment || resource->kind == Kind::part;
    if (!is_there) return std::nullopt;
    resource->rung = *rung;
    return resource;
  }

  static std::optional<std::size_t> rung_of(std::string_view folder) {
    if (folder == "sound") return kSoundRung;
    const auto rung = numbered(folder, "r", "");
    return rung && *rung > 0 && *rung < Ladder::kRungsMax ? rung : std::nullopt;
  }

  static std::optional<Resource> parse_file(std::string_view file) {
    if (file == "index.m3u8") return Resource{.kind = Kind::master};
    if (file == "live.m3u8") return Resource{.kind = Kind::live};
    if (file == "dvr.m3u8") return Resource{.kind = Kind::dvr};
    if (file == "thumbnail.jpg") return Resource{.kind = Kind::thumbnail_jpeg};
    if (file == "thumbnail.webp") return Resource{.kind = Kind::thumbnail_webp};
    if (file == "thumbnail-320.webp") return Resource{.kind = Kind::thumbnail_320};
    if (const auto msn = numbered(file, "seg-", ".m4s"))
      return Resource{.kind = Kind::segment, .number = *msn};
    if (const auto gen = numbered(file, "init-", ".mp4")) return Resource{.kind = Kind::init, .number = *gen};
    const auto dot = file.find('.');
    if (dot == std::string_view::npos) return std::nullopt;
    const auto msn = numbered(file.substr(0, dot), "part-", "");
    const auto part = numbered(file.substr(dot + 1), "", ".m4s");
    if (!msn || !part) return std::nullopt;
    return Resource{.kind = Kind::part, .number = *msn, .part = *part};
  }
};

struct HlsHandler::Address {
  std::optional<StreamId> id;  // Empty: of nobody we know.
  bool by_name = false;
  std::string_view file;
  Resource resource;
  Result<hls::DeliveryDirectives> directives;  // Of a live playlist.
};

HlsHandler::HlsHandler(std::vector<std::unique_ptr<HlsShard>>& shards, LoadCold load_cold,
                       MediaMetrics& metrics)
    : shards_(shards), load_cold_(std::move(load_cold)), metrics_(metrics), epoch_(system_random().hex(3)) {}

// What it returns shows the request's own text.
std::optional<HlsHandler::Address> HlsHandler::parse(const HlsShard& shard, const HttpRequest& request) {
  std::string_view rest = request.path;
  if (!rest.starts_with(kPrefix)) return std::nullopt;
  rest.remove_prefix(kPrefix.size());
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view owner = rest.substr(0, slash);
  const std::string_view file = rest.substr(slash + 1);
  const auto resource = Resource::parse(file);
  if (!resource || owner.empty()) return std::nullopt;
  Address address{.id = std::nullopt,
                  .by_name = owner.front() == '@',
                  .file = file,
                  .resource = *resource,
                  .directives = {}};
  if (address.by_name) {
    address.id = shard.find(owner.substr(1));
    return address;
  }
  const auto number = parse_integer<std::int64_t>(owner);
  if (!number || *number <= 0) return std::nullopt;
  address.id = StreamId{*number};
  if (resource->kind == Kind::live && !request.query.empty())
    address.directives = hls::parse_delivery_directives(request.query);
  return address;
}

HttpAnswer HlsHandler::operator()(HttpRequest& request) {
  metrics_.hls_requests.add();
  if (request.method == "OPTIONS") {
    HttpResponse response{.status = 204, .headers = {}, .body = std::string()};
    response.headers.add("Access-Control-Allow-Methods", std::string(kMethods));
    response.headers.add("Access-Control-Allow-Headers", "*");
    response.headers.add("Access-Control-Max-Age", "86400");
    return with_cors(std::move(response));
  }
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = failure(ErrorKind::invalid, "api.method_not_allowed", request);
    response.status = 405;
    response.headers.add("Allow", std::string(kMethods));
    return with_cors(std::move(response));
  }
  io::Reactor* here = io::Reactor::current();
  if (here == nullptr) return with_cors(not_found(request));
  return answer(*shards_.at(here->index()), request);
}

// At once, unless the stream must be brought back first or what is asked for is yet to come.
HttpAnswer HlsHandler::answer(HlsShard& shard, HttpRequest& request) {
  std::optional<Address> address = parse(shard, request);
  if (!address || !address->id) return with_cors(not_found(request));
  HlsSnapshotPtr snapshot = shard.find(*address->id, address->resource.rung);
  if (!snapshot && address->resource.rung > 0) return with_cors(not_found(request));
  if (!snapshot || missing(*snapshot, *address))
    return answer_later(shard, *std::move(address), std::move(snapshot), request);
  return with_cors(answer_now(shard, *snapshot, *address, request));
}

Task<HttpResponse> HlsHandler::answer_later(HlsShard& shard, Address address, HlsSnapshotPtr snapshot,
                                            HttpRequest& request) {
  const StreamId id = *address.id;
  if (!snapshot && load_cold_ && co_await load_cold_(id)) snapshot = shard.find(id);
  if (!snapshot) co_return with_cors(not_found(request));
  if (const auto position = missing(*snapshot, address)) {
    const bool away = snapshot->state == StreamState::waiting;
    snapshot = co_await shard.wait_for(id, *position, away ? kBlockMaxAway : kBlockMax);
    if (!snapshot) co_return with_cors(not_found(request));
  }
  co_return with_cors(answer_now(shard, *snapshot, address, request));
}

// A playlist may be asked for once it holds a place, a part when it is the next one: its answer starts when
// the part exists.
std::optional<HlsShard::Position> HlsHandler::missing(const HlsSnapshot& snapshot, const Address& address) {
  const Resource& wanted = address.resource;
  if (address.by_name || snapshot.state == StreamState::ended) return std::nullopt;
  if (wanted.kind == Kind::part && snapshot.state == StreamState::live) {
    const bool is_next = wanted.number == snapshot.open_msn && wanted.part == snapshot.open_parts;
    if (is_next) return HlsShard::Position{.rung = wanted.rung, .msn = wanted.number, .part = wanted.part};
  }
  if (wanted.kind != Kind::live || !address.directives || !address.directives->msn) return std::nullopt;
  const HlsShard::Position position{
      .rung = wanted.rung, .msn = *address.directives->msn, .part = address.directives->part};
  if (position.msn > snapshot.open_msn + kSegmentsAheadMax || HlsShard::has(snapshot, position))
    return std::nullopt;
  return position;
}

HttpResponse HlsHandler::answer_now(HlsShard& shard, const HlsSnapshot& snapshot, const Address& address,
                                    const HttpRequest& request) const {
  using Text = HlsShard::Text;
  const Resource& wanted = address.resource;
  switch (wanted.kind) {
    case Kind::master:
      return playlist(shard, snapshot, address.by_name ? Text::master_by_name : Text::master, request);
    case Kind::thumbnail_jpeg:
    case Kind::thumbnail_webp:
    case Kind::thumbnail_320: return thumbnail(snapshot, wanted.kind, request);
    default: break;
  }
  if (address.by_name) return see_other_stream(snapshot.stream_id, address.file, request);
  switch (wanted.kind) {
    case Kind::live: return live_playlist(shard, snapshot, address, request);
    case Kind::dvr: return playlist(shard, snapshot, Text::dvr, request);
    case Kind::init: return init(snapshot, wanted.number, request);
    case Kind::segment: return segment(snapshot, wanted.number, request);
    default: return part(snapshot, wanted.number, wanted.part, request);
  }
}

// rfc8216bis, 6.2.5.2. While the publisher is away an old playlist is an answer: players keep asking, where a
// 503 would make them give up before the encoder is back.
HttpResponse HlsHandler::live_playlist(HlsShard& shard, const HlsSnapshot& snapshot, const Address& address,
                                       const HttpRequest& request) const {
  if (!address.directives) return HttpResponse::error(address.directives.error(), request);
  const hls::DeliveryDirectives& directives = *address.directives;
  const bool ended = snapshot.state == StreamState::ended;
  if (directives.msn && !ended) {
    const HlsShard::Position position{.rung = snapshot.rung, .msn = *directives.msn, .part = directives.part};
    if (position.msn > snapshot.open_msn + kSegmentsAheadMax)
      return failure(ErrorKind::invalid, "media.too_far_ahead", request);
    if (snapshot.state == StreamState::live && !HlsShard::has(snapshot, position)) {
      metrics_.hls_timeouts.add();
      return failure(ErrorKind::unavailable, "media.not_yet", request);
    }
  }
  const bool delta = directives.skip && !ended;
  return playlist(shard, snapshot, delta ? HlsShard::Text::live_delta : HlsShard::Text::live, request);
}

HttpResponse HlsHandler::playlist(HlsShard& shard, const HlsSnapshot& snapshot, HlsShard::Text which,
                                  const HttpRequest& request) const {
  const bool gzipped = takes_gzip(request);
  HlsShard::Playlist* const playlist = shard.playlist(snapshot.stream_id, which, gzipped, snapshot.rung);
  if (playlist == nullptr) return not_found(request);
  if (!playlist->fields) playlist->fields = playlist_fields(snapshot, gzipped);
  HttpResponse response{
      .status = 200, .headers = {}, .body = std::vector{playlist->bytes}, .prepared = playlist->fields};
  const std::string_view known = request.headers.get("If-None-Match");
  if (!known.empty() && names(known, playlist_tag(snapshot))) {
    response.status = 304;
    response.body = std::string();
  }
  return response;
}

std::string HlsHandler::playlist_tag(const HlsSnapshot& snapshot) const {
  return "W/\"" + epoch_ + "-" + std::to_string(snapshot.version) + "\"";
}

std::shared_ptr<const io::PreparedFields> HlsHandler::playlist_fields(const HlsSnapshot& snapshot,
                                                                      bool gzipped) const {
  const bool ended = snapshot.state == StreamState::ended;
  io::HttpHeaders headers;
  headers.add("Content-Type", kPlaylistType);
  if (gzipped) headers.add("Content-Encoding", "gzip");
  headers.add("Vary", "Accept-Encoding");
  headers.add("Cache-Control", ended ? kEndedAge : kShortly);
  headers.add("ETag", playlist_tag(snapshot));
  headers.add(kAllowOrigin, "*");
  return std::make_shared<const io::PreparedFields>(headers);
}

}  // namespace luso::media
