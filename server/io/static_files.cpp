#include "io/static_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sys/stat.h>
#include <utility>

#include "base/log.h"
#include "io/http_content.h"

namespace luso::io {
namespace fs = std::filesystem;

namespace {

// One form of a file: as it is, or packed.
struct Form {
  std::string path;   // On disk, when `bytes` is null.
  SharedBytes bytes;  // In memory.
  std::string etag;
};

Bytes read_whole(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

bool is_text(std::string_view type) {
  return type.starts_with("text/") || type.starts_with("application/json") || type.starts_with("image/svg") ||
         type.starts_with("application/manifest");
}

}  // namespace

struct StaticFiles::File {
  std::string_view content_type;
  Form plain;
  std::optional<Form> brotli, gzip;
};

struct StaticFiles::Index {
  std::unordered_map<std::string, File> files;  // By path below the root, with a leading slash.
  std::uint64_t bytes_in_memory = 0;

  Form load(const fs::path& path) {
    struct stat facts{};
    if (::stat(path.c_str(), &facts) != 0) return {};
    const auto size = static_cast<std::uint64_t>(facts.st_size);
    if (size > kFileBytesInMemoryMax || bytes_in_memory + size > kBytesInMemoryMax) {
      std::string etag = '"' + std::to_string(facts.st_size) + '-' + std::to_string(facts.st_mtim.tv_sec) +
                         '.' + std::to_string(facts.st_mtim.tv_nsec) + '"';
      return {.path = path.string(), .bytes = nullptr, .etag = std::move(etag)};
    }
    return keep(read_whole(path));
  }

  Form keep(Bytes bytes) {
    bytes_in_memory += bytes.size();
    std::string etag = etag_of(bytes);
    return {.path = {}, .bytes = share(std::move(bytes)), .etag = std::move(etag)};
  }

  void add(const fs::path& path, const std::string& name) {
    File file{.content_type = content_type_of(name), .plain = load(path), .brotli = {}, .gzip = {}};
    if (fs::exists(path.string() + ".br")) file.brotli = load(path.string() + ".br");
    if (fs::exists(path.string() + ".gz")) {
      file.gzip = load(path.string() + ".gz");
    } else if (file.plain.bytes && is_text(file.content_type)) {
      Bytes packed = luso::io::gzip(*file.plain.bytes);
      if (packed.size() < file.plain.bytes->size()) file.gzip = keep(std::move(packed));
    }
    files.emplace(name, std::move(file));
  }
};

std::string_view content_type_of(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 24> kTypes{{
      {".js", "text/javascript; charset=utf-8"},
      {".mjs", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".html", "text/html; charset=utf-8"},
      {".txt", "text/plain; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".xml", "text/xml; charset=utf-8"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".jpeg", "image/jpeg"},
      {".webp", "image/webp"},
      {".avif", "image/avif"},
      {".gif", "image/gif"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".woff", "font/woff"},
      {".ttf", "font/ttf"},
      {".wasm", "application/wasm"},
      {".mp4", "video/mp4"},
      {".webm", "video/webm"},
      {".pdf", "application/pdf"},
  }};
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

StaticFiles::StaticFiles(Settings settings) : settings_(std::move(settings)) {
  rescan();
}

StaticFiles::~StaticFiles() = default;

std::shared_ptr<const StaticFiles::Index> StaticFiles::index() const {
  const std::scoped_lock lock(mutex_);
  return index_;
}

std::size_t StaticFiles::size() const {
  return index()->files.size();
}

void StaticFiles::rescan() {
  auto fresh = std::make_shared<Index>();
  std::error_code error;
  for (fs::recursive_directory_iterator at(settings_.root, error), end; !error && at != end;
       at.increment(error)) {
    const std::string path = at->path().string();
    // Links could lead out of the folder; packed siblings belong to their originals.
    if (at->is_symlink() || !at->is_regular_file() || path.ends_with(".br") || path.ends_with(".gz"))
      continue;
    if (fresh->files.size() >= kFilesMax) {
      log::warn("static.too_many_files", {{"root", settings_.root}, {"files_max", kFilesMax}});
      break;
    }
    fresh->add(at->path(), '/' + fs::relative(at->path(), settings_.root).generic_string());
  }
  const std::scoped_lock lock(mutex_);
  index_ = std::move(fresh);
  scanned_at_ = std::chrono::steady_clock::now();
}

void StaticFiles::rescan_sometimes() {
  {
    const std::scoped_lock lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (now - scanned_at_ < kRescanAtMostEvery) return;
    scanned_at_ = now;
  }
  rescan();
}

Task<HttpResponse> StaticFiles::handle(HttpRequest& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    HttpResponse response = HttpResponse::error({.kind = ErrorKind::invalid,
                                                 .reason = "api.method_not_allowed",
                                                 .detail = {},
                                                 .field = {},
                                                 .retry_after_s = 0},
                                                request);
    response.status = 405;
    response.headers.add("Allow", "GET, HEAD");
    co_return response;
  }
  const std::string name = '/' + request.path.substr(std::min(settings_.prefix.size(), request.path.size()));
  auto all = index();
  if (!all->files.contains(name)) {
    rescan_sometimes();
    all = index();
  }
  const auto found = all->files.find(name);
  if (found == all->files.end()) {
    co_return HttpResponse::error({.kind = ErrorKind::not_found,
                                   .reason = "api.no_such_route",
                                   .detail = {},
                                   .field = {},
                                   .retry_after_s = 0},
                                  request);
  }
  const File& file = found->second;
  const bool brotli = file.brotli && accepts_coding(request, "br");
  const bool gzip = !brotli && file.gzip && accepts_coding(request, "gzip");
  const Form& form = brotli ? *file.brotli : gzip ? *file.gzip : file.plain;

  HttpResponse response = HttpResponse::shared(std::string(file.content_type), {});
  if (form.bytes) {
    response.body = std::vector<SharedBytes>{form.bytes};
  } else {
    response.body = FileBody{.path = form.path, .offset = 0, .length = std::nullopt};
  }
  response.headers.add("Cache-Control", settings_.cache_control);
  if (brotli || gzip) response.headers.add("Content-Encoding", brotli ? "br" : "gzip");
  if (file.brotli || file.gzip) response.headers.add("Vary", "Accept-Encoding");
  make_conditional(response, request, form.etag);
  if (!brotli && !gzip) apply_range(response, request);
  co_return response;
}

}  // namespace luso::io
