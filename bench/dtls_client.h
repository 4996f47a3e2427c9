#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"

struct ssl_st;
struct ssl_ctx_st;
struct srtp_ctx_t_;

namespace luso::bench {

// The certificate and the SRTP profiles that all viewers of a run share.
class DtlsClientContext {
 public:
  // OpenSSL's names, the preferred first: "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80".
  explicit DtlsClientContext(const std::string& profiles);
  ~DtlsClientContext();
  DtlsClientContext(const DtlsClientContext&) = delete;
  DtlsClientContext& operator=(const DtlsClientContext&) = delete;

  [[nodiscard]] const Bytes& fingerprint() const { return fingerprint_; }  // SHA-256 of the certificate.

  [[nodiscard]] ssl_ctx_st* get() const { return context_; }

 private:
  ssl_ctx_st* context_;
  Bytes fingerprint_;
};

// SRTP of one connection by libsrtp2, which is not what the server uses: neither hides the other's mistake.
class SrtpPair {
 public:
  // `keying` as DTLS exports it; we are its client.
  SrtpPair(const std::string& profile, ByteView keying);
  ~SrtpPair();
  SrtpPair(const SrtpPair&) = delete;
  SrtpPair& operator=(const SrtpPair&) = delete;

  // In place; the bytes that are left, or none when the packet is not authentic.
  [[nodiscard]] std::optional<std::size_t> open_rtp(std::span<std::uint8_t> packet);
  [[nodiscard]] std::optional<std::size_t> open_rtcp(std::span<std::uint8_t> packet);
  void seal_rtcp(Bytes& packet);

 private:
  srtp_ctx_t_* in_ = nullptr;
  srtp_ctx_t_* out_ = nullptr;
};

// The client's side of a DTLS 1.2 association, over datagrams that somebody else carries.
class DtlsClient {
 public:
  using Send = std::function<void(ByteView datagram)>;
  enum class State : std::uint8_t { shaking, ready, failed, closed };

  // `fingerprint` is the server's, as its answer says.
  DtlsClient(const DtlsClientContext& context, Bytes fingerprint, Send send);
  ~DtlsClient();
  DtlsClient(const DtlsClient&) = delete;
  DtlsClient& operator=(const DtlsClient&) = delete;

  void start();
  void feed(ByteView datagram);
  void tick();  // Repeats what got no answer.
  void close();

  [[nodiscard]] State state() const { return state_; }

  [[nodiscard]] const std::string& profile() const { return profile_; }

  // When ready.
  [[nodiscard]] std::unique_ptr<SrtpPair> keys() const;

 private:
  void shake();
  void flush();

  Bytes fingerprint_;
  Send send_;
  ssl_st* ssl_;
  State state_ = State::shaking;
  std::string profile_;
};

}  // namespace luso::bench
