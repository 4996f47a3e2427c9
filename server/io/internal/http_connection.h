#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>

#include "base/clock.h"
#include "base/metrics.h"
#include "io/http.h"
#include "io/http_head.h"
#include "io/http_parse.h"
#include "io/http_server.h"
#include "io/internal/http_output.h"
#include "io/internal/input_buffer.h"
#include "io/tcp.h"

namespace luso::io::internal {

// What every connection of a server shares.
struct HttpContext {
  HttpLimits limits;
  TrustedProxies trusted;
  std::function<std::size_t(const HttpRequest&)> body_limit;
  HttpHandler handler;
  metrics::Gauge& connections;
  metrics::Counter& requests;
  metrics::Counter& bytes_sent;
  metrics::Counter& bad_requests;
  metrics::Counter& deadlines_missed;
  metrics::Counter& handlers_cancelled;
};

// One client's connection: requests one after the other, however many arrive at once. Lives on one reactor,
// in the list of its listener, which calls check() about twice a second.
class HttpConnection {
 public:
  HttpConnection(const HttpContext& context, boost::asio::ip::tcp::socket socket, const TlsContext* tls);
  ~HttpConnection();
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;

  [[nodiscard]] Task<void> run();

  // Ends what missed its deadline; cancels a handler whose client has gone.
  void check(MonoTime now);
  // No request after the running one; ends an idle connection, and another protocol's.
  void begin_drain();
  void cancel();

  void abort() { wire_.abort(); }

  [[nodiscard]] boost::asio::cancellation_slot slot() { return cancelled_.slot(); }

 private:
  enum class Phase : std::uint8_t { handshake, idle, head, body, handling, sending, taken_over, ending };

  void enter(Phase phase);
  void count_bytes();
  [[nodiscard]] bool is_overdue(MonoTime now);
  [[nodiscard]] Task<bool> serve_one();
  [[nodiscard]] Task<ParseState> read_until(ParseState wanted);
  [[nodiscard]] Task<bool> receive_body();
  [[nodiscard]] Task<void> refuse(ParseState state);
  [[nodiscard]] HttpAnswer ask();
  [[nodiscard]] Task<HttpResponse> wait_for(Task<HttpResponse> answer);
  [[nodiscard]] HttpResponse broken() const;
  [[nodiscard]] Task<bool> send(HttpResponse response);
  [[nodiscard]] std::size_t gather(const HttpResponse& response);
  [[nodiscard]] Task<bool> send_produced(HttpResponse response);
  [[nodiscard]] Task<bool> send_stream(BodySource source, Framing framing);
  [[nodiscard]] Task<bool> send_file_body(HttpResponse& response, FileBody file);
  [[nodiscard]] Task<void> hand_over(Takeover takeover);
  [[nodiscard]] Task<void> linger();
  [[nodiscard]] HeadShape shape() const;

  const HttpContext& context_;
  Wire wire_;
  InputBuffer input_;
  RequestParser parser_;
  HttpRequest request_;
  std::string head_;           // Of the response,
  std::vector<iovec> pieces_;  // and all of it when its body is in memory; both kept for their capacity.
  boost::asio::cancellation_signal cancelled_;
  Phase phase_ = Phase::handshake;
  MonoTime since_;                   // When the phase began, or the reader last took a byte.
  std::uint64_t bytes_written_ = 0;  // At that moment.
  std::uint64_t bytes_counted_ = 0;  // What the metrics know of.
  std::size_t requests_ = 0;
  bool keep_alive_ = true;
  bool draining_ = false;
};

}  // namespace luso::io::internal
