#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "io/http.h"
#include "media/settings.h"

// HTTP as WHIP (RFC 9725) and WHEP (draft-ietf-wish-whep) speak it, common to both.
namespace luso::media::webrtc {

inline constexpr std::string_view kSdpType = "application/sdp";
inline constexpr std::string_view kFragmentType = "application/trickle-ice-sdpfrag";

// Whether the body is of this type; parameters such as a charset do not count.
[[nodiscard]] bool has_body_of(const io::HttpRequest& request, std::string_view type);
// Whether the client takes an answer of this type.
[[nodiscard]] bool accepts(const io::HttpRequest& request, std::string_view type);

// The house's JSON error with the status that the RFC wants for it, readable by pages of any origin.
[[nodiscard]] io::HttpResponse failure(Error error, const io::HttpRequest& request);
[[nodiscard]] io::HttpResponse method_not_allowed(const io::HttpRequest& request, std::string_view allowed);
// The answer to OPTIONS (RFC 9725, 4.4.4): who may call, and what may be posted.
[[nodiscard]] io::HttpResponse preflight(std::string_view methods);

struct Created {
  std::string location;
  std::string etag;  // Quoted.
  std::string answer;
};

[[nodiscard]] io::HttpResponse created(Created session, const std::vector<IceServer>& ice_servers);

[[nodiscard]] io::HttpResponse with_cors(io::HttpResponse response);

}  // namespace luso::media::webrtc
