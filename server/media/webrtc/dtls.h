#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "base/clock.h"
#include "media/webrtc/dtls_alerts.h"
#include "media/webrtc/dtls_identity.h"
#include "proto/sdp.h"
#include "proto/srtp.h"

struct ssl_st;

namespace luso::media::webrtc {

// One DTLS 1.2 association without sockets: a datagram in, datagrams out, and SRTP's keys at the end of the
// handshake (RFC 5764). A step of the handshake takes about a millisecond of public-key work, so it may run
// on any thread, but only on one at a time.
class Dtls {
 public:
  // 1200 bytes pass everywhere (RFC 9000, 14), tunnels included.
  static constexpr std::size_t kDatagramBytesMax = 1'200;
  // A lost flight is sent again after this, then twice as long, up to kRetransmitMax. RFC 6347, 4.2.4.1 says
  // one second; whoever joins a stream would see that as a long black picture.
  static constexpr std::chrono::milliseconds kRetransmitFirst{250};
  static constexpr std::chrono::milliseconds kRetransmitMax{4'000};

  enum class Role : std::uint8_t { server, client };
  enum class State : std::uint8_t { handshaking, established, closed_by_remote, failed, wrong_certificate };

  struct Keys {
    proto::srtp::Profile profile;
    proto::srtp::MasterKey ours, theirs;
  };

  // The remote's certificate must have one of the fingerprints; those that are not sha-256 match nothing.
  Dtls(std::shared_ptr<const DtlsIdentity> identity, Role role,
       std::vector<proto::sdp::Fingerprint> fingerprints);
  ~Dtls();
  Dtls(const Dtls&) = delete;
  Dtls& operator=(const Dtls&) = delete;

  void start();  // The client's first flight; nothing on a server.
  void feed(ByteView datagram);
  void on_timeout();  // When until_timeout() is over: sends the last flight again.
  void close();       // close_notify, once established.

  [[nodiscard]] State state() const { return state_; }

  // What remains when this association is thrown away, once established: see there.
  [[nodiscard]] std::optional<DtlsAlerts> alerts() const { return DtlsAlerts::take_over(ssl_.get()); }

  // What is to be sent, in order; empties it.
  [[nodiscard]] std::vector<Bytes> take_output();
  // From now, by OpenSSL's own clock; empty when nothing waits for an answer.
  [[nodiscard]] std::optional<Duration> until_timeout() const;

  // Known once established.
  [[nodiscard]] const std::optional<Keys>& keys() const { return keys_; }

  // Why it failed, for logs.
  [[nodiscard]] const std::string& failure() const { return failure_; }

  [[nodiscard]] bool is_expected(ByteView sha256) const;  // For the identity's verification.

 private:
  friend struct DtlsBio;

  struct FreeSsl {
    void operator()(ssl_st* ssl) const;
  };

  void advance();
  void read_records();
  void establish();
  void take_error(int result);

  std::shared_ptr<const DtlsIdentity> identity_;
  Role role_;
  std::vector<proto::sdp::Fingerprint> fingerprints_;
  State state_ = State::handshaking;
  ByteView input_;  // The datagram being fed.
  std::vector<Bytes> output_;
  std::optional<Keys> keys_;
  std::string failure_;
  std::unique_ptr<ssl_st, FreeSsl> ssl_;
};

}  // namespace luso::media::webrtc
