#include "gateway/handshake.h"

#include <ctime>
#include <map>

#include "base/text.h"
#include "proto/json_text.h"

namespace luso::gateway {
namespace {

namespace json = proto::json;

// As JavaScript prints a date on a machine that keeps UTC.
std::string date_text(WallTime at) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(at);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::string text(80, '\0');
  text.resize(std::strftime(text.data(), text.size(),
                            "%a %b %d %Y %H:%M:%S GMT+0000 (Coordinated Universal Time)", &parts));
  return text;
}

void append_object(std::string& out, const std::map<std::string, std::string>& members) {
  out += '{';
  for (const auto& [name, value] : members) {
    if (out.back() != '{') out += ',';
    json::append_string(out, name);
    out += ':';
    json::append_string(out, value);
  }
  out += '}';
}

std::map<std::string, std::string> parameters(std::string_view query) {
  std::map<std::string, std::string> found;
  for (const std::string_view pair : split(query, '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = form_decode(pair.substr(0, equals));
    auto value = form_decode(pair.substr(std::min(equals + 1, pair.size())));
    if (name && value && is_utf8(*name) && is_utf8(*value))
      found.insert_or_assign(std::move(*name), std::move(*value));
  }
  return found;
}

}  // namespace

std::shared_ptr<const Handshake> Handshake::of(const io::HttpRequest& request, WallTime now) {
  auto handshake = std::make_shared<Handshake>();
  handshake->headers = request.headers;
  handshake->address = request.remote;
  handshake->url = request.target;
  handshake->query = request.query;
  handshake->cross_domain = request.headers.has("Origin");
  handshake->secure = request.secure;
  handshake->at = now;
  return handshake;
}

std::optional<std::string> Handshake::query_value(std::string_view name) const {
  auto found = parameters(query);
  const auto parameter = found.find(std::string(name));
  if (parameter == found.end()) return std::nullopt;
  return std::move(parameter->second);
}

std::string Handshake::json(std::string_view auth) const {
  std::map<std::string, std::string> fields;
  for (const auto& [name, value] : headers.all()) {
    if (!is_utf8(value)) continue;
    const auto [field, is_new] = fields.try_emplace(ascii_lower(name), value);
    if (!is_new) field->second.append(", ").append(value);
  }
  const auto issued = std::chrono::duration_cast<std::chrono::milliseconds>(at.time_since_epoch()).count();
  std::string out = R"({"headers":)";
  append_object(out, fields);
  out += R"(,"time":)" + json::quote(date_text(at));
  out += R"(,"address":)" + json::quote(address.to_string());
  out += R"(,"xdomain":)" + std::string(cross_domain ? "true" : "false");
  out += R"(,"secure":)" + std::string(secure ? "true" : "false");
  out += R"(,"issued":)" + std::to_string(issued);
  out += R"(,"url":)" + json::quote(url);
  out += R"(,"query":)";
  append_object(out, parameters(query));
  out += R"(,"auth":)" + std::string(auth.empty() ? "{}" : auth) + '}';
  return out;
}

}  // namespace luso::gateway
