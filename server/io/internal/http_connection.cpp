#include "io/internal/http_connection.h"

#include <algorithm>
#include <charconv>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>

#include "base/log.h"

namespace luso::io::internal {
namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t kHeadReadBytes = 4 * 1024;
constexpr std::size_t kBodyReadBytes = 64 * 1024;
constexpr std::size_t kLingerBytesMax =
    1024 * 1024;  // What a refused client may still push at us before we hang up.
constexpr auto kLingerDeadline = 2s;
constexpr auto kGoneClientCheckAfter = 1s;  // Handlers that take longer have their client looked after.
constexpr std::size_t kBodyBytesMaxByDefault = 1024 * 1024;

// Good to a few milliseconds, where deadlines are kept to half a second.
MonoTime coarse_now() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return MonoTime(std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec));
}

iovec piece_of(std::string_view text) {
  return {.iov_base = const_cast<char*>(text.data()), .iov_len = text.size()};  // The kernel only reads it.
}

iovec piece_of(const Bytes& bytes) {
  return piece_of(as_text(bytes));
}

HttpResponse failure(ErrorKind kind, std::string_view reason, const HttpRequest& request) {
  const Error error{.kind = kind, .reason = reason, .detail = {}, .field = {}, .retry_after_s = 0};
  return HttpResponse::error(error, request);
}

// Closes the file at the end of a scope.
struct OpenFile {
  int descriptor;

  explicit OpenFile(const std::string& path) : descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}

  ~OpenFile() {
    if (descriptor >= 0) ::close(descriptor);
  }

  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  // Empty when it is not a regular file that could be opened.
  [[nodiscard]] std::optional<std::uint64_t> size() const {
    struct stat facts{};
    if (descriptor < 0 || ::fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
    return static_cast<std::uint64_t>(facts.st_size);
  }
};

}  // namespace

HttpConnection::HttpConnection(const HttpContext& context, asio::ip::tcp::socket socket,
                               const TlsContext* tls)
    : context_(context),
      wire_(std::move(socket), tls),
      parser_(
          {.header_bytes_max = context.limits.header_bytes_max, .headers_max = context.limits.headers_max}),
      since_(std::chrono::steady_clock::now()) {
  context_.connections.add(1);
}

HttpConnection::~HttpConnection() {
  count_bytes();
  context_.connections.add(-1);
}

void HttpConnection::count_bytes() {
  context_.bytes_sent.add(wire_.bytes_written() - bytes_counted_);
  bytes_counted_ = wire_.bytes_written();
}

Task<void> HttpConnection::run() {
  if (!co_await wire_.handshake()) co_return;
  while (co_await serve_one()) {
  }
  if (phase_ != Phase::taken_over) co_await linger();
}

// Before a wait: what passes at once has no deadline.
void HttpConnection::enter(Phase phase) {
  phase_ = phase;
  since_ = coarse_now();
  bytes_written_ = wire_.bytes_written();
}

// One request and its response; false when the connection ends with it.
Task<bool> HttpConnection::serve_one() {
  request_.clear();
  parser_.start(request_);
  enter(input_.empty() ? Phase::idle : Phase::head);
  if (draining_ && phase_ == Phase::idle) co_return false;
  const ParseState head = co_await read_until(ParseState::head_done);
  if (head != ParseState::head_done) {
    co_await refuse(head);
    co_return false;
  }
  const Arrival arrival{.peer = wire_.remote().address(), .tls = wire_.is_tls()};
  const Result<void> completed = complete_head(request_, arrival, context_.trusted);
  const bool has_host = parser_.is_http_1_0() || request_.headers.has("Host");
  if (!completed || !has_host) {
    co_await refuse(ParseState::bad);
    co_return false;
  }
  if (parser_.has_body() && !co_await receive_body()) co_return false;

  context_.requests.add();
  keep_alive_ =
      parser_.keep_alive() && ++requests_ < context_.limits.requests_per_connection_max && !draining_;
  HttpAnswer answer = ask();
  if (answer.ready() == nullptr) {
    enter(Phase::handling);
    Task<HttpResponse> waiting = wait_for(answer.wait());
    answer = co_await std::move(waiting);
  }
  keep_alive_ = keep_alive_ && !draining_;
  // What is in memory leaves in one system call as a rule, without another coroutine.
  const auto size = static_cast<std::ptrdiff_t>(gather(*answer.ready()));
  const std::ptrdiff_t taken = size > 0 ? wire_.try_write(pieces_) : 0;
  if (size > 0 && taken == size) co_return keep_alive_;
  enter(Phase::sending);
  Task<bool> sending =
      size > 0 ? wire_.write_rest(pieces_, taken) : send_produced(std::move(*answer.ready()));
  const bool sent = co_await std::move(sending);
  co_return sent&& keep_alive_;
}

// Reads and parses up to a state; any other state but need_more comes back as it is.
Task<ParseState> HttpConnection::read_until(ParseState wanted) {
  for (;;) {
    if (!input_.empty() || wanted == ParseState::done) {
      const Parsed parsed = parser_.feed(input_.unread());
      input_.consume(parsed.consumed);
      if (parsed.state != ParseState::need_more) co_return parsed.state;
      if (phase_ == Phase::idle) enter(Phase::head);
    }
    const std::size_t room = wanted == ParseState::done ? kBodyReadBytes : kHeadReadBytes;
    const std::size_t size = co_await wire_.read_some(input_.prepare(room));
    if (size == 0) co_return ParseState::need_more;
    input_.commit(size);
  }
}

Task<bool> HttpConnection::receive_body() {
  const std::size_t limit = context_.body_limit ? context_.body_limit(request_) : kBodyBytesMaxByDefault;
  ParseState state = ParseState::body_too_large;
  if (parser_.content_length().value_or(0) <= limit) {
    parser_.set_body_limit(limit);
    enter(Phase::body);
    if (parser_.expects_continue() && input_.empty()) {
      if (!co_await wire_.write("HTTP/1.1 100 Continue\r\n\r\n")) co_return false;
    }
    state = co_await read_until(ParseState::done);
  }
  if (state != ParseState::done) co_await refuse(state);
  co_return state == ParseState::done;
}

// Says why, when there is anybody to say it to, and gives the connection up.
Task<void> HttpConnection::refuse(ParseState state) {
  if (state == ParseState::need_more) co_return;  // The client went away, or was sent away.
  context_.bad_requests.add();
  keep_alive_ = false;
  const bool too_large = state == ParseState::body_too_large;
  HttpResponse response = too_large ? failure(ErrorKind::too_large, "api.body_too_large", request_)
                                    : failure(ErrorKind::invalid, "api.invalid", request_);
  if (state == ParseState::head_too_large) response.status = 431;
  co_await send(std::move(response));
}

HttpAnswer HttpConnection::ask() {
  try {
    return context_.handler(request_);
  } catch (...) {
    return broken();
  }
}

Task<HttpResponse> HttpConnection::wait_for(Task<HttpResponse> answer) {
  try {
    co_return co_await std::move(answer);
  } catch (...) {
    co_return broken();
  }
}

// Called while an exception of the handler's is being handled.
HttpResponse HttpConnection::broken() const {
  try {
    throw;
  } catch (const boost::system::system_error& error) {
    if (error.code() == asio::error::operation_aborted) throw;  // Cancelled, not broken.
    log::error("http.handler_failed", {{"path", request_.path}, {"error", error.what()}});
  } catch (const std::exception& error) {
    log::error("http.handler_failed", {{"path", request_.path}, {"error", error.what()}});
  }
  return failure(ErrorKind::internal, "api.internal", request_);
}

HeadShape HttpConnection::shape() const {
  return {.keep_alive = keep_alive_, .http_1_0 = parser_.is_http_1_0(), .request_id = request_.request_id};
}

// Lays out what can be sent as it lies in memory, head and body, and says how long it is; 0 when the body is
// produced while it is sent.
std::size_t HttpConnection::gather(const HttpResponse& response) {
  pieces_.assign(1, {});
  std::uint64_t length = 0;
  const auto append = [&](const iovec& piece) {
    if (piece.iov_len > 0) pieces_.push_back(piece);
    length += piece.iov_len;
  };
  if (const auto* text = std::get_if<std::string>(&response.body)) {
    append(piece_of(*text));
  } else if (const auto* shared = std::get_if<std::vector<SharedBytes>>(&response.body)) {
    for (const SharedBytes& bytes : *shared) append(piece_of(*bytes));
  } else {
    return 0;
  }
  const Framing framing = framing_of(response, length, parser_.is_http_1_0());
  write_head(head_, response, framing, length, shape());
  pieces_.front() = piece_of(head_);
  if (framing != Framing::none && request_.method != "HEAD") return head_.size() + length;
  pieces_.resize(1);
  return head_.size();
}

Task<bool> HttpConnection::send(HttpResponse response) {
  enter(Phase::sending);
  Task<bool> sending = gather(response) > 0 ? wire_.write(pieces_) : send_produced(std::move(response));
  co_return co_await std::move(sending);
}

Task<bool> HttpConnection::send_produced(HttpResponse response) {
  if (auto* file = std::get_if<FileBody>(&response.body)) co_return co_await send_file_body(response, *file);

  const bool upgrade = std::holds_alternative<Takeover>(response.body);
  const Framing framing = framing_of(response, std::nullopt, parser_.is_http_1_0());
  keep_alive_ = keep_alive_ && framing != Framing::close && !upgrade;
  write_head(head_, response, framing, std::nullopt, shape());
  if (!co_await wire_.write(head_)) co_return false;
  if (upgrade) {
    co_await hand_over(std::move(std::get<Takeover>(response.body)));
    co_return false;
  }
  if (request_.method == "HEAD" || framing == Framing::none) co_return true;
  co_return co_await send_stream(std::get<BodySource>(std::move(response.body)), framing);
}

Task<bool> HttpConnection::send_stream(BodySource source, Framing framing) {
  for (;;) {
    enter(Phase::handling);  // Waiting for the producer is not the reader's stall.
    const Result<std::optional<SharedBytes>> next = co_await source();
    enter(Phase::sending);
    if (!next) {
      log::warn("http.body_broken", {{"path", request_.path}, {"detail", next.error().detail}});
      wire_.abort();
      co_return false;
    }
    if (!*next) break;
    const SharedBytes& bytes = **next;
    if (bytes->empty()) continue;
    if (framing != Framing::chunked) {
      const iovec piece = piece_of(*bytes);
      if (!co_await wire_.write(std::span(&piece, 1))) co_return false;
      continue;
    }
    char size[20];
    const auto written = std::to_chars(std::begin(size), std::end(size) - 2, bytes->size(), 16);
    const std::string header = std::string(std::begin(size), written.ptr) + "\r\n";
    const std::array chunk{piece_of(header), piece_of(*bytes), piece_of("\r\n")};
    if (!co_await wire_.write(chunk)) co_return false;
  }
  if (framing != Framing::chunked) co_return true;
  co_return co_await wire_.write("0\r\n\r\n");
}

Task<bool> HttpConnection::send_file_body(HttpResponse& response, FileBody file) {
  const OpenFile open(file.path);
  const auto size = open.size();
  if (!size) {
    // Clients name files that are gone, or never were, as often as they like.
    log::debug("http.file_missing", {{"path", file.path}});
    co_return co_await send(failure(ErrorKind::not_found, "api.no_such_route", request_));
  }
  const std::uint64_t offset = std::min(file.offset, *size);
  const std::uint64_t length = std::min(file.length.value_or(*size), *size - offset);
  const Framing framing = framing_of(response, length, parser_.is_http_1_0());
  write_head(head_, response, framing, length, shape());
  if (!co_await wire_.write(head_)) co_return false;
  if (request_.method == "HEAD" || framing == Framing::none) co_return true;
  co_return co_await wire_.send_file(open.descriptor, offset, length);
}

Task<void> HttpConnection::hand_over(Takeover takeover) {
  std::string early(input_.unread());
  input_.consume(early.size());
  enter(Phase::taken_over);
  co_await takeover.run(wire_, std::move(early));
}

// Closing with unread bytes makes the kernel reset the connection and the client lose our last response (RFC
// 9112, 9.6): say that we are done, then read on for a little.
Task<void> HttpConnection::linger() {
  enter(Phase::ending);
  co_await wire_.finish();
  std::size_t left = kLingerBytesMax;
  while (left > 0) {
    const auto room = input_.prepare(kHeadReadBytes);
    const std::size_t size = co_await wire_.read_some(room);
    if (size == 0) co_return;
    left -= std::min(left, size);
  }
}

bool HttpConnection::is_overdue(MonoTime now) {
  const HttpLimits& limits = context_.limits;
  const auto spent = now - since_;
  switch (phase_) {
    case Phase::handshake:
    case Phase::head: return spent > limits.header_deadline;
    case Phase::idle: return spent > limits.idle_deadline;
    case Phase::body: return spent > limits.body_deadline;
    case Phase::ending: return spent > kLingerDeadline;
    case Phase::sending:
      if (wire_.bytes_written() != bytes_written_) {
        bytes_written_ = wire_.bytes_written();
        since_ = now;
        return false;
      }
      return spent > limits.stall_deadline;
    case Phase::handling:
    case Phase::taken_over: return false;  // They keep their own.
  }
  return false;
}

void HttpConnection::check(MonoTime now) {
  if (is_overdue(now)) {
    if (phase_ != Phase::idle && phase_ != Phase::ending) context_.deadlines_missed.add();
    wire_.abort();
    return;
  }
  if (phase_ == Phase::handling && now - since_ > kGoneClientCheckAfter && wire_.peer_is_gone()) {
    context_.handlers_cancelled.add();
    cancel();
  }
}

void HttpConnection::begin_drain() {
  draining_ = true;
  if (phase_ == Phase::idle) wire_.abort();
  if (phase_ == Phase::taken_over) cancel();
}

void HttpConnection::cancel() {
  cancelled_.emit(asio::cancellation_type::terminal);
}

}  // namespace luso::io::internal
