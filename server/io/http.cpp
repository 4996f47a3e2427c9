#include "io/http.h"

#include <algorithm>
#include <atomic>

#include "base/text.h"

namespace luso::io {
namespace {

std::atomic<ReasonText> reason_text = nullptr;

// What most messages fit into.
constexpr std::size_t kFieldsAtFirst = 12;
constexpr std::size_t kTextBytesAtFirst = 384;
constexpr std::size_t kBodyBytesKept = 4 * 1024;  // An idle connection holds no upload's memory.

void append_json_text(std::string& out, std::string_view value) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  out += '"';
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHexDigits[byte >> 4U];
      out += kHexDigits[byte & 15U];
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json_field(std::string& out, std::string_view name, std::string_view value) {
  if (out.back() != '{') out += ',';
  append_json_text(out, name);
  out += ':';
  append_json_text(out, value);
}

}  // namespace

void HttpHeaders::add(std::string_view name, std::string_view value) {
  if (fields_.empty()) fields_.reserve(kFieldsAtFirst);
  fields_.push_back({.at = static_cast<std::uint32_t>(text_.size()),
                     .name_bytes = static_cast<std::uint32_t>(name.size()),
                     .value_bytes = static_cast<std::uint32_t>(value.size())});
  const std::size_t size = text_.size() + name.size() + value.size();
  std::string old;  // Lives on while it is copied: the value may be another field's.
  if (size > text_.capacity()) {
    old.reserve(std::max(2 * size, kTextBytesAtFirst));
    old = text_;
    old.swap(text_);
  }
  text_ += name;
  text_ += value;
}

void HttpHeaders::set(std::string_view name, std::string_view value) {
  remove(name);
  add(name, value);
}

void HttpHeaders::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return equals_ignoring_case(name_of(field), name); });
}

void HttpHeaders::clear() {
  text_.clear();
  fields_.clear();
}

std::string_view HttpHeaders::get(std::string_view name) const {
  const auto found = std::ranges::find_if(
      fields_, [&](const Field& field) { return equals_ignoring_case(name_of(field), name); });
  return found == fields_.end() ? std::string_view() : value_of(*found);
}

bool HttpHeaders::has(std::string_view name) const {
  return std::ranges::any_of(fields_,
                             [&](const Field& field) { return equals_ignoring_case(name_of(field), name); });
}

void HttpRequest::clear() {
  for (std::string* text : {&method, &target, &path, &query, &body, &request_id}) text->clear();
  if (body.capacity() > kBodyBytesKept) body.shrink_to_fit();
  headers.clear();
  remote = boost::asio::ip::address();
  secure = false;
}

std::optional<std::string> HttpRequest::query_value(std::string_view name) const {
  for (const std::string_view pair : split(query, '&')) {
    const std::size_t equals = pair.find('=');
    const auto key = form_decode(pair.substr(0, equals));
    if (!key || *key != name) continue;
    return form_decode(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1));
  }
  return std::nullopt;
}

std::optional<std::string_view> HttpRequest::cookie(std::string_view name) const {
  for (const auto& [header, value] : headers.all()) {
    if (!equals_ignoring_case(header, "cookie")) continue;
    for (const std::string_view pair : split(value, ';')) {
      const std::string_view trimmed = trim(pair);
      const std::size_t equals = trimmed.find('=');
      if (equals == std::string_view::npos || trimmed.substr(0, equals) != name) continue;
      return trimmed.substr(equals + 1);
    }
  }
  return std::nullopt;
}

HttpResponse HttpResponse::text(int status, std::string_view content_type, std::string body) {
  HttpResponse response{.status = status, .headers = {}, .body = std::move(body)};
  response.headers.add("Content-Type", content_type);
  return response;
}

HttpResponse HttpResponse::json(int status, std::string body) {
  return text(status, "application/json", std::move(body));
}

HttpResponse HttpResponse::shared(std::string_view content_type, std::vector<SharedBytes> pieces) {
  HttpResponse response{.status = 200, .headers = {}, .body = std::move(pieces)};
  response.headers.add("Content-Type", content_type);
  return response;
}

HttpResponse HttpResponse::error(const Error& error, const HttpRequest& request) {
  std::string body = R"({"error":{)";
  append_json_field(body, "reason", error.reason);
  append_json_field(body, "message", message_of(error.reason));
  append_json_field(body, "request_id", request.request_id);
  if (!error.field.empty()) append_json_field(body, "field", error.field);
  body += "}}";
  HttpResponse response = json(http_status_of(error.kind), std::move(body));
  response.headers.add("Cache-Control", "no-store");
  if (error.retry_after_s > 0) response.headers.add("Retry-After", std::to_string(error.retry_after_s));
  return response;
}

HttpResponse HttpResponse::redirect(int status, std::string_view location) {
  HttpResponse response{.status = status, .headers = {}, .body = std::string()};
  response.headers.add("Location", location);
  return response;
}

void set_reason_text(ReasonText text) {
  reason_text = text;
}

std::string_view message_of(std::string_view reason) {
  const ReasonText text = reason_text;
  return text == nullptr ? reason : text(reason);
}

}  // namespace luso::io
