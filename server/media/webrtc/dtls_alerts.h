#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "base/bytes.h"

struct ssl_st;

namespace luso::media::webrtc {

// What is left of a DTLS association once media flows: enough of its keys to say close_notify and to
// understand the remote's. 100 bytes a peer, where OpenSSL keeps 40 KB (its handshake buffer, above all, in
// case a flight must be repeated; media shows that none must).
class DtlsAlerts {
 public:
  // Of an association whose handshake is over. Empty when its cipher is not AES-128-GCM: then OpenSSL stays.
  [[nodiscard]] static std::optional<DtlsAlerts> take_over(ssl_st* ssl);
  ~DtlsAlerts();
  DtlsAlerts(const DtlsAlerts&) = default;
  DtlsAlerts& operator=(const DtlsAlerts&) = default;

  // A datagram. Call once: it uses up the only sequence number we have.
  [[nodiscard]] Bytes close_notify() const;
  // Whether an authentic record of this datagram is close_notify or any fatal alert.
  [[nodiscard]] bool ends(ByteView datagram) const;

 private:
  static constexpr std::size_t kKeyBytes = 16;
  static constexpr std::size_t kSaltBytes = 4;

  DtlsAlerts() = default;

  [[nodiscard]] bool is_ending(ByteView record) const;

  struct Direction {
    std::array<std::uint8_t, kKeyBytes> key{};
    std::array<std::uint8_t, kSaltBytes> salt{};
  };

  Direction ours_, theirs_;
};

}  // namespace luso::media::webrtc
