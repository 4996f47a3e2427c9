#include <benchmark/benchmark.h>
#include <ctime>
#include <future>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include "base/check.h"
#include "io/http_server.h"

// What a response costs the server: CPU time of its reactor thread, in microseconds a request, as
// `server_us`.
namespace luso::io {
namespace {

double thread_cpu_us() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e6 + static_cast<double>(now.tv_nsec) / 1e3;
}

class Bench {
 public:
  explicit Bench(std::size_t body_bytes)
      : body_(share(Bytes(body_bytes, 'x'))),
        reactors_({.count = 1, .blocking_threads = 1}),
        server_(reactors_, {}, [this](HttpRequest&) -> Task<HttpResponse> {
          HttpResponse response = HttpResponse::shared("application/vnd.apple.mpegurl", {body_});
          response.headers.add("Cache-Control", "max-age=1");
          response.headers.add("Access-Control-Allow-Origin", "*");
          co_return response;
        }) {
    LUSO_CHECK(server_.start().has_value());
    reactors_.start();
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_.port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socket_ = ::socket(AF_INET, SOCK_STREAM, 0);
    LUSO_CHECK(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  }

  ~Bench() {
    ::close(socket_);
    const auto drain = [this] { return server_.drain(std::chrono::milliseconds(0)); };
    boost::asio::co_spawn(reactors_.home().executor(), drain, boost::asio::use_future).get();
  }

  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  [[nodiscard]] double server_cpu_us() {
    std::promise<double> spent;
    reactors_.home().post([&spent] { spent.set_value(thread_cpu_us()); });
    return spent.get_future().get();
  }

  void get() {
    // As a browser asks.
    constexpr std::string_view kRequest =
        "GET /hls/7/index.m3u8?_HLS_msn=41&_HLS_part=2 HTTP/1.1\r\nHost: luso.test:8080\r\nConnection: "
        "keep-alive\r\n"
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 "
        "Safari/537.36\r\nAccept: */*\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: "
        "cors\r\nSec-Fetch-Dest: empty\r\n"
        "Referer: http://luso.test:8080/@ana\r\nAccept-Encoding: gzip, deflate, br\r\n"
        "Accept-Language: pt-PT,pt;q=0.9,en;q=0.8\r\nCookie: "
        "luso_session=0123456789abcdef0123456789abcdef\r\n\r\n";
    LUSO_CHECK(::send(socket_, kRequest.data(), kRequest.size(), 0) == static_cast<ssize_t>(kRequest.size()));
    std::size_t left = 0;
    bool head = true;
    do {
      const ssize_t size = ::recv(socket_, block_.data(), block_.size(), 0);
      LUSO_CHECK(size > 0);
      if (head) {
        const std::string_view text(block_.data(), static_cast<std::size_t>(size));
        left = text.find("\r\n\r\n") + 4 + body_->size();
        head = false;
      }
      left -= static_cast<std::size_t>(size);
    } while (left > 0);
  }

 private:
  SharedBytes body_;
  Reactors reactors_;
  HttpServer server_;
  int socket_ = -1;
  std::string block_ = std::string(256 * 1024, '\0');
};

void serve(benchmark::State& state) {
  Bench bench(static_cast<std::size_t>(state.range(0)));
  bench.get();
  const double before = bench.server_cpu_us();
  for (auto _ : state) bench.get();
  const double spent = bench.server_cpu_us() - before;
  state.counters["server_us"] = spent / static_cast<double>(state.iterations());
  state.counters["server_us_per_MB"] =
      spent / static_cast<double>(state.iterations()) / (static_cast<double>(state.range(0)) / 1e6);
}

// A playlist, and a segment.
BENCHMARK(serve)->Arg(2'000)->Arg(100'000)->UseRealTime();

}  // namespace
}  // namespace luso::io
