#include "io/http_parse.h"

#include <limits>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/text.h"

namespace luso::io {
namespace http = boost::beast::http;
using boost::beast::error_code;

namespace {

constexpr std::size_t kLastChunkBytes = 5;

// The callbacks that requests and responses share. Fields behind the body (trailers) are dropped: what they
// say was decided without them.
template <bool is_request>
class MessageParser : public http::basic_parser<is_request> {
 public:
  MessageParser(HttpHeaders& headers, std::string& body, RequestParser::Limits limits)
      : headers_(headers), body_(body), limits_(limits) {
    this->header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
    this->body_limit(boost::none);
  }

  void set_body_limit(std::size_t bytes_max) { body_left_ = bytes_max; }

  [[nodiscard]] bool expects_continue() const { return expects_continue_; }

  Parsed feed(std::string_view bytes) {
    const bool head_was_done = this->is_header_done();
    // Beast 1.81 aborts the process when an empty chunked body's "0 CRLF CRLF" arrives cut before its last
    // byte. Every chunked body has at least these five bytes left, so waiting for them loses nothing.
    if (head_was_done && this->chunked() && bytes.size() < kLastChunkBytes) return {};
    this->eager(head_was_done);
    error_code error;
    const std::size_t consumed = this->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
    if (error && error != http::error::need_more) return {.state = state_of(error), .consumed = consumed};
    if (!head_was_done && this->is_header_done()) {
      // A coding that is not chunked, or not last, leaves the length to guesswork (RFC 9112, 6.1 and 6.3).
      const bool ambiguous = is_request && names_a_coding_ && !this->chunked();
      return {.state = ambiguous ? ParseState::bad : ParseState::head_done, .consumed = consumed};
    }
    if (this->is_done()) return {.state = ParseState::done, .consumed = consumed};
    // What Beast wants to see whole (a chunk's header, the trailers) has a limit too.
    const bool endless = head_was_done && bytes.size() - consumed > limits_.header_bytes_max;
    return {.state = endless ? ParseState::bad : ParseState::need_more, .consumed = consumed};
  }

 protected:
  void on_field_impl(http::field name, boost::beast::string_view name_text, boost::beast::string_view value,
                     error_code& error) override {
    if (this->is_header_done()) return;
    if (headers_.size() >= limits_.headers_max) {
      error = http::error::header_limit;
      return;
    }
    if (name == http::field::expect)
      expects_continue_ = equals_ignoring_case({value.data(), value.size()}, "100-continue");
    if (name == http::field::transfer_encoding) names_a_coding_ = true;
    headers_.add({name_text.data(), name_text.size()}, {value.data(), value.size()});
  }

  void on_header_impl(error_code& /*error*/) override {}

  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/, error_code& /*error*/) override {}

  void on_chunk_header_impl(std::uint64_t /*size*/, boost::beast::string_view /*extensions*/,
                            error_code& /*error*/) override {}

  void on_finish_impl(error_code& /*error*/) override {}

  std::size_t on_body_impl(boost::beast::string_view bytes, error_code& error) override {
    return take(bytes, error);
  }

  std::size_t on_chunk_body_impl(std::uint64_t /*remain*/, boost::beast::string_view bytes,
                                 error_code& error) override {
    return take(bytes, error);
  }

  void on_request_impl(http::verb /*verb*/, boost::beast::string_view /*method*/,
                       boost::beast::string_view /*target*/, int /*version*/,
                       error_code& /*error*/) override {}

  void on_response_impl(int /*status*/, boost::beast::string_view /*reason*/, int /*version*/,
                        error_code& /*error*/) override {}

 private:
  static ParseState state_of(error_code error) {
    if (error == http::error::header_limit) return ParseState::head_too_large;
    if (error == http::error::body_limit) return ParseState::body_too_large;
    return ParseState::bad;
  }

  std::size_t take(boost::beast::string_view bytes, error_code& error) {
    if (bytes.size() > body_left_) {
      error = http::error::body_limit;
      return 0;
    }
    body_left_ -= bytes.size();
    body_.append(bytes.data(), bytes.size());
    return bytes.size();
  }

  HttpHeaders& headers_;
  std::string& body_;
  RequestParser::Limits limits_;
  std::size_t body_left_ = std::numeric_limits<std::size_t>::max();
  bool expects_continue_ = false;
  bool names_a_coding_ = false;
};

class BeastRequest final : public MessageParser<true> {
 public:
  BeastRequest(HttpRequest& request, RequestParser::Limits limits)
      : MessageParser(request.headers, request.body, limits), request_(request) {}

  [[nodiscard]] bool is_http_1_0() const { return version_ == 10; }

 private:
  void on_request_impl(http::verb /*verb*/, boost::beast::string_view method,
                       boost::beast::string_view target, int version, error_code& /*error*/) override {
    version_ = version;
    request_.method.assign(method.data(), method.size());
    request_.target.assign(target.data(), target.size());
  }

  HttpRequest& request_;
  int version_ = 11;  // 10 * major + minor
};

class BeastResponse final : public MessageParser<false> {
 public:
  BeastResponse(ResponseHead& head, std::string& body, RequestParser::Limits limits)
      : MessageParser(head.headers, body, limits), head_(head) {}

 private:
  void on_response_impl(int status, boost::beast::string_view /*reason*/, int /*version*/,
                        error_code& /*error*/) override {
    head_.status = status;
  }

  ResponseHead& head_;
};

template <typename Parser>
std::optional<std::uint64_t> content_length_of(const Parser& parser) {
  const auto length = parser.content_length();
  return length ? std::optional<std::uint64_t>(*length) : std::nullopt;
}

}  // namespace

struct RequestParser::Impl {
  Limits limits;
  std::optional<BeastRequest> parser;
};

RequestParser::RequestParser(Limits limits)
    : impl_(std::make_unique<Impl>(Impl{.limits = limits, .parser = {}})) {}

RequestParser::~RequestParser() = default;

void RequestParser::start(HttpRequest& request) {
  impl_->parser.emplace(request, impl_->limits);
}

Parsed RequestParser::feed(std::string_view bytes) {
  if (impl_->parser->is_done()) return {.state = ParseState::done, .consumed = 0};
  return impl_->parser->feed(bytes);
}

void RequestParser::set_body_limit(std::size_t bytes_max) {
  impl_->parser->set_body_limit(bytes_max);
}

bool RequestParser::keep_alive() const {
  return impl_->parser->keep_alive();
}

bool RequestParser::is_http_1_0() const {
  return impl_->parser->is_http_1_0();
}

bool RequestParser::expects_continue() const {
  return impl_->parser->expects_continue();
}

bool RequestParser::has_body() const {
  return !impl_->parser->is_done();
}

std::optional<std::uint64_t> RequestParser::content_length() const {
  return content_length_of(*impl_->parser);
}

struct ResponseParser::Impl {
  RequestParser::Limits limits;
  ResponseHead head;
  std::string body;
  std::optional<BeastResponse> parser;
};

ResponseParser::ResponseParser(RequestParser::Limits limits) : impl_(std::make_unique<Impl>()) {
  impl_->limits = limits;
}

ResponseParser::~ResponseParser() = default;

void ResponseParser::start(bool to_head_request) {
  impl_->head = {};
  impl_->body.clear();
  impl_->parser.emplace(impl_->head, impl_->body, impl_->limits);
  impl_->parser->skip(to_head_request);
}

Parsed ResponseParser::feed(std::string_view bytes) {
  if (impl_->parser->is_done()) return {.state = ParseState::done, .consumed = 0};
  return impl_->parser->feed(bytes);
}

ParseState ResponseParser::feed_end() {
  if (impl_->parser->is_done()) return ParseState::done;
  if (!impl_->parser->got_some()) return ParseState::bad;
  error_code error;
  impl_->parser->put_eof(error);
  return error ? ParseState::bad : ParseState::done;
}

ResponseHead& ResponseParser::head() {
  return impl_->head;
}

std::string& ResponseParser::body() {
  return impl_->body;
}

bool ResponseParser::keep_alive() const {
  return impl_->parser->keep_alive();
}

std::optional<std::uint64_t> ResponseParser::content_length() const {
  return content_length_of(*impl_->parser);
}

}  // namespace luso::io
