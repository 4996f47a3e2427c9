#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "proto/sdp.h"

struct ssl_ctx_st;
struct ssl_st;

namespace luso::media::webrtc::testing {

// A DTLS client as a browser has one, straight on OpenSSL and sharing nothing with our own Dtls.
class DtlsClient {
 public:
  struct Settings {
    std::string srtp_profiles = "SRTP_AES128_CM_SHA1_80:SRTP_AEAD_AES_128_GCM";  // "": no use_srtp.
    bool long_hello = false;  // As Chromium's, with its post-quantum key share: more than one datagram.
    bool has_certificate = true;
    bool as_server = false;
  };

  explicit DtlsClient(Settings settings);

  DtlsClient() : DtlsClient(Settings{}) {}

  ~DtlsClient();
  DtlsClient(const DtlsClient&) = delete;
  DtlsClient& operator=(const DtlsClient&) = delete;

  [[nodiscard]] proto::sdp::Fingerprint fingerprint() const;  // Ours.
  [[nodiscard]] proto::sdp::Fingerprint remote_fingerprint() const;

  void advance();                // Handshake, or read.
  void feed(ByteView datagram);  // And advance().
  void on_timeout();
  void close();

  [[nodiscard]] std::vector<Bytes> take_output();  // A record each.

  [[nodiscard]] bool established() const;

  [[nodiscard]] bool broken() const { return broken_; }

  [[nodiscard]] bool closed_by_remote() const { return closed_; }

  [[nodiscard]] unsigned profile() const;  // 0: none.
  [[nodiscard]] Bytes keying_material(std::size_t bytes) const;

 private:
  std::unique_ptr<ssl_ctx_st, void (*)(ssl_ctx_st*)> context_;
  std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
  proto::sdp::Fingerprint fingerprint_;
  bool broken_ = false, closed_ = false;
};

}  // namespace luso::media::webrtc::testing
