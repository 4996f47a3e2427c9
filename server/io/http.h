#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <boost/asio/ip/address.hpp>

#include "base/bytes.h"
#include "io/task.h"

// HTTP as the rest of the server sees it. Beast stays inside http_parse.cpp.
namespace luso::io {

class Wire;

// Header names compare without case; order and repeats are kept. All of them lie in one text, so that a head
// costs two allocations, and after clear() none: what get() and all() show holds until the next add().
class HttpHeaders {
 public:
  void add(std::string_view name, std::string_view value);
  void set(std::string_view name, std::string_view value);  // Replaces every field of that name.
  void remove(std::string_view name);
  void clear();                                                     // Keeps the memory for the next message.
  [[nodiscard]] std::string_view get(std::string_view name) const;  // First value, or empty.
  [[nodiscard]] bool has(std::string_view name) const;

  [[nodiscard]] std::size_t size() const { return fields_.size(); }

  // Name and value of each.
  [[nodiscard]] auto all() const {
    return std::views::transform(
        fields_, [this](const Field& field) { return std::pair(name_of(field), value_of(field)); });
  }

 private:
  struct Field {
    std::uint32_t at = 0;
    std::uint32_t name_bytes = 0;
    std::uint32_t value_bytes = 0;  // Behind the name.
  };

  [[nodiscard]] std::string_view name_of(const Field& field) const {
    return std::string_view(text_).substr(field.at, field.name_bytes);
  }

  [[nodiscard]] std::string_view value_of(const Field& field) const {
    return std::string_view(text_).substr(field.at + field.name_bytes, field.value_bytes);
  }

  std::string text_;
  std::vector<Field> fields_;
};

// Fields that many responses share, written once as they are sent. Not for what depends on the connection or
// on the body's length.
class PreparedFields {
 public:
  explicit PreparedFields(const HttpHeaders& headers);

  [[nodiscard]] std::string_view text() const { return text_; }

 private:
  std::string text_;  // "Name: value\r\n"…
};

struct HttpRequest {
  std::string method;  // "GET"
  std::string target;  // As it was sent: "/hls/7/index.m3u8?_HLS_msn=3"
  std::string path;    // Percent-decoded, dot segments refused by the server: "/hls/7/index.m3u8"
  std::string query;   // Raw, without '?'
  HttpHeaders headers;
  std::string body;
  boost::asio::ip::address remote;  // The client's, after trusted proxies' X-Forwarded-For.
  bool secure = false;              // TLS here, or X-Forwarded-Proto: https from a trusted proxy.
  std::string request_id;           // 16 hex digits of ours, or the trusted proxy's X-Request-Id.

  void clear();  // For the next request of a connection: keeps the memory.

  // Decoded value of a query parameter; empty optional when absent.
  [[nodiscard]] std::optional<std::string> query_value(std::string_view name) const;
  [[nodiscard]] std::optional<std::string_view> cookie(std::string_view name) const;
};

// A body that is produced while it is sent, as HTTP/1.1 chunks. An empty optional ends it; an error aborts
// the connection, because the status line has gone out already.
using BodySource = std::function<Task<Result<std::optional<SharedBytes>>>()>;

// A range of an open file, sent with sendfile where the connection is plain TCP.
struct FileBody {
  std::string path;
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length;  // Empty: to the end.
};

// Ends HTTP on this connection: after the header (101, with no further header but the handler's own) the wire
// is `run`'s, with the bytes that came behind the request. The connection closes when it returns, and the
// task is cancelled when the server stops.
struct Takeover {
  std::function<Task<void>(Wire& wire, std::string early_bytes)> run;
};

struct HttpResponse {
  int status = 200;
  HttpHeaders headers;
  // text | shared immutable pieces sent with one writev | file | streamed | another protocol
  std::variant<std::string, std::vector<SharedBytes>, FileBody, BodySource, Takeover> body;
  std::shared_ptr<const PreparedFields> prepared = nullptr;  // Behind `headers`.

  [[nodiscard]] static HttpResponse text(int status, std::string_view content_type, std::string body);
  [[nodiscard]] static HttpResponse json(int status, std::string body);
  [[nodiscard]] static HttpResponse shared(std::string_view content_type, std::vector<SharedBytes> pieces);
  // {"error":{"reason","message","request_id"}} with the status of the kind.
  [[nodiscard]] static HttpResponse error(const Error& error, const HttpRequest& request);
  [[nodiscard]] static HttpResponse redirect(int status, std::string_view location);
};

// The catalogue's sentence for a reason, for API readers and encoders. Whoever knows the catalogue
// (server/gen) plugs it in once, before the server starts; until then a reason speaks for itself.
using ReasonText = std::string_view (*)(std::string_view reason);
void set_reason_text(ReasonText text);
[[nodiscard]] std::string_view message_of(std::string_view reason);

// What a handler gives back: the response, or a coroutine that has to wait for something first. A handler
// that has everything at hand need not be a coroutine, which would cost more than its work.
class HttpAnswer {
 public:
  HttpAnswer(HttpResponse response) : answer_(std::move(response)) {}  // NOLINT(*-explicit-*)

  HttpAnswer(Task<HttpResponse> waiting) : answer_(std::move(waiting)) {}  // NOLINT(*-explicit-*)

  // The response, when it is there at once.
  [[nodiscard]] HttpResponse* ready() { return std::get_if<HttpResponse>(&answer_); }

  // Otherwise, once.
  [[nodiscard]] Task<HttpResponse> wait() { return std::get<Task<HttpResponse>>(std::move(answer_)); }

 private:
  std::variant<HttpResponse, Task<HttpResponse>> answer_;
};

// Answers one request on the reactor of its connection. Must not throw; the request outlives the answer. When
// the client goes away while the handler waits, its coroutine is cancelled within about a second.
using HttpHandler = std::function<HttpAnswer(HttpRequest&)>;

}  // namespace luso::io
