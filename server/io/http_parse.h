#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/http.h"

// HTTP/1.1 messages out of bytes, over Beast's parser, without sockets. Feed what is unread; drop what was
// consumed; feed again when more has come.
namespace luso::io {

enum class ParseState : std::uint8_t {
  need_more,
  head_done,  // Once, before the body: look at the head, set a limit, feed on.
  done,       // Bytes behind `consumed` belong to the next message.
  bad,        // Malformed, or ambiguous about its own length.
  head_too_large,
  body_too_large
};

struct Parsed {
  ParseState state = ParseState::need_more;
  std::size_t consumed = 0;
};

class RequestParser {
 public:
  struct Limits {
    std::size_t header_bytes_max = 16 * 1024;  // Also of a chunk's header and of trailers.
    std::size_t headers_max = 100;
  };

  explicit RequestParser(Limits limits);
  ~RequestParser();

  // Begins the next message, into `request`.
  void start(HttpRequest& request);
  [[nodiscard]] Parsed feed(std::string_view bytes);
  void set_body_limit(std::size_t bytes_max);

  // From head_done on.
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] bool is_http_1_0() const;
  [[nodiscard]] bool expects_continue() const;
  [[nodiscard]] bool has_body() const;
  [[nodiscard]] std::optional<std::uint64_t> content_length() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

struct ResponseHead {
  int status = 0;
  HttpHeaders headers;
};

// The client's side. Body bytes are appended to body(), which the caller empties as it goes.
class ResponseParser {
 public:
  explicit ResponseParser(RequestParser::Limits limits);
  ~ResponseParser();

  void start(bool to_head_request);
  [[nodiscard]] Parsed feed(std::string_view bytes);
  // The peer closed: done when the body was to end so, bad otherwise.
  [[nodiscard]] ParseState feed_end();

  [[nodiscard]] ResponseHead& head();
  [[nodiscard]] std::string& body();
  [[nodiscard]] bool keep_alive() const;  // From done on.
  [[nodiscard]] std::optional<std::uint64_t> content_length() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace luso::io
