#include "http_exchange.h"

#include <array>
#include <cerrno>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "flv_film.h"

namespace luso::bench {
namespace {

std::string header_of(const std::string& head, std::string_view name) {
  for (const std::string_view line : split(head, '\n')) {
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || !equals_ignoring_case(line.substr(0, colon), name)) continue;
    return std::string(trim(line.substr(colon + 1)));
  }
  return {};
}

}  // namespace

HttpUrl parse_loopback_url(const std::string& url) {
  constexpr std::string_view kScheme = "http://127.0.0.1:";
  const std::size_t slash = url.find('/', kScheme.size());
  if (!url.starts_with(kScheme) || slash == std::string::npos) die("--url must be http://127.0.0.1:PORT/…");
  const auto port =
      parse_integer<std::uint16_t>(std::string_view(url).substr(kScheme.size(), slash - kScheme.size()));
  if (!port) die("--url has no port");
  return {.host = "127.0.0.1", .port = *port, .path = url.substr(slash)};
}

HttpExchange::HttpExchange(const HttpUrl& url, const std::string& method, const std::string& path,
                           const std::string& content_type, const std::string& body)
    : fd_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  if (fd_ < 0) die("no more sockets: raise the limit of open files");
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(url.port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // Non-blocking: a refusal shows at the first step.
  static_cast<void>(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address));
  out_ = method + " " + path + " HTTP/1.1\r\nHost: " + url.host + ":" + std::to_string(url.port) +
         "\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  if (!content_type.empty()) out_ += "Content-Type: " + content_type + "\r\n";
  out_ += "\r\n" + body;
}

HttpExchange::~HttpExchange() {
  close(fd_);
}

std::optional<HttpAnswer> HttpExchange::step(bool& has_moved) {
  std::array<char, 16384> buffer{};
  const bool is_sending = !out_.empty();
  const ssize_t moved = is_sending ? send(fd_, out_.data(), out_.size(), MSG_NOSIGNAL)
                                   : recv(fd_, buffer.data(), buffer.size(), 0);
  if (moved < 0 && (errno == EAGAIN || errno == ENOTCONN)) return std::nullopt;
  if (moved <= 0) return HttpAnswer{};
  has_moved = true;
  if (is_sending) {
    out_.erase(0, static_cast<std::size_t>(moved));
    return std::nullopt;
  }
  in_.append(buffer.data(), static_cast<std::size_t>(moved));
  return read_answer();
}

std::optional<HttpAnswer> HttpExchange::read_answer() const {
  const std::size_t end = in_.find("\r\n\r\n");
  if (end == std::string::npos) return std::nullopt;
  const std::string head = in_.substr(0, end);
  const auto length = parse_integer<std::size_t>(header_of(head, "Content-Length")).value_or(0);
  if (in_.size() < end + 4 + length) return std::nullopt;
  const auto status = parse_integer<int>(std::string_view(head).substr(9, 3));  // "HTTP/1.1 201 …"
  return HttpAnswer{.status = status.value_or(0),
                    .location = header_of(head, "Location"),
                    .body = in_.substr(end + 4, length)};
}

}  // namespace luso::bench
