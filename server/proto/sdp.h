#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"

// Session descriptions (RFC 8866) as WebRTC uses them (RFC 8829), as far as WHIP and WHEP need: which media
// is offered in which formats, and what the transport below it is secured with. Attributes that mean nothing
// to us are skipped. Only what is written here is written back: an answer is built, never copied.
namespace luso::proto::sdp {

// A browser that offers everything it has sends about 10 KB in 250 lines; beyond these "sdp.too_large".
inline constexpr std::size_t kBytesMax = std::size_t{64} * 1024;
inline constexpr std::size_t kLinesMax = 2'000;
inline constexpr std::size_t kLineBytesMax = 4'096;
inline constexpr std::size_t kMediaMax = 16;
inline constexpr std::size_t kFormatsMax = 96;   // Of one media: there are no more dynamic payload types.
inline constexpr std::size_t kFeedbackMax = 16;  // Of one format.
inline constexpr std::size_t kExtensionsMax = 64;
inline constexpr std::size_t kSourcesMax = 64;
inline constexpr std::size_t kCandidatesMax = 64;
inline constexpr std::size_t kFingerprintsMax = 8;
inline constexpr std::size_t kRidsMax = 8;

enum class Kind : std::uint8_t { audio, video, application, other };
enum class Direction : std::uint8_t { sendrecv, sendonly, recvonly, inactive };
enum class Setup : std::uint8_t { actpass, active, passive, holdconn };  // RFC 4145, RFC 5763

// What one payload type means: a=rtpmap, a=fmtp and a=rtcp-fb together.
struct Format {
  std::uint8_t payload_type = 0;
  std::string name;  // As it was written: "H264", "opus", "rtx". Compare with names_format().
  std::uint32_t clock_rate = 0;
  std::uint32_t channels = 0;         // 0: not said.
  std::string parameters;             // Of a=fmtp: "apt=96", "minptime=10;useinbandfec=1"
  std::vector<std::string> feedback;  // "nack", "nack pli", "transport-cc"

  friend bool operator==(const Format&, const Format&) = default;
};

// Encoding names compare without case (RFC 8866, 6.6).
[[nodiscard]] bool names_format(const Format& format, std::string_view name);
// One parameter of a=fmtp, "96" of "apt=96"; its name compares without case.
[[nodiscard]] std::optional<std::string_view> parameter_of(const Format& format, std::string_view name);
[[nodiscard]] bool has_feedback(const Format& format, std::string_view feedback);

struct Extension {  // RFC 8285
  std::uint8_t id = 0;
  std::string uri;

  friend bool operator==(const Extension&, const Extension&) = default;
};

struct Fingerprint {  // RFC 8122
  std::string hash;   // Lower case: "sha-256"
  Bytes digest;

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

struct Candidate {  // RFC 8839, 5.1
  std::string foundation;
  std::uint32_t component = 1;
  std::string transport;  // Lower case: "udp", "tcp"
  std::uint32_t priority = 0;
  std::string address;  // An IP address, or a browser's mDNS name: "3f….local"
  std::uint16_t port = 0;
  std::string type;      // "host", "srflx", "relay"
  std::string tcp_type;  // RFC 6544: "passive"; empty for UDP.

  friend bool operator==(const Candidate&, const Candidate&) = default;
};

// What a media travels over. In an offer that is bundled every media says the same.
struct Transport {
  std::string ice_ufrag, ice_pwd;
  std::vector<Fingerprint> fingerprints;
  std::optional<Setup> setup;
  std::vector<Candidate> candidates;
  bool end_of_candidates = false;

  friend bool operator==(const Transport&, const Transport&) = default;
};

struct Source {  // RFC 5576
  std::uint32_t ssrc = 0;
  std::string cname, msid;

  friend bool operator==(const Source&, const Source&) = default;
};

struct SourceGroup {
  std::string semantics;  // "FID": media and its retransmissions; "SIM": layers
  std::vector<std::uint32_t> ssrcs;

  friend bool operator==(const SourceGroup&, const SourceGroup&) = default;
};

struct Rid {  // RFC 8851
  std::string id;
  bool is_send = true;

  friend bool operator==(const Rid&, const Rid&) = default;
};

struct Media {
  Kind kind = Kind::other;
  std::string kind_name;   // "audio", "video", "application"
  std::uint16_t port = 9;  // 0: refused, unless it is bundle_only.
  std::string protocol = "UDP/TLS/RTP/SAVPF";
  std::string other_formats;  // Of m= when the protocol is not RTP: "webrtc-datachannel"
  std::string mid;
  Direction direction = Direction::sendrecv;
  bool rtcp_mux = false, rtcp_rsize = false, bundle_only = false;
  std::vector<Format> formats;  // In order of preference.
  std::vector<Extension> extensions;
  std::vector<Source> sources;
  std::vector<SourceGroup> source_groups;
  std::vector<Rid> rids;
  std::vector<std::string> simulcast_send,
      simulcast_recv;  // RFC 8853: rid ids in order; of alternatives, the first.
  std::string msid;    // RFC 8830: "stream track"
  Transport transport;

  friend bool operator==(const Media&, const Media&) = default;
};

struct Session {
  std::uint64_t id = 0, version = 0;
  std::vector<std::string> bundle;  // The mids of the first a=group:BUNDLE.
  bool ice_lite = false, trickle = false, extmap_allow_mixed = false;
  std::vector<Media> media;

  friend bool operator==(const Session&, const Session&) = default;
};

// Fails with "sdp.malformed" or "sdp.too_large". What a session says for all media (ICE, fingerprints, setup,
// direction) is in each of them afterwards.
[[nodiscard]] Result<Session> parse(std::string_view text);
[[nodiscard]] std::string write(const Session& session);

// What a trickling client sends later (RFC 8840): candidates, and credentials when ICE starts over.
struct Fragment {
  std::string ice_ufrag, ice_pwd;  // Of the session or of its first media.
  std::vector<Candidate> candidates;
  bool end_of_candidates = false;
  std::vector<std::string> mids;

  friend bool operator==(const Fragment&, const Fragment&) = default;
};

[[nodiscard]] Result<Fragment> parse_fragment(std::string_view text);
[[nodiscard]] std::string write_fragment(const Fragment& fragment);

}  // namespace luso::proto::sdp
