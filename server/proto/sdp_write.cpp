#include "proto/internal/sdp_words.h"
#include "proto/sdp.h"

namespace luso::proto::sdp {
namespace {

std::string_view name_of(Direction direction) {
  return kDirections.at(static_cast<std::size_t>(direction));
}

std::string_view name_of(Setup setup) {
  return kSetups.at(static_cast<std::size_t>(setup));
}

// "a=name", "a=name:value …"; every piece is appended as it is.
template <typename... Pieces>
void line(std::string& out, const Pieces&... pieces) {
  (out.append(pieces), ...);
  out += "\r\n";
}

std::string hex_pairs(ByteView digest) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const std::uint8_t byte : digest) {
    if (!out.empty()) out += ':';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

std::string text_of(const Candidate& candidate) {
  std::string out = candidate.foundation + " " + std::to_string(candidate.component) + " " +
                    candidate.transport + " " + std::to_string(candidate.priority) + " " + candidate.address +
                    " " + std::to_string(candidate.port) + " typ " + candidate.type;
  if (!candidate.tcp_type.empty()) out += " tcptype " + candidate.tcp_type;
  return out;
}

void write_transport(std::string& out, const Transport& transport) {
  if (!transport.ice_ufrag.empty()) line(out, "a=ice-ufrag:", transport.ice_ufrag);
  if (!transport.ice_pwd.empty()) line(out, "a=ice-pwd:", transport.ice_pwd);
  for (const Fingerprint& print : transport.fingerprints)
    line(out, "a=fingerprint:", print.hash, " ", hex_pairs(print.digest));
  if (transport.setup) line(out, "a=setup:", name_of(*transport.setup));
  for (const Candidate& candidate : transport.candidates) line(out, "a=candidate:", text_of(candidate));
  if (transport.end_of_candidates) line(out, "a=end-of-candidates");
}

void write_format(std::string& out, const Format& format) {
  const std::string number = std::to_string(format.payload_type);
  if (!format.name.empty()) {
    const std::string channels = format.channels > 0 ? "/" + std::to_string(format.channels) : std::string();
    line(out, "a=rtpmap:", number, " ", format.name, "/", std::to_string(format.clock_rate), channels);
  }
  for (const std::string& feedback : format.feedback) line(out, "a=rtcp-fb:", number, " ", feedback);
  if (!format.parameters.empty()) line(out, "a=fmtp:", number, " ", format.parameters);
}

std::string joined(const std::vector<std::string>& ids) {
  std::string out;
  for (const std::string& id : ids) out += (out.empty() ? "" : ";") + id;
  return out;
}

void write_layers(std::string& out, const Media& media) {
  for (const Rid& rid : media.rids) line(out, "a=rid:", rid.id, rid.is_send ? " send" : " recv");
  if (media.simulcast_send.empty() && media.simulcast_recv.empty()) return;
  out += "a=simulcast:";
  if (!media.simulcast_send.empty()) out += "send " + joined(media.simulcast_send);
  if (!media.simulcast_send.empty() && !media.simulcast_recv.empty()) out += ' ';
  if (!media.simulcast_recv.empty()) out += "recv " + joined(media.simulcast_recv);
  out += "\r\n";
}

void write_sources(std::string& out, const Media& media) {
  for (const SourceGroup& group : media.source_groups) {
    out += "a=ssrc-group:" + group.semantics;
    for (const std::uint32_t ssrc : group.ssrcs) out += " " + std::to_string(ssrc);
    out += "\r\n";
  }
  for (const Source& source : media.sources) {
    const std::string number = std::to_string(source.ssrc);
    line(out, "a=ssrc:", number, " cname:", source.cname);
    if (!source.msid.empty()) line(out, "a=ssrc:", number, " msid:", source.msid);
  }
}

void write_media(std::string& out, const Media& media) {
  out += "m=" + media.kind_name + " " + std::to_string(media.port) + " " + media.protocol;
  for (const Format& format : media.formats) out += " " + std::to_string(format.payload_type);
  if (!media.other_formats.empty()) out += " " + media.other_formats;
  out += "\r\n";
  line(out, "c=IN IP4 0.0.0.0");
  if (!media.mid.empty()) line(out, "a=mid:", media.mid);
  if (media.port == 0 && !media.bundle_only)
    return;  // Refused: there is nothing more to say (RFC 8829, 5.3.1).
  write_transport(out, media.transport);
  line(out, "a=", name_of(media.direction));
  if (!media.msid.empty()) line(out, "a=msid:", media.msid);
  if (media.rtcp_mux) line(out, "a=rtcp-mux");
  if (media.rtcp_rsize) line(out, "a=rtcp-rsize");
  if (media.bundle_only) line(out, "a=bundle-only");
  for (const Extension& extension : media.extensions)
    line(out, "a=extmap:", std::to_string(extension.id), " ", extension.uri);
  for (const Format& format : media.formats) write_format(out, format);
  write_layers(out, media);
  write_sources(out, media);
}

}  // namespace

std::string write(const Session& session) {
  std::string out;
  line(out, "v=0");
  line(out, "o=- ", std::to_string(session.id), " ", std::to_string(session.version), " IN IP4 127.0.0.1");
  line(out, "s=-");
  line(out, "t=0 0");
  if (!session.bundle.empty()) {
    out += "a=group:BUNDLE";
    for (const std::string& mid : session.bundle) out += " " + mid;
    out += "\r\n";
  }
  if (session.ice_lite) line(out, "a=ice-lite");
  if (session.trickle) line(out, "a=ice-options:trickle");
  if (session.extmap_allow_mixed) line(out, "a=extmap-allow-mixed");
  line(out, "a=msid-semantic: WMS *");
  for (const Media& media : session.media) write_media(out, media);
  return out;
}

std::string write_fragment(const Fragment& fragment) {
  std::string out;
  if (!fragment.ice_ufrag.empty()) line(out, "a=ice-ufrag:", fragment.ice_ufrag);
  if (!fragment.ice_pwd.empty()) line(out, "a=ice-pwd:", fragment.ice_pwd);
  for (const std::string& mid : fragment.mids) {
    line(out, "m=audio 9 RTP/AVP 0");
    line(out, "a=mid:", mid);
  }
  for (const Candidate& candidate : fragment.candidates) line(out, "a=candidate:", text_of(candidate));
  if (fragment.end_of_candidates) line(out, "a=end-of-candidates");
  return out;
}

}  // namespace luso::proto::sdp
