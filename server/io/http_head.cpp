#include "io/http_head.h"

#include <algorithm>
#include <array>
#include <ctime>

#include "base/random.h"
#include "base/text.h"

namespace luso::io {
namespace ip = boost::asio::ip;

namespace {

constexpr std::size_t kRequestIdBytesMax = 64;

ip::address_v6 widen(const ip::address& address) {
  return address.is_v4() ? ip::make_address_v6(ip::v4_mapped, address.to_v4()) : address.to_v6();
}

ip::address narrow(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped())
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  return address;
}

bool is_dot_segment(std::string_view segment) {
  return segment == "." || segment == "..";
}

// Unpredictable is not needed, unique across processes is: a random start and a good mixer (SplitMix64).
void make_request_id(std::string& id) {
  thread_local std::uint64_t state = system_random().u64();
  state += 0x9e3779b97f4a7c15;
  std::uint64_t mixed = state;
  mixed = (mixed ^ (mixed >> 30U)) * 0xbf58476d1ce4e5b9;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94d049bb133111eb;
  mixed ^= mixed >> 31U;
  id.assign(16, '0');
  for (char& digit : id) {
    digit = "0123456789abcdef"[mixed & 15U];
    mixed >>= 4U;
  }
}

bool is_letter_or_digit(char c) {
  const char lower = ascii_lower(c);
  return (c >= '0' && c <= '9') || (lower >= 'a' && lower <= 'z');
}

bool is_request_id(std::string_view text) {
  const auto fits = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; };
  return !text.empty() && text.size() <= kRequestIdBytesMax && std::all_of(text.begin(), text.end(), fits);
}

Error malformed(std::string detail) {
  return {.kind = ErrorKind::invalid,
          .reason = "api.invalid",
          .detail = std::move(detail),
          .field = {},
          .retry_after_s = 0};
}

// RFC 9112, 3.2.2: a proxy's form of the target. What we serve does not depend on the authority in it.
std::string_view without_authority(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!target.starts_with(scheme)) continue;
    const std::size_t slash = target.find('/', scheme.size());
    return slash == std::string_view::npos ? std::string_view("/") : target.substr(slash);
  }
  return target;
}

bool is_of_host(char c) {
  return is_letter_or_digit(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
}

// RFC 9112, 3.2: one Host, which names a host and perhaps a port. It comes back in redirects and decides what
// counts as our own page, so nothing else may be in it.
bool has_sound_host(const HttpHeaders& headers) {
  std::string_view host;
  int count = 0;
  for (const auto& [name, value] : headers.all()) {
    if (!equals_ignoring_case(name, "host")) continue;
    host = value;
    ++count;
  }
  return count == 0 || (count == 1 && std::ranges::all_of(host, is_of_host));
}

}  // namespace

std::optional<std::string> decode_path(std::string_view raw) {
  if (!raw.starts_with('/')) return std::nullopt;
  std::optional<std::string> path =
      raw.find('%') == std::string_view::npos ? std::string(raw) : percent_decode(raw);
  if (!path) return std::nullopt;
  // An encoded slash would make two readings of one path possible.
  if (std::count(path->begin(), path->end(), '/') != std::count(raw.begin(), raw.end(), '/'))
    return std::nullopt;
  if (path->find('\\') != std::string::npos || !is_utf8(*path) || has_control_characters(*path))
    return std::nullopt;
  if (path->find("/.") != std::string::npos) {
    const auto segments = split(*path, '/');
    if (std::any_of(segments.begin(), segments.end(), is_dot_segment)) return std::nullopt;
  }
  return path;
}

Result<TrustedProxies> TrustedProxies::parse(const std::vector<std::string>& networks) {
  TrustedProxies trusted;
  for (const std::string& network : networks) {
    const std::size_t slash = network.find('/');
    boost::system::error_code error;
    const auto address = ip::make_address(network.substr(0, slash), error);
    const unsigned bits_max = !error && address.is_v4() ? 32 : 128;
    auto bits = std::optional<unsigned>(bits_max);
    if (slash != std::string::npos)
      bits = parse_integer<unsigned>(std::string_view(network).substr(slash + 1));
    if (error || !bits || *bits > bits_max) {
      return fail(ErrorKind::invalid, "io.bad_address", "'" + network + "' is not an address or a network");
    }
    trusted.networks_.push_back({.prefix = widen(address), .bits = *bits + (128 - bits_max)});
  }
  return trusted;
}

bool TrustedProxies::contains(const ip::address& address) const {
  const auto bytes = widen(address).to_bytes();
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    const auto prefix = network.prefix.to_bytes();
    unsigned left = network.bits;
    for (std::size_t i = 0; i < bytes.size() && left > 0; ++i) {
      const unsigned here = std::min(left, 8U);
      const auto mask = static_cast<std::uint8_t>(0xff00U >> here);
      if (((bytes.at(i) ^ prefix.at(i)) & mask) != 0) return false;
      left -= here;
    }
    return true;
  });
}

ip::address TrustedProxies::client_of(const ip::address& peer, std::string_view forwarded_for) const {
  ip::address client = narrow(peer);
  while (contains(client) && !forwarded_for.empty()) {
    const std::size_t comma = forwarded_for.rfind(',');
    const std::string_view last =
        trim(comma == std::string_view::npos ? forwarded_for : forwarded_for.substr(comma + 1));
    forwarded_for = comma == std::string_view::npos ? std::string_view() : forwarded_for.substr(0, comma);
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(last), error);
    if (error) break;
    client = narrow(address);
  }
  return client;
}

Result<void> complete_head(HttpRequest& request, const Arrival& arrival, const TrustedProxies& trusted) {
  if (!has_sound_host(request.headers)) return tl::unexpected(malformed("bad Host"));
  const std::string_view target = without_authority(request.target);
  const std::size_t mark = target.find('?');
  auto path = decode_path(target.substr(0, mark));
  if (!path && !(request.method == "OPTIONS" && target == "*"))
    return tl::unexpected(malformed("bad target"));
  request.path = path ? *std::move(path) : "*";
  request.query = mark == std::string_view::npos ? std::string() : std::string(target.substr(mark + 1));
  if (target.size() != request.target.size()) request.target = std::string(target);

  request.remote = narrow(arrival.peer);
  request.secure = arrival.tls;
  request.request_id.clear();
  if (trusted.contains(arrival.peer)) {
    request.remote = trusted.client_of(arrival.peer, request.headers.get("X-Forwarded-For"));
    if (const auto scheme = request.headers.get("X-Forwarded-Proto"); !scheme.empty())
      request.secure = scheme == "https";
    if (const auto id = request.headers.get("X-Request-Id"); is_request_id(id)) request.request_id = id;
  }
  if (request.request_id.empty()) make_request_id(request.request_id);
  return {};
}

std::string_view status_text(int status) {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    default: return "Status";
  }
}

std::string http_date(std::int64_t unix_seconds) {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::time_t seconds = unix_seconds;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 64> text{};
  const int size = std::snprintf(text.data(), text.size(), "%s, %02d %s %04d %02d:%02d:%02d GMT",
                                 kDays.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
                                 kMonths.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900,
                                 utc.tm_hour, utc.tm_min, utc.tm_sec);
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace luso::io
