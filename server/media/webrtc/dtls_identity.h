#pragma once

#include <memory>

#include "base/result.h"
#include "proto/sdp.h"

struct ssl_ctx_st;

namespace luso::media::webrtc {

// Who we are in DTLS: one self-signed ECDSA P-256 certificate for the life of the process, known to the
// remote by its fingerprint. Immutable; any thread.
class DtlsIdentity {
 public:
  // "internal" when OpenSSL cannot make one.
  [[nodiscard]] static Result<std::shared_ptr<const DtlsIdentity>> generate();
  ~DtlsIdentity();
  DtlsIdentity(const DtlsIdentity&) = delete;
  DtlsIdentity& operator=(const DtlsIdentity&) = delete;

  [[nodiscard]] const proto::sdp::Fingerprint& fingerprint() const { return fingerprint_; }

  [[nodiscard]] ssl_ctx_st* context() const { return context_.get(); }

 private:
  struct FreeContext {
    void operator()(ssl_ctx_st* context) const;
  };

  DtlsIdentity() = default;

  std::unique_ptr<ssl_ctx_st, FreeContext> context_;
  proto::sdp::Fingerprint fingerprint_;  // sha-256
};

}  // namespace luso::media::webrtc
