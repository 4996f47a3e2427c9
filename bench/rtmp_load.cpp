// rtmp_load --url rtmp://127.0.0.1:1935/live --names FILE --film FILE.flv [--secs N] [--t0-file FILE]
// Publishes one FLV film on as many connections as FILE has lines (a stream name with its query each), in
// real time and over and over, from one thread. Writes the wall clock of the first frame of the first
// connection to the t0 file, and at the end one JSON line:
// {"publishing":N,"refused":N,"lost":N,"bytes":N,"late_ms_max":N}. Loopback only.
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <memory>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include "flv_film.h"
#include "proto/rtmp_client.h"

namespace luso::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kPendingBytesMax =
    4 << 20;                              // A server that reads no more: the connection counts as lost.
constexpr std::size_t kJoinsPerTurn = 2;  // Connections opened in a turn of the loop, 10 ms at most.

struct Options {
  std::string url, names, film, t0_file;
  int secs = 20;
};

Options parse(int argc, char** argv) {
  std::map<std::string, std::string> values;
  for (int i = 1; i + 1 < argc; i += 2) values[argv[i]] = argv[i + 1];
  Options options{.url = values["--url"],
                  .names = values["--names"],
                  .film = values["--film"],
                  .t0_file = values["--t0-file"]};
  if (values.contains("--secs")) options.secs = std::atoi(values["--secs"].c_str());
  if (options.url.empty() || options.names.empty() || options.film.empty())
    die("--url, --names and --film are needed");
  return options;
}

struct Connection {
  int fd = -1;
  std::unique_ptr<proto::rtmp::ClientSession> session;
  Bytes pending;
  std::size_t next_tag = 0;
  std::uint32_t loop_offset_ms = 0;
  Steady::time_point began;
  bool started = false, refused = false, lost = false;
};

class Load {
 public:
  explicit Load(Options options)
      : options_(std::move(options)), film_(read_flv_film(options_.film)), poll_(epoll_create1(0)) {
    std::ifstream file(options_.names);
    for (std::string line; std::getline(file, line);) {
      if (!line.empty()) names_.push_back(line);
    }
    if (names_.empty()) die(options_.names + " names no stream");
    const auto url = proto::rtmp::parse_url(options_.url + "/x");
    if (!url || url->tls) die("--url is not an rtmp:// address");
    url_ = *url;
    connections_.resize(names_.size());
  }

  void run() {
    const auto end = Steady::now() + std::chrono::seconds(options_.secs);
    std::size_t opened = 0;
    while (Steady::now() < end) {
      for (std::size_t i = 0; i < kJoinsPerTurn && opened < connections_.size(); ++i) open(opened++);
      serve_sockets();
      for (auto& connection : connections_) advance(connection);
    }
  }

  void report() const {
    std::size_t publishing = 0;
    std::size_t refused = 0;
    std::size_t lost = 0;
    for (const auto& connection : connections_) {
      publishing += static_cast<std::size_t>(connection.started && !connection.lost);
      refused += static_cast<std::size_t>(connection.refused);
      lost += static_cast<std::size_t>(connection.lost && !connection.refused);
    }
    std::printf("{\"publishing\":%zu,\"refused\":%zu,\"lost\":%zu,\"bytes\":%zu,\"late_ms_max\":%lld}\n",
                publishing, refused, lost, bytes_, static_cast<long long>(late_ms_max_));
  }

 private:
  void open(std::size_t index) {
    Connection& connection = connections_[index];
    connection.fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(url_.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(connection.fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 &&
        errno != EINPROGRESS) {
      die("cannot connect");
    }
    proto::rtmp::ClientSettings settings;
    settings.app = url_.app;
    settings.tc_url = options_.url;
    settings.stream_name = names_[index];
    settings.random_seed = index + 1;
    connection.session = std::make_unique<proto::rtmp::ClientSession>(std::move(settings));
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLET;
    event.data.u64 = index;
    epoll_ctl(poll_, EPOLL_CTL_ADD, connection.fd, &event);
  }

  void serve_sockets() {
    std::array<epoll_event, 64> events{};
    const int count = epoll_wait(poll_, events.data(), static_cast<int>(events.size()), 10);
    for (int i = 0; i < count; ++i) {
      Connection& connection = connections_[events.at(static_cast<std::size_t>(i)).data.u64];
      receive(connection);
      flush(connection);
    }
  }

  static void receive(Connection& connection) {
    std::array<std::uint8_t, 16384> buffer{};
    while (!connection.lost) {
      const ssize_t count = recv(connection.fd, buffer.data(), buffer.size(), 0);
      if (count < 0 && (errno == EAGAIN || errno == ENOTCONN)) return;
      if (count <= 0) {
        connection.lost = true;
        return;
      }
      const auto fed = connection.session->feed({buffer.data(), static_cast<std::size_t>(count)});
      if (!fed) connection.refused = connection.lost = true;
    }
  }

  void flush(Connection& connection) {
    if (connection.lost || !connection.session) return;
    const Bytes fresh = connection.session->take_output();
    connection.pending.insert(connection.pending.end(), fresh.begin(), fresh.end());
    if (connection.pending.empty()) return;
    const ssize_t count =
        send(connection.fd, connection.pending.data(), connection.pending.size(), MSG_NOSIGNAL);
    if (count > 0) {
      bytes_ += static_cast<std::size_t>(count);
      connection.pending.erase(connection.pending.begin(), connection.pending.begin() + count);
    }
    if (connection.pending.size() > kPendingBytesMax) connection.lost = true;
  }

  void start(Connection& connection) {
    connection.started = true;
    connection.began = Steady::now();
    for (const FlvTag& tag : film_.headers) send_tag(connection, tag, 0);
    if (&connection != &connections_.front() || options_.t0_file.empty()) return;
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    std::ofstream(options_.t0_file) << R"({"t0_ms":)"
                                    << std::chrono::duration_cast<std::chrono::milliseconds>(now).count()
                                    << R"(,"span_ms":)" << film_.length_ms << "}\n";
  }

  static void send_tag(Connection& connection, const FlvTag& tag, std::uint32_t timestamp_ms) {
    if (tag.type == 9) {
      connection.session->send_video(timestamp_ms, tag.body);
    } else {
      connection.session->send_audio(timestamp_ms, tag.body);
    }
  }

  void advance(Connection& connection) {
    if (!connection.session || connection.lost || !connection.session->publishing()) return;
    if (!connection.started) start(connection);
    const auto elapsed =
        std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - connection.began);
    for (;;) {
      const FlvTag& tag = film_.tags[connection.next_tag];
      const std::int64_t due = std::int64_t{connection.loop_offset_ms} + tag.timestamp_ms;
      if (due > elapsed.count()) break;
      late_ms_max_ = std::max<std::int64_t>(late_ms_max_, elapsed.count() - due);
      send_tag(connection, tag, static_cast<std::uint32_t>(due));
      if (++connection.next_tag < film_.tags.size()) continue;
      connection.next_tag = 0;
      connection.loop_offset_ms += film_.length_ms;
    }
    flush(connection);
  }

  Options options_;
  FlvFilm film_;
  int poll_;
  proto::rtmp::Url url_;
  std::vector<std::string> names_;
  std::vector<Connection> connections_;
  std::size_t bytes_ = 0;
  std::int64_t late_ms_max_ = 0;
};

}  // namespace
}  // namespace luso::bench

int main(int argc, char** argv) {
  luso::bench::Load load(luso::bench::parse(argc, argv));
  load.run();
  load.report();
  return 0;
}
