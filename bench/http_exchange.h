#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace luso::bench {

struct HttpUrl {
  std::string host;
  std::uint16_t port = 80;
  std::string path;
};

// Loopback only: a load tool must not be able to hit anybody else. Exits with a sentence.
[[nodiscard]] HttpUrl parse_loopback_url(const std::string& url);

struct HttpAnswer {
  int status = 0;
  std::string location;
  std::string body;
};

// One request on a connection of its own, without waiting. The caller polls fd() for both directions.
class HttpExchange {
 public:
  HttpExchange(const HttpUrl& url, const std::string& method, const std::string& path,
               const std::string& content_type, const std::string& body);
  ~HttpExchange();
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;

  [[nodiscard]] int fd() const { return fd_; }

  // Sends or receives once; the answer when it is whole. Status 0: the server hung up. `has_moved` says
  // whether another step may do more.
  [[nodiscard]] std::optional<HttpAnswer> step(bool& has_moved);

 private:
  [[nodiscard]] std::optional<HttpAnswer> read_answer() const;

  int fd_;
  std::string out_, in_;
};

}  // namespace luso::bench
