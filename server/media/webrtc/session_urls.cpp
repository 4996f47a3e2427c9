#include "media/webrtc/session_urls.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "media/call_on.h"
#include "media/webrtc/signal_http.h"

namespace luso::media::webrtc {
namespace {

namespace sdp = proto::sdp;
using io::HttpRequest;
using io::HttpResponse;

constexpr std::size_t kIdBytes = 15;  // 20 characters that nobody guesses.
constexpr std::size_t kEtagBytes = 6;

HttpResponse no_session(const HttpRequest& request) {
  return failure(fail(ErrorKind::not_found, "webrtc.no_session").value(), request);
}

// RFC 9110, 13.1.1
bool matches(std::string_view if_match, std::string_view etag) {
  for (const std::string_view part : split(if_match, ',')) {
    if (trim(part) == "*" || trim(part) == etag) return true;
  }
  return false;
}

}  // namespace

SessionUrls::SessionUrls(io::Reactors& reactors, Random& random, std::string prefix,
                         CandidatesOf candidates_of)
    : reactors_(reactors),
      random_(random),
      prefix_(std::move(prefix)),
      candidates_of_(std::move(candidates_of)),
      rooms_(reactors.size()) {}

std::string SessionUrls::new_etag() {
  return '"' + random_.hex(kEtagBytes) + '"';
}

SessionUrls::Url SessionUrls::add(std::shared_ptr<SignalledSession> session, std::string remote_ufrag) {
  const unsigned index = io::Reactor::current()->index();
  Url url{.id = std::to_string(index) + "." + random_.token(kIdBytes), .location = {}, .etag = new_etag()};
  url.location = prefix_ + url.id;
  Entry entry{.session = std::move(session), .remote_ufrag = std::move(remote_ufrag), .etag = url.etag};
  rooms_.at(index).emplace(url.id, std::move(entry));
  size_.fetch_add(1, std::memory_order_relaxed);
  return url;
}

void SessionUrls::remove(const std::string& id) {
  io::Reactor* reactor = reactor_of(id);
  if (reactor == nullptr) return;
  auto node = rooms_.at(reactor->index()).extract(id);
  if (node.empty()) return;
  size_.fetch_sub(1, std::memory_order_relaxed);
  reactor->post([node = std::move(node)] {});  // It may be the session itself that asks.
}

io::Reactor* SessionUrls::reactor_of(std::string_view id) {
  const auto index = parse_integer<std::uint32_t>(id.substr(0, id.find('.')));
  return index && *index < reactors_.size() ? &reactors_.at(*index) : nullptr;
}

std::optional<std::string> SessionUrls::id_in(std::string_view path) const {
  if (!path.starts_with(prefix_)) return std::nullopt;
  return std::string(path.substr(prefix_.size()));
}

Task<HttpResponse> SessionUrls::handle(HttpRequest& request, std::string id) {
  constexpr std::string_view kMethods = "PATCH, DELETE, OPTIONS";
  if (request.method == "OPTIONS") co_return preflight(kMethods);
  const bool is_patch = request.method == "PATCH";
  if (!is_patch && request.method != "DELETE") co_return method_not_allowed(request, kMethods);
  io::Reactor* reactor = reactor_of(id);
  if (reactor == nullptr) co_return no_session(request);
  if (!is_patch) {
    co_return co_await call_on(*reactor, [&] { return erase(*reactor, id, request); });
  }
  if (!has_body_of(request, kFragmentType)) {
    co_return failure(fail(ErrorKind::invalid, "webrtc.not_sdp").value(), request);
  }
  auto fragment = sdp::parse_fragment(request.body);
  if (!fragment) co_return failure(std::move(fragment).error(), request);
  co_return co_await call_on(*reactor, [&] { return patch(*reactor, id, *fragment, request); });
}

HttpResponse SessionUrls::erase(io::Reactor& reactor, const std::string& id, const HttpRequest& request) {
  auto node = rooms_.at(reactor.index()).extract(id);
  if (node.empty()) return no_session(request);
  size_.fetch_sub(1, std::memory_order_relaxed);
  node.mapped().session->leave();
  return with_cors(HttpResponse{.status = 200, .headers = {}, .body = std::string()});
}

HttpResponse SessionUrls::patch(io::Reactor& reactor, const std::string& id, const sdp::Fragment& fragment,
                                const HttpRequest& request) {
  Room& room = rooms_.at(reactor.index());
  const auto found = room.find(id);
  if (found == room.end()) return no_session(request);
  Entry& entry = found->second;
  const std::string_view if_match = request.headers.get("If-Match");
  if (trim(if_match).empty())
    return failure(fail(ErrorKind::precondition, "webrtc.etag_required").value(), request);
  if (!matches(if_match, entry.etag))
    return failure(fail(ErrorKind::precondition, "webrtc.stale").value(), request);
  const bool starts_over = !fragment.ice_ufrag.empty() && fragment.ice_ufrag != entry.remote_ufrag;
  if (starts_over && fragment.ice_pwd.empty())
    return failure(fail(ErrorKind::invalid, "webrtc.bad_offer", "ice-pwd").value(), request);
  if (starts_over && entry.session->peer() == nullptr) return no_session(request);
  if (starts_over) return restart(reactor, entry, fragment);
  // The candidates themselves are of no use to us: a lite agent answers whoever checks it with the right
  // credentials, and learns the address from that (RFC 8445, 2.5).
  return with_cors(HttpResponse{.status = 204, .headers = {}, .body = std::string()});
}

Task<void> SessionUrls::close_all() {
  for (std::size_t i = 0; i < rooms_.size(); ++i) {
    auto close = [this, i] {
      const Room leaving = std::exchange(rooms_.at(i), {});
      size_.fetch_sub(leaving.size(), std::memory_order_relaxed);
      for (const auto& [id, entry] : leaving) entry.session->leave();
      return leaving.size();
    };
    co_await call_on(reactors_.at(i), close);
  }
}

// RFC 9725, 4.3.3
HttpResponse SessionUrls::restart(io::Reactor& reactor, Entry& entry, const sdp::Fragment& fragment) {
  const IceCredentials credentials = entry.session->peer()->restart_ice();
  entry.remote_ufrag = fragment.ice_ufrag;
  entry.etag = new_etag();
  const sdp::Fragment answer{.ice_ufrag = credentials.ufrag,
                             .ice_pwd = credentials.password,
                             .candidates = candidates_of_(reactor.index()),
                             .end_of_candidates = true,
                             .mids = fragment.mids};
  HttpResponse response = HttpResponse::text(200, std::string(kFragmentType), sdp::write_fragment(answer));
  response.headers.set("ETag", entry.etag);
  response.headers.set("Cache-Control", "no-store");
  return with_cors(std::move(response));
}

}  // namespace luso::media::webrtc
