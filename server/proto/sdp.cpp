#include "proto/sdp.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "base/text.h"
#include "proto/internal/sdp_words.h"

namespace luso::proto::sdp {
namespace {

// What comes before the separator, and what comes after it; all of it and nothing when it is not there.
std::pair<std::string_view, std::string_view> cut(std::string_view text, char separator) {
  const std::size_t at = text.find(separator);
  if (at == std::string_view::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 1)};
}

// Takes the next word off the front of a line. Several spaces in a row count as one: some encoders do that.
std::string_view next_word(std::string_view& rest) {
  const std::size_t start = std::min(rest.find_first_not_of(' '), rest.size());
  rest.remove_prefix(start);
  const std::size_t end = std::min(rest.find(' '), rest.size());
  const std::string_view word = rest.substr(0, end);
  rest.remove_prefix(end);
  return word;
}

std::string_view without_leading_spaces(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

tl::unexpected<Error> malformed(std::string_view line) {
  return fail(ErrorKind::invalid, "sdp.malformed", std::string(line.substr(0, 200)));
}

tl::unexpected<Error> too_large(std::string_view what) {
  return fail(ErrorKind::too_large, "sdp.too_large", std::string(what));
}

Kind kind_of(std::string_view name) {
  if (name == "audio") return Kind::audio;
  if (name == "video") return Kind::video;
  if (name == "application") return Kind::application;
  return Kind::other;
}

// RFC 8122, 5: "sha-256 AB:CD:…"
std::optional<Fingerprint> fingerprint_of(std::string_view value) {
  const std::string_view hash = next_word(value);
  const std::string_view digits = next_word(value);
  if (hash.empty() || digits.size() % 3 != 2) return std::nullopt;
  std::string packed;
  packed.reserve(digits.size());
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i % 3 != 2) {
      packed += digits[i];
    } else if (digits[i] != ':') {
      return std::nullopt;
    }
  }
  std::optional<Bytes> digest = hex_decode(ascii_lower(packed));
  if (!digest) return std::nullopt;
  return Fingerprint{.hash = ascii_lower(hash), .digest = *std::move(digest)};
}

// RFC 8839, 5.1: "1 1 udp 2130706431 192.0.2.1 50000 typ host …". What follows the type is read for tcptype
// alone: related addresses and network costs are the browser's own business.
std::optional<Candidate> candidate_of(std::string_view value) {
  Candidate candidate;
  candidate.foundation = next_word(value);
  const auto component = parse_integer<std::uint32_t>(next_word(value));
  candidate.transport = ascii_lower(next_word(value));
  const auto priority = parse_integer<std::uint32_t>(next_word(value));
  candidate.address = next_word(value);
  const auto port = parse_integer<std::uint16_t>(next_word(value));
  if (next_word(value) != "typ") return std::nullopt;
  candidate.type = next_word(value);
  if (!component || !priority || !port || candidate.foundation.empty() || candidate.type.empty())
    return std::nullopt;
  candidate.component = *component;
  candidate.priority = *priority;
  candidate.port = *port;
  for (std::string_view name = next_word(value); !name.empty(); name = next_word(value)) {
    const std::string_view said = next_word(value);
    if (name == "tcptype") candidate.tcp_type = said;
  }
  return candidate;
}

// Of simulcast alternatives, "1,~4;2": the first of each stream, without the tilde of a paused one (RFC 8853,
// 5.1).
std::vector<std::string> simulcast_ids(std::string_view list) {
  std::vector<std::string> ids;
  for (const std::string_view alternatives : split(list, ';')) {
    std::string_view id = cut(alternatives, ',').first;
    if (id.starts_with('~')) id.remove_prefix(1);
    if (!id.empty() && ids.size() < kRidsMax) ids.emplace_back(id);
  }
  return ids;
}

// The lines of a description, one after the other: CRLF as the RFC wants, LF alone as people type.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  // Empty at the end.
  std::optional<std::string_view> next() {
    while (!rest_.empty()) {
      const std::size_t end = std::min(rest_.find('\n'), rest_.size());
      std::string_view line = rest_.substr(0, end);
      rest_.remove_prefix(std::min(end + 1, rest_.size()));
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!line.empty()) return line;
    }
    return std::nullopt;
  }

 private:
  std::string_view rest_;
};

// "x=…", and nothing in it that could end the line once a part of it is written into an answer.
bool is_sound(std::string_view line) {
  return line.size() >= 2 && line[1] == '=' && !has_control_characters(line);
}

// Adds to a list that may not grow for ever.
template <typename T>
Result<void> append(std::vector<T>& list, std::size_t max, T value, std::string_view what) {
  if (list.size() >= max) return too_large(what);
  list.push_back(std::move(value));
  return {};
}

class Reader {
 public:
  Result<Session> read(std::string_view text);

 private:
  using Handler = Result<void> (Reader::*)(std::string_view value);

  struct Attribute {
    std::string_view name;
    Handler handler;
  };

  Result<void> read_line(char type, std::string_view value);
  Result<void> read_origin(std::string_view value);
  Result<void> read_media(std::string_view value);
  Result<void> read_attribute(std::string_view value);
  Result<void> read_flag(std::string_view name);
  void inherit();

  Result<void> rtpmap(std::string_view value);
  Result<void> fmtp(std::string_view value);
  Result<void> rtcp_fb(std::string_view value);
  Result<void> extmap(std::string_view value);
  Result<void> ssrc(std::string_view value);
  Result<void> ssrc_group(std::string_view value);
  Result<void> rid(std::string_view value);
  Result<void> simulcast(std::string_view value);
  Result<void> mid(std::string_view value);
  Result<void> msid(std::string_view value);
  Result<void> group(std::string_view value);
  Result<void> ice_ufrag(std::string_view value);
  Result<void> ice_pwd(std::string_view value);
  Result<void> ice_options(std::string_view value);
  Result<void> fingerprint(std::string_view value);
  Result<void> setup(std::string_view value);
  Result<void> candidate(std::string_view value);

  [[nodiscard]] Transport& transport() { return media_ == nullptr ? common_ : media_->transport; }

  [[nodiscard]] Format* format_of(std::string_view payload_type);

  static const std::array<Attribute, 17> kAttributes;

  Session session_;
  Media* media_ = nullptr;  // The last of the session, once its m= line was read.
  Transport common_;        // What the session says for all media.
  std::optional<Direction> common_direction_;
  std::vector<bool> has_direction_;  // Of each media.
  // Where a payload type's format is in the current media, plus one: a lookup must not walk the list.
  std::array<std::uint8_t, 128> places_{};
};

const std::array<Reader::Attribute, 17> Reader::kAttributes{{
    {"rtpmap", &Reader::rtpmap},
    {"fmtp", &Reader::fmtp},
    {"rtcp-fb", &Reader::rtcp_fb},
    {"extmap", &Reader::extmap},
    {"ssrc", &Reader::ssrc},
    {"ssrc-group", &Reader::ssrc_group},
    {"rid", &Reader::rid},
    {"simulcast", &Reader::simulcast},
    {"mid", &Reader::mid},
    {"msid", &Reader::msid},
    {"group", &Reader::group},
    {"ice-ufrag", &Reader::ice_ufrag},
    {"ice-pwd", &Reader::ice_pwd},
    {"ice-options", &Reader::ice_options},
    {"fingerprint", &Reader::fingerprint},
    {"setup", &Reader::setup},
    {"candidate", &Reader::candidate},
}};

Result<Session> Reader::read(std::string_view text) {
  if (text.size() > kBytesMax) return too_large("bytes");
  Lines lines(text);
  std::size_t count = 0;
  while (const auto line = lines.next()) {
    if (++count > kLinesMax) return too_large("lines");
    if (line->size() > kLineBytesMax) return too_large("line");
    if (!is_sound(*line)) return malformed(*line);
    if (count == 1 && *line != "v=0") return malformed(*line);
    TRY_VOID(read_line(line->front(), line->substr(2)));
  }
  if (count == 0) return malformed("nothing");
  inherit();
  return std::move(session_);
}

Result<void> Reader::read_line(char type, std::string_view value) {
  switch (type) {
    case 'o': return read_origin(value);
    case 'm': return read_media(value);
    case 'a': return read_attribute(value);
    default: return {};
  }
}

Result<void> Reader::read_origin(std::string_view value) {
  static_cast<void>(next_word(value));  // The user, who is always "-".
  // A browser's session id has 63 bits, but some servers send longer ones: nobody compares them.
  session_.id = parse_integer<std::uint64_t>(next_word(value)).value_or(0);
  session_.version = parse_integer<std::uint64_t>(next_word(value)).value_or(0);
  return {};
}

// RFC 8866, 5.14: "video 9 UDP/TLS/RTP/SAVPF 96 97"
Result<void> Reader::read_media(std::string_view value) {
  const std::string_view line = value;
  Media media;
  media.kind_name = next_word(value);
  media.kind = kind_of(media.kind_name);
  const auto port = parse_integer<std::uint16_t>(cut(next_word(value), '/').first);
  media.protocol = next_word(value);
  if (!port || media.kind_name.empty() || media.protocol.empty()) return malformed(line);
  media.port = *port;
  places_.fill(0);
  if (media.protocol.find("RTP/") == std::string::npos) {
    media.other_formats = without_leading_spaces(value);
  } else {
    for (std::string_view word = next_word(value); !word.empty(); word = next_word(value)) {
      const auto payload_type = parse_integer<std::uint8_t>(word);
      if (!payload_type || *payload_type > 127) return malformed(line);
      if (places_.at(*payload_type) != 0) continue;  // Said twice.
      Format format{.payload_type = *payload_type, .name = {}, .parameters = {}, .feedback = {}};
      TRY_VOID(append(media.formats, kFormatsMax, std::move(format), "formats"));
      places_.at(*payload_type) = static_cast<std::uint8_t>(media.formats.size());
    }
  }
  TRY_VOID(append(session_.media, kMediaMax, std::move(media), "media"));
  has_direction_.push_back(false);
  media_ = &session_.media.back();
  return {};
}

Result<void> Reader::read_attribute(std::string_view value) {
  const auto [name, rest] = cut(value, ':');
  for (const Attribute& attribute : kAttributes) {
    if (attribute.name == name) return (this->*attribute.handler)(without_leading_spaces(rest));
  }
  return read_flag(name);
}

Result<void> Reader::read_flag(std::string_view name) {
  if (const auto direction = meaning_of<Direction>(kDirections, name)) {
    if (media_ == nullptr) {
      common_direction_ = direction;
    } else {
      media_->direction = *direction;
      has_direction_.back() = true;
    }
  }
  if (name == "ice-lite") session_.ice_lite = true;
  if (name == "extmap-allow-mixed") session_.extmap_allow_mixed = true;
  if (name == "end-of-candidates") transport().end_of_candidates = true;
  if (media_ == nullptr) return {};
  if (name == "rtcp-mux") media_->rtcp_mux = true;
  if (name == "rtcp-rsize") media_->rtcp_rsize = true;
  if (name == "bundle-only") media_->bundle_only = true;
  return {};
}

Format* Reader::format_of(std::string_view payload_type) {
  const auto number = parse_integer<std::uint8_t>(payload_type);
  if (media_ == nullptr || !number || *number > 127) return nullptr;
  const std::size_t place = places_.at(*number);
  return place == 0 ? nullptr : &media_->formats.at(place - 1);
}

// RFC 8866, 6.6: "111 opus/48000/2". Of a payload type that the m= line does not have it says nothing.
Result<void> Reader::rtpmap(std::string_view value) {
  Format* format = format_of(next_word(value));
  if (format == nullptr) return {};
  const auto [name, rest] = cut(next_word(value), '/');
  const auto [rate, channels] = cut(rest, '/');
  const auto clock_rate = parse_integer<std::uint32_t>(rate);
  if (name.empty() || !clock_rate) return malformed(value);
  format->name = name;
  format->clock_rate = *clock_rate;
  format->channels = parse_integer<std::uint32_t>(channels).value_or(0);
  return {};
}

Result<void> Reader::fmtp(std::string_view value) {
  if (Format* format = format_of(next_word(value))) format->parameters = without_leading_spaces(value);
  return {};
}

// RFC 4585, 4.2: "96 nack pli", or "* nack" for every format of the media.
Result<void> Reader::rtcp_fb(std::string_view value) {
  if (media_ == nullptr) return {};
  const std::string_view which = next_word(value);
  const std::string feedback(trim(value));
  if (which == "*") {
    for (Format& format : media_->formats)
      TRY_VOID(append(format.feedback, kFeedbackMax, feedback, "feedback"));
    return {};
  }
  Format* format = format_of(which);
  if (format == nullptr) return {};
  return append(format->feedback, kFeedbackMax, feedback, "feedback");
}

// RFC 8285, 8: "3/sendonly urn:…"; ids above 255 exist in no packet.
Result<void> Reader::extmap(std::string_view value) {
  if (media_ == nullptr) return {};
  const std::string_view line = value;
  const auto id = parse_integer<std::uint16_t>(cut(next_word(value), '/').first);
  const std::string_view uri = next_word(value);
  if (!id || uri.empty()) return malformed(line);
  if (*id == 0 || *id > 255) return {};
  Extension extension{.id = static_cast<std::uint8_t>(*id), .uri = std::string(uri)};
  return append(media_->extensions, kExtensionsMax, std::move(extension), "extensions");
}

// RFC 5576, 4.1: several lines a source, one attribute each.
Result<void> Reader::ssrc(std::string_view value) {
  if (media_ == nullptr) return {};
  const std::string_view line = value;
  const auto ssrc = parse_integer<std::uint32_t>(next_word(value));
  if (!ssrc) return malformed(line);
  auto known = std::ranges::find(media_->sources, *ssrc, &Source::ssrc);
  if (known == media_->sources.end()) {
    TRY_VOID(append(media_->sources, kSourcesMax, Source{.ssrc = *ssrc, .cname = {}, .msid = {}}, "sources"));
    known = media_->sources.end() - 1;
  }
  const auto [name, said] = cut(without_leading_spaces(value), ':');
  if (name == "cname") known->cname = said;
  if (name == "msid") known->msid = said;
  return {};
}

Result<void> Reader::ssrc_group(std::string_view value) {
  if (media_ == nullptr) return {};
  const std::string_view line = value;
  SourceGroup group{.semantics = std::string(next_word(value)), .ssrcs = {}};
  for (std::string_view word = next_word(value); !word.empty(); word = next_word(value)) {
    const auto ssrc = parse_integer<std::uint32_t>(word);
    if (!ssrc) return malformed(line);
    TRY_VOID(append(group.ssrcs, kSourcesMax, *ssrc, "sources"));
  }
  return append(media_->source_groups, kSourcesMax, std::move(group), "source groups");
}

Result<void> Reader::rid(std::string_view value) {
  if (media_ == nullptr) return {};
  const std::string_view line = value;
  const std::string_view id = next_word(value);
  const std::string_view direction = next_word(value);
  if (id.empty() || (direction != "send" && direction != "recv")) return malformed(line);
  return append(media_->rids, kRidsMax, Rid{.id = std::string(id), .is_send = direction == "send"}, "rids");
}

// RFC 8853, 5.1: "send h;m;l", both directions in one line when there are two.
Result<void> Reader::simulcast(std::string_view value) {
  if (media_ == nullptr) return {};
  for (std::string_view word = next_word(value); !word.empty(); word = next_word(value)) {
    const std::string_view list = next_word(value);
    if (word == "send") media_->simulcast_send = simulcast_ids(list);
    if (word == "recv") media_->simulcast_recv = simulcast_ids(list);
  }
  return {};
}

Result<void> Reader::mid(std::string_view value) {
  if (media_ != nullptr) media_->mid = trim(value);
  return {};
}

Result<void> Reader::msid(std::string_view value) {
  if (media_ != nullptr) media_->msid = value;
  return {};
}

// RFC 9143, 7: of several groups the first one is ours.
Result<void> Reader::group(std::string_view value) {
  if (next_word(value) != "BUNDLE" || !session_.bundle.empty()) return {};
  for (std::string_view mid = next_word(value); !mid.empty(); mid = next_word(value)) {
    TRY_VOID(append(session_.bundle, kMediaMax, std::string(mid), "bundle"));
  }
  return {};
}

Result<void> Reader::ice_ufrag(std::string_view value) {
  transport().ice_ufrag = trim(value);
  return {};
}

Result<void> Reader::ice_pwd(std::string_view value) {
  transport().ice_pwd = trim(value);
  return {};
}

Result<void> Reader::ice_options(std::string_view value) {
  // libdatachannel separates them by commas where RFC 8839, 5.6 wants spaces.
  if (value.find("trickle") != std::string_view::npos) session_.trickle = true;
  return {};
}

Result<void> Reader::fingerprint(std::string_view value) {
  std::optional<Fingerprint> read = fingerprint_of(value);
  if (!read) return malformed(value);
  return append(transport().fingerprints, kFingerprintsMax, *std::move(read), "fingerprints");
}

Result<void> Reader::setup(std::string_view value) {
  const std::optional<Setup> read = meaning_of<Setup>(kSetups, trim(value));
  if (!read) return malformed(value);
  transport().setup = read;
  return {};
}

// A candidate that is not understood is one address less, not a reason to refuse (RFC 8839, 5.1).
Result<void> Reader::candidate(std::string_view value) {
  std::optional<Candidate> read = candidate_of(value);
  if (!read) return {};
  return append(transport().candidates, kCandidatesMax, *std::move(read), "candidates");
}

// RFC 8839, 5.4 and RFC 8122, 5: the media's own word counts, the session's where it has none.
void Reader::inherit() {
  for (std::size_t i = 0; i < session_.media.size(); ++i) {
    Media& media = session_.media[i];
    Transport& own = media.transport;
    if (own.ice_ufrag.empty()) own.ice_ufrag = common_.ice_ufrag;
    if (own.ice_pwd.empty()) own.ice_pwd = common_.ice_pwd;
    if (own.fingerprints.empty()) own.fingerprints = common_.fingerprints;
    if (!own.setup) own.setup = common_.setup;
    if (common_direction_ && !has_direction_[i]) media.direction = *common_direction_;
  }
}

}  // namespace

bool names_format(const Format& format, std::string_view name) {
  return equals_ignoring_case(format.name, name);
}

std::optional<std::string_view> parameter_of(const Format& format, std::string_view name) {
  for (const std::string_view part : split(format.parameters, ';')) {
    const auto [key, value] = cut(trim(part), '=');
    if (equals_ignoring_case(key, name)) return trim(value);
  }
  return std::nullopt;
}

bool has_feedback(const Format& format, std::string_view feedback) {
  return std::ranges::find(format.feedback, feedback) != format.feedback.end();
}

Result<Session> parse(std::string_view text) {
  return Reader().read(text);
}

// RFC 8840, 9. The credentials stand before the first m= line or in it: RFC 9725, 4.3.1 shows both.
Result<Fragment> parse_fragment(std::string_view text) {
  if (text.size() > kBytesMax) return too_large("bytes");
  Fragment fragment;
  Lines lines(text);
  std::size_t count = 0;
  while (const auto line = lines.next()) {
    if (++count > kLinesMax) return too_large("lines");
    if (line->size() > kLineBytesMax) return too_large("line");
    if (!is_sound(*line)) return malformed(*line);
    if (line->front() != 'a') continue;
    const auto [name, value] = cut(line->substr(2), ':');
    if (name == "ice-ufrag" && fragment.ice_ufrag.empty()) fragment.ice_ufrag = trim(value);
    if (name == "ice-pwd" && fragment.ice_pwd.empty()) fragment.ice_pwd = trim(value);
    if (name == "end-of-candidates") fragment.end_of_candidates = true;
    if (name == "mid") TRY_VOID(append(fragment.mids, kMediaMax, std::string(trim(value)), "media"));
    if (name != "candidate") continue;
    if (auto read = candidate_of(value)) {
      TRY_VOID(append(fragment.candidates, kCandidatesMax, *std::move(read), "candidates"));
    }
  }
  if (count == 0) return malformed("nothing");
  return fragment;
}

}  // namespace luso::proto::sdp
