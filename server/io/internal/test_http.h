#pragma once

#include <chrono>
#include <cstdlib>
#include <map>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "base/check.h"
#include "base/text.h"
#include "io/http_server.h"

// For tests: a server on a free port, and a client that sends exactly the bytes it is told to.
namespace luso::io::testing {

struct Answer {
  int status = 0;
  std::map<std::string, std::string> headers;  // Names in lower case.
  std::string body;
};

// Blocking; gives up after ten seconds, so that a test fails and does not hang.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const timeval patience{.tv_sec = 10, .tv_usec = 0};
    ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    LUSO_CHECK(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }

  ~RawClient() { close(); }

  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  void close() {
    if (socket_ >= 0) ::close(socket_);
    socket_ = -1;
  }

  void send(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // One whole response; status 0 when the connection ended before it did.
  [[nodiscard]] Answer receive(bool has_body = true) {
    Answer answer;
    const std::string head = take_until("\r\n\r\n");
    if (head.size() < 12) return answer;
    for (const std::string_view line : split(std::string_view(head).substr(head.find("\r\n") + 2), '\n')) {
      const std::size_t colon = line.find(':');
      if (colon == std::string_view::npos) continue;
      answer.headers[ascii_lower(line.substr(0, colon))] = trim(line.substr(colon + 1));
    }
    answer.status = std::atoi(head.c_str() + 9);
    if (!has_body || answer.status == 304 || answer.status == 204 || answer.status < 200) return answer;
    if (answer.headers.contains("transfer-encoding")) {
      for (;;) {
        const std::size_t size = std::strtoul(take_until("\r\n").c_str(), nullptr, 16);
        answer.body += take(size);
        static_cast<void>(take(2));
        if (size == 0) return answer;
      }
    }
    answer.body = answer.headers.contains("content-length")
                      ? take(std::strtoul(answer.headers["content-length"].c_str(), nullptr, 10))
                      : take(std::string::npos);
    return answer;
  }

  Answer ask(std::string_view text) {
    send(text);
    return receive();
  }

  Answer get(std::string_view target, std::string_view more_headers = {}) {
    return ask("GET " + std::string(target) + " HTTP/1.1\r\nHost: luso.test\r\n" + std::string(more_headers) +
               "\r\n");
  }

  // Waits for the server to hang up; false when more bytes came instead.
  [[nodiscard]] bool is_closed() { return unread_.empty() && !fill(); }

  [[nodiscard]] std::string take(std::size_t size) {
    while (unread_.size() < size && fill()) {
    }
    std::string taken = unread_.substr(0, size);
    unread_.erase(0, size);
    return taken;
  }

  [[nodiscard]] int descriptor() const { return socket_; }

 private:
  bool fill() {
    std::string block(64 * 1024, '\0');
    const ssize_t size = ::recv(socket_, block.data(), block.size(), 0);
    if (size <= 0) return false;
    unread_.append(block, 0, static_cast<std::size_t>(size));
    return true;
  }

  std::string take_until(std::string_view mark) {
    std::size_t at = 0;
    while ((at = unread_.find(mark)) == std::string::npos) {
      if (!fill()) return {};
    }
    return take(at + mark.size());
  }

  int socket_;
  std::string unread_;
};

// Runs reactors and a server for the life of a test.
class TestServer {
 public:
  explicit TestServer(HttpHandler handler, HttpServer::Settings settings = {})
      : reactors_({.count = 2, .blocking_threads = 1}),
        server_(reactors_, std::move(settings), std::move(handler)) {
    LUSO_CHECK(server_.start().has_value());
    reactors_.start();
  }

  template <typename F>
  auto run(F body) {
    return boost::asio::co_spawn(reactors_.home().executor(), std::move(body), boost::asio::use_future).get();
  }

  ~TestServer() { drain(std::chrono::milliseconds(0)); }

  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  void drain(std::chrono::milliseconds patience) {
    run([&] { return server_.drain(patience); });
  }

  [[nodiscard]] std::uint16_t port() const { return server_.port(); }

  [[nodiscard]] HttpServer& server() { return server_; }

  [[nodiscard]] Reactors& reactors() { return reactors_; }

 private:
  Reactors reactors_;
  HttpServer server_;
};

}  // namespace luso::io::testing
