#include "pictures/pictures.h"

#include <utility>

#include "base/log.h"
#include "base/text.h"
#include "gen/reasons.h"
#include "pictures/painter.h"
#include "pictures/store.h"

namespace luso::pictures {

using io::PgSessionPtr;

namespace {

constexpr std::size_t kIdBytes = 16;  // Not to be guessed, and never used again.
constexpr std::size_t kIdCharacters = 22;

// One of the kPendingMax places, held as long as the coroutine's frame.
class Place {
 public:
  explicit Place(std::atomic<int>& taken) : taken_(taken), number_(taken.fetch_add(1)) {}

  ~Place() { taken_.fetch_sub(1); }

  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;

  [[nodiscard]] bool is_free() const { return number_ < Pictures::kPendingMax; }

 private:
  std::atomic<int>& taken_;
  int number_;
};

struct Address {
  std::string id;
  int width = 0;
};

// "/pictures/s3Wc…-128.webp"
std::optional<Address> parse_address(std::string_view path) {
  constexpr std::string_view kSuffix = ".webp";
  path.remove_prefix(std::min(path.size(), Pictures::kPrefix.size()));
  if (path.size() <= kIdCharacters + 1 + kSuffix.size() || path[kIdCharacters] != '-') return std::nullopt;
  if (!path.ends_with(kSuffix)) return std::nullopt;
  const std::string_view id = path.substr(0, kIdCharacters);
  path.remove_prefix(kIdCharacters + 1);
  path.remove_suffix(kSuffix.size());
  const auto width = parse_integer<int>(path);
  if (!width || *width <= 0) return std::nullopt;
  return Address{.id = std::string(id), .width = *width};
}

void add_picture_headers(io::HttpResponse& response, const Address& address) {
  response.headers.set("Cache-Control", "public, max-age=31536000, immutable");
  response.headers.set("ETag", '"' + address.id + '-' + std::to_string(address.width) + '"');
  // Opened as a page it is a picture and nothing else; other houses may show it on a card.
  response.headers.set("Content-Security-Policy", "default-src 'none'; sandbox");
  response.headers.set("Cross-Origin-Resource-Policy", "cross-origin");
}

}  // namespace

Task<Result<std::string>> Pictures::set(UserId user, Kind kind, std::string file) {
  const Place place(pending_);
  if (!place.is_free()) co_return gen::fail(gen::reasons::kIoBusy, "pictures");
  auto work = [kind, file = std::move(file)] { return paint(kind, as_bytes(file)); };
  CO_TRY(Result<Renderings> painted, co_await reactors_.run_blocking(std::move(work)));
  CO_TRY(const Renderings renderings, std::move(painted));
  const std::string id = random_.token(kIdBytes);
  const WallTime now = clock_.now();
  const auto write = [&](PgSessionPtr transaction) -> Task<Result<std::string>> {
    store::PictureRow row{.id = id, .user_id = user, .kind = kind, .created_at = now};
    CO_TRY_VOID(co_await store::insert_picture(transaction, std::move(row)));
    for (const Rendering& rendering : renderings) {
      std::string webp(as_text(rendering.webp));
      CO_TRY_VOID(co_await store::insert_size(transaction, id, rendering.width, std::move(webp)));
    }
    // The row lock of show() puts two uploads of one user in line; the later one stays.
    CO_TRY(const std::optional<std::string> url, co_await store::show(transaction, user, kind, id));
    if (!url) co_return gen::fail(gen::reasons::kChannelsNotFound);
    CO_TRY_VOID(co_await store::replace_others(transaction, user, kind, id, now));
    co_return *url;
  };
  CO_TRY(std::string url, co_await pg_.transaction<std::string>(write));
  log::info("pictures.set", {{"user_id", user.value}, {"kind", name_of(kind)}});
  co_return url;
}

Task<Result<void>> Pictures::remove(UserId user, Kind kind) {
  const auto write = [&](PgSessionPtr transaction) -> Task<Result<void>> {
    CO_TRY_VOID(co_await store::show(transaction, user, kind, std::nullopt));
    co_return co_await store::delete_all(transaction, user, kind);
  };
  CO_TRY_VOID(co_await pg_.transaction<void>(write));
  log::info("pictures.removed", {{"user_id", user.value}, {"kind", name_of(kind)}});
  co_return Result<void>();
}

Task<io::HttpResponse> Pictures::handle(io::HttpRequest& request) {
  const Error nothing_here = gen::fail(gen::reasons::kPicturesNotFound).value();
  if (request.method != "GET" && request.method != "HEAD") {
    io::HttpResponse refused =
        io::HttpResponse::error(gen::fail(gen::reasons::kApiMethodNotAllowed).value(), request);
    refused.status = 405;
    refused.headers.add("Allow", "GET, HEAD");
    co_return refused;
  }
  const std::optional<Address> address = parse_address(request.path);
  if (!address) co_return io::HttpResponse::error(nothing_here, request);
  Result<std::optional<std::string>> webp = co_await store::find_webp(&pg_, address->id, address->width);
  if (!webp) co_return io::HttpResponse::error(webp.error(), request);
  if (!*webp) co_return io::HttpResponse::error(nothing_here, request);
  // Asked after the look: what was taken back is not confirmed to whoever still has it.
  if (request.headers.get("If-None-Match").find(address->id) != std::string_view::npos) {
    io::HttpResponse unchanged{.status = 304, .headers = {}, .body = std::string()};
    add_picture_headers(unchanged, *address);
    co_return unchanged;
  }
  io::HttpResponse response = io::HttpResponse::text(200, "image/webp", **std::move(webp));
  add_picture_headers(response, *address);
  co_return response;
}

Task<Result<void>> Pictures::sweep() {
  CO_TRY(const std::int64_t deleted, co_await store::delete_replaced(&pg_, clock_.now() - kReplacedLife));
  if (deleted > 0) log::info("pictures.swept", {{"pictures", deleted}});
  co_return Result<void>();
}

}  // namespace luso::pictures
