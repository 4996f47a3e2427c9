#include "io/internal/http_output.h"

#include <charconv>
#include <ctime>

#include "base/check.h"
#include "base/log.h"
#include "base/text.h"
#include "io/http_head.h"

namespace luso::io::internal {
namespace {

// Formatted once a second and thread.
std::string_view date_now() {
  thread_local std::time_t second = 0;
  thread_local std::string text;
  const std::time_t now = std::time(nullptr);
  if (now != second) {
    second = now;
    text = http_date(now);
  }
  return text;
}

void append_number(std::string& out, std::uint64_t value) {
  char digits[20];
  const auto written = std::to_chars(std::begin(digits), std::end(digits), value);
  out.append(std::begin(digits), written.ptr);
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += ": ";
  out += value;
  out += "\r\n";
}

bool is_connection_business(std::string_view name) {
  return equals_ignoring_case(name, "connection") || equals_ignoring_case(name, "transfer-encoding") ||
         equals_ignoring_case(name, "keep-alive");
}

// Looks at every byte, without leaving early: compilers make a few instructions of that.
bool breaks_message(std::string_view text) {
  bool breaks = false;
  for (const char c : text) breaks |= c == '\r' || c == '\n' || c == '\0';
  return breaks;
}

// What the handler has said already is not said twice.
struct Said {
  bool length = false, date = false, sniffing = false, referrer = false;
};

Said append_handler_fields(std::string& out, const HttpResponse& response, Framing framing) {
  Said said;
  const bool upgrade = std::holds_alternative<Takeover>(response.body);
  for (const auto& [name, value] : response.headers.all()) {
    if (is_connection_business(name) && !upgrade) continue;
    if (breaks_message(name) || breaks_message(value)) {
      log::error("http.header_refused", {{"name", name}});
      continue;
    }
    if (equals_ignoring_case(name, "content-length")) {
      if (framing == Framing::chunked || said.length) continue;
      said.length = true;
    }
    said.date = said.date || equals_ignoring_case(name, "date");
    said.sniffing = said.sniffing || equals_ignoring_case(name, "x-content-type-options");
    said.referrer = said.referrer || equals_ignoring_case(name, "referrer-policy");
    append_field(out, name, value);
  }
  return said;
}

}  // namespace

Framing framing_of(const HttpResponse& response, std::optional<std::uint64_t> length, bool http_1_0) {
  if (response.status < 200 || response.status == 204 || response.status == 304) return Framing::none;
  if (length || response.headers.has("Content-Length")) return Framing::length;
  return http_1_0 ? Framing::close : Framing::chunked;
}

void write_head(std::string& out, const HttpResponse& response, Framing framing,
                std::optional<std::uint64_t> length, const HeadShape& shape) {
  out = "HTTP/1.1 ";
  append_number(out, static_cast<std::uint64_t>(response.status));
  out += ' ';
  out += status_text(response.status);
  out += "\r\n";
  const Said said = append_handler_fields(out, response, framing);
  if (response.prepared) out += response.prepared->text();
  if (response.status == 101) {
    out += "\r\n";
    return;
  }
  if (framing == Framing::length && !said.length) {
    out += "Content-Length: ";
    append_number(out, length.value_or(0));
    out += "\r\n";
  }
  if (framing == Framing::chunked) out += "Transfer-Encoding: chunked\r\n";
  if (!shape.keep_alive) {
    out += "Connection: close\r\n";
  } else if (shape.http_1_0) {
    out += "Connection: keep-alive\r\n";
  }
  if (!said.date) append_field(out, "Date", date_now());
  if (!said.sniffing) out += "X-Content-Type-Options: nosniff\r\n";
  if (!said.referrer) out += "Referrer-Policy: strict-origin-when-cross-origin\r\n";
  if (!shape.request_id.empty()) append_field(out, "X-Request-Id", shape.request_id);
  out += "\r\n";
}

}  // namespace luso::io::internal

namespace luso::io {

PreparedFields::PreparedFields(const HttpHeaders& headers) {
  for (const auto& [name, value] : headers.all()) {
    LUSO_CHECK(!internal::breaks_message(name) && !internal::breaks_message(value));
    internal::append_field(text_, name, value);
  }
}

}  // namespace luso::io
