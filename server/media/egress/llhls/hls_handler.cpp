#include "media/egress/llhls/hls_handler.h"

#include <utility>

#include "base/random.h"
#include "base/text.h"
#include "proto/hls.h"

namespace luso::media {
namespace {

using io::HttpRequest;
using io::HttpResponse;

constexpr std::string_view kPrefix = "/hls/";
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
  response.headers.set("Access-Control-Allow-Origin", "*");
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

// True when the client has what it asks for already.
bool not_modified(const HttpRequest& request, HttpResponse& response, const std::string& tag) {
  response.headers.set("ETag", tag);
  const std::string_view known = request.headers.get("If-None-Match");
  if (known.empty() || (known != "*" && known.find(tag) == std::string_view::npos)) return false;
  response.status = 304;
  response.body = std::string();
  return true;
}

HttpResponse media(const HlsSnapshot& snapshot, std::vector<SharedBytes> pieces) {
  HttpResponse response =
      HttpResponse::shared(snapshot.has_video ? "video/mp4" : "audio/mp4", std::move(pieces));
  response.headers.set("Cache-Control", std::string(kForever));
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
  response.headers.set("Cache-Control", std::string(kThumbnailAge));
  const auto taken = picture.taken_at.time_since_epoch().count();
  not_modified(request, response, "\"" + std::to_string(taken) + "-" + std::to_string(bytes->size()) + "\"");
  return response;
}

HttpResponse see_other_stream(StreamId id, const std::string& file, const HttpRequest& request) {
  std::string target = std::string(kPrefix) + std::to_string(id.value) + "/" + file;
  if (!request.query.empty()) target += "?" + request.query;
  HttpResponse response = HttpResponse::redirect(302, std::move(target));
  response.headers.set("Cache-Control", "no-store");
  return response;
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
  std::uint64_t number = 0;
  std::uint64_t part = 0;

  static std::optional<Resource> parse(std::string_view file) {
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
  std::optional<StreamId> id;  // Empty: by name.
  std::string_view username;
  std::string file;
  Resource resource;
};

HlsHandler::HlsHandler(std::vector<std::unique_ptr<HlsShard>>& shards, LoadCold load_cold,
                       MediaMetrics& metrics)
    : shards_(shards), load_cold_(std::move(load_cold)), metrics_(metrics), epoch_(system_random().hex(3)) {}

std::optional<HlsHandler::Address> HlsHandler::parse(const std::string& path) {
  std::string_view rest = path;
  if (!rest.starts_with(kPrefix)) return std::nullopt;
  rest.remove_prefix(kPrefix.size());
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view owner = rest.substr(0, slash);
  const std::string_view file = rest.substr(slash + 1);
  const auto resource = Resource::parse(file);
  if (!resource || owner.empty()) return std::nullopt;
  Address address{.id = std::nullopt, .username = {}, .file = std::string(file), .resource = *resource};
  if (owner.front() == '@') {
    address.username = owner.substr(1);
    return address;
  }
  const auto number = parse_integer<std::int64_t>(owner);
  if (!number || *number <= 0) return std::nullopt;
  address.id = StreamId{*number};
  return address;
}

Task<HttpResponse> HlsHandler::operator()(HttpRequest& request) {
  metrics_.hls_requests.add();
  if (request.method == "OPTIONS") {
    HttpResponse response{.status = 204, .headers = {}, .body = std::string()};
    response.headers.set("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS");
    response.headers.set("Access-Control-Allow-Headers", "*");
    response.headers.set("Access-Control-Max-Age", "86400");
    co_return with_cors(std::move(response));
  }
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = failure(ErrorKind::invalid, "api.method_not_allowed", request);
    response.status = 405;
    co_return with_cors(std::move(response));
  }
  io::Reactor* here = io::Reactor::current();
  if (here == nullptr) co_return with_cors(not_found(request));
  HttpResponse response = co_await answer(*shards_.at(here->index()), request);
  co_return with_cors(std::move(response));
}

Task<HttpResponse> HlsHandler::answer(HlsShard& shard, HttpRequest& request) {
  const std::optional<Address> address = parse(request.path);
  if (!address) co_return not_found(request);
  const std::optional<StreamId> id = address->id ? address->id : shard.find(address->username);
  if (!id) co_return not_found(request);
  HlsSnapshotPtr snapshot = shard.find(*id);
  if (!snapshot && load_cold_ && co_await load_cold_(*id)) snapshot = shard.find(*id);
  if (!snapshot) co_return not_found(request);

  const Resource& wanted = address->resource;
  const bool by_name = !address->id;
  switch (wanted.kind) {
    case Kind::master:
      co_return playlist(shard, *snapshot, by_name ? HlsShard::Text::master_by_name : HlsShard::Text::master,
                         request);
    case Kind::thumbnail_jpeg:
    case Kind::thumbnail_webp:
    case Kind::thumbnail_320: co_return thumbnail(*snapshot, wanted.kind, request);
    default: break;
  }
  if (by_name) co_return see_other_stream(*id, address->file, request);
  switch (wanted.kind) {
    case Kind::live: co_return co_await live_playlist(shard, snapshot, request);
    case Kind::dvr: co_return playlist(shard, *snapshot, HlsShard::Text::dvr, request);
    case Kind::init: co_return init(*snapshot, wanted.number, request);
    case Kind::segment: co_return segment(*snapshot, wanted.number, request);
    default: {
      const HlsShard::Position position{.msn = wanted.number, .part = wanted.part};
      co_return co_await part(shard, snapshot, position, request);
    }
  }
}

// rfc8216bis, 6.2.5.2. While the publisher is away an old playlist is an answer: players keep asking, where a
// 503 would make them give up before the encoder is back.
Task<HttpResponse> HlsHandler::live_playlist(HlsShard& shard, HlsSnapshotPtr snapshot, HttpRequest& request) {
  const auto directives = proto::hls::parse_delivery_directives(request.query);
  if (!directives) co_return HttpResponse::error(directives.error(), request);
  if (directives->msn && snapshot->state != StreamState::ended) {
    const HlsShard::Position position{.msn = *directives->msn, .part = directives->part};
    if (position.msn > snapshot->open_msn + kSegmentsAheadMax) {
      co_return failure(ErrorKind::invalid, "media.too_far_ahead", request);
    }
    if (!HlsShard::has(*snapshot, position)) {
      const bool away = snapshot->state == StreamState::waiting;
      snapshot = co_await shard.wait_for(snapshot->stream_id, position, away ? kBlockMaxAway : kBlockMax);
      if (!snapshot) co_return not_found(request);
      if (snapshot->state == StreamState::live && !HlsShard::has(*snapshot, position)) {
        metrics_.hls_timeouts.add();
        co_return failure(ErrorKind::unavailable, "media.not_yet", request);
      }
    }
  }
  const bool delta = directives->skip && snapshot->state != StreamState::ended;
  co_return playlist(shard, *snapshot, delta ? HlsShard::Text::live_delta : HlsShard::Text::live, request);
}

HttpResponse HlsHandler::playlist(HlsShard& shard, const HlsSnapshot& snapshot, HlsShard::Text which,
                                  const HttpRequest& request) const {
  const bool gzipped = takes_gzip(request);
  SharedBytes bytes = shard.playlist(snapshot.stream_id, which, gzipped);
  if (!bytes) return not_found(request);
  HttpResponse response = HttpResponse::shared(std::string(kPlaylistType), {std::move(bytes)});
  if (gzipped) response.headers.add("Content-Encoding", "gzip");
  response.headers.add("Vary", "Accept-Encoding");
  const bool ended = snapshot.state == StreamState::ended;
  response.headers.add("Cache-Control", std::string(ended ? kEndedAge : kShortly));
  const std::string tag = "W/\"" + epoch_ + "-" + std::to_string(snapshot.version) + "\"";
  not_modified(request, response, tag);
  return response;
}

// A hinted part is asked for before it exists; the answer starts when it does.
Task<HttpResponse> HlsHandler::part(HlsShard& shard, HlsSnapshotPtr snapshot, HlsShard::Position position,
                                    HttpRequest& request) {
  const bool is_next = position.msn == snapshot->open_msn && *position.part == snapshot->open_parts;
  if (is_next && snapshot->state == StreamState::live) {
    snapshot = co_await shard.wait_for(snapshot->stream_id, position, kBlockMax);
    if (!snapshot) co_return not_found(request);
  }
  const SegmentMedia* found = in_memory(*snapshot, position.msn);
  if (found == nullptr || *position.part >= found->parts.size()) co_return not_found(request);
  co_return media(*snapshot, {found->parts[*position.part]});
}

}  // namespace luso::media
