#include "media/webrtc/ice.h"

#include <algorithm>
#include <utility>

#include <boost/asio/ip/address.hpp>

namespace luso::media::webrtc {

namespace ip = boost::asio::ip;
namespace stun = proto::stun;

namespace {

// RFC 8445, 5.3 asks for 24 and 128 random bits at least. base64url's '-' and '_' are no ice-chars.
constexpr std::size_t kUfragBytes = 6;      // 12 digits: unique on a port, and not to be guessed.
constexpr std::size_t kPasswordBytes = 16;  // 32 digits

IceCredentials make_credentials(Random& random) {
  return {.ufrag = random.hex(kUfragBytes), .password = random.hex(kPasswordBytes)};
}

std::string_view local_fragment(const stun::Message& message) {
  const std::string_view username = message.username.value_or(std::string_view());
  return username.substr(0, username.find(':'));
}

ip::address unmapped(const ip::address& address) {
  if (!address.is_v6() || !address.to_v6().is_v4_mapped()) return address;
  return ip::make_address_v4(ip::v4_mapped, address.to_v6());
}

Bytes success(const stun::Message& request, const Route& route, std::string_view password) {
  return stun::Builder(stun::Class::success, request.transaction)
      .xor_mapped_address(stun_address(route.udp.remote))
      .finish(password);
}

}  // namespace

stun::Address stun_address(const io::UdpEndpoint& endpoint) {
  stun::Address out{.v6 = false, .port = endpoint.port(), .ip = {}};
  const ip::address address = unmapped(endpoint.address());
  if (address.is_v4()) {
    std::ranges::copy(address.to_v4().to_bytes(), out.ip.begin());
  } else {
    out.v6 = true;
    std::ranges::copy(address.to_v6().to_bytes(), out.ip.begin());
  }
  return out;
}

std::string text_of(const Route& route) {
  const ip::address address = unmapped(route.udp.remote.address());
  const std::string host = address.is_v6() ? '[' + address.to_string() + ']' : address.to_string();
  return (route.is_tcp() ? "tcp " : "udp ") + host + ':' + std::to_string(route.udp.remote.port());
}

IceLite::IceLite(Random& random) : current_(make_credentials(random)) {}

void IceLite::restart(Random& random) {
  // A second restart before the first was used: the remote still checks with the oldest ones.
  if (old_.ufrag.empty()) old_ = std::move(current_);
  current_ = make_credentials(random);
}

IceLite::Outcome IceLite::check(ByteView datagram, const stun::Message& message, const Route& route,
                                MonoTime now) {
  Outcome outcome;
  const std::string_view fragment = local_fragment(message);
  const bool is_current = fragment == current_.ufrag;
  if (!is_current && (old_.ufrag.empty() || fragment != old_.ufrag)) return outcome;
  const IceCredentials& used = is_current ? current_ : old_;
  // RFC 8489, 9.1.3 would answer 400 and 401; whoever does not know the password gets nothing.
  if (!verify_integrity(datagram, message, used.password)) return outcome;
  outcome.valid = true;
  if (!message.unknown.empty()) {
    outcome.answer = stun::Builder(stun::Class::error, message.transaction)
                         .error(stun::ErrorCode::unknown_attribute, "Unknown Attribute")
                         .unknown_attributes(message.unknown)
                         .finish(used.password);
    return outcome;
  }
  // RFC 8445, 7.3.1.1. A lite agent cannot take the controlling role from a full one (6.1.1).
  if (message.controlled) {
    outcome.answer = stun::Builder(stun::Class::error, message.transaction)
                         .error(stun::ErrorCode::role_conflict, "Role Conflict")
                         .finish(used.password);
    return outcome;
  }
  outcome.answer = success(message, route, used.password);
  Known& known = learn(route, now, outcome);
  known.nominated = known.nominated || message.use_candidate;
  if (prefers(known, now)) select(known, outcome);
  if (is_current && !old_.ufrag.empty()) {
    old_ = {};
    outcome.restarted = true;
  }
  return outcome;
}

IceLite::Known* IceLite::find(const Route& route) {
  const auto found = std::ranges::find(known_, route, &Known::route);
  return found == known_.end() ? nullptr : &*found;
}

IceLite::Known& IceLite::learn(const Route& route, MonoTime now, Outcome& outcome) {
  last_heard_ = now;
  if (Known* const known = find(route); known != nullptr) {
    known->heard = now;
    return *known;
  }
  outcome.route_is_new = true;
  if (known_.size() == kRoutesMax) {
    const auto age = [this](const Known& known) {
      return std::pair(selected_ && known.route == *selected_, known.heard);  // The selected one goes last.
    };
    const auto oldest = std::ranges::min_element(known_, {}, age);
    outcome.route_dropped = oldest->route;
    known_.erase(oldest);
  }
  return known_.emplace_back(Known{.route = route, .heard = now});
}

// Whether a route that has just been checked is better than the selected one.
bool IceLite::prefers(const Known& known, MonoTime now) {
  const Known* const selected = selected_ ? find(*selected_) : nullptr;
  if (selected == nullptr) return true;
  if (selected == &known) return false;
  if (now - selected->heard > kSilence) return true;
  if (known.nominated != selected->nominated) return known.nominated;
  // Who nominates aggressively (RFC 5245) nominates every route that works, TCP among them: UDP wins. Between
  // equals the last word counts, which is how Chromium moves.
  return !known.route.is_tcp() || selected->route.is_tcp();
}

void IceLite::select(const Known& known, Outcome& outcome) {
  outcome.moved = selected_.has_value();
  selected_ = known.route;
}

void IceLite::heard(const Route& route, MonoTime now) {
  if (Known* const known = find(route); known != nullptr) known->heard = now;
  last_heard_ = now;
}

void IceLite::forget(const Route& route) {
  std::erase_if(known_, [&route](const Known& known) { return known.route == route; });
  if (!selected_ || *selected_ != route) return;
  selected_.reset();
  // What the remote used besides, if anything, until it says better.
  const auto newest = std::ranges::max_element(
      known_, {}, [](const Known& known) { return std::pair(known.nominated, known.heard); });
  if (newest != known_.end()) selected_ = newest->route;
}

const Route* IceLite::selected() const {
  return selected_ ? &*selected_ : nullptr;
}

std::vector<Route> IceLite::routes() const {
  std::vector<Route> routes;
  routes.reserve(known_.size());
  for (const Known& known : known_) routes.push_back(known.route);
  return routes;
}

}  // namespace luso::media::webrtc
