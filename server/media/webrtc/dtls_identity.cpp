#include "media/webrtc/dtls_identity.h"

#include <array>
#include <cstdint>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/random.h"
#include "media/webrtc/dtls.h"

namespace luso::media::webrtc {

namespace {

constexpr long kClockSkewS = 24L * 3600;
constexpr long kLifetimeS = 10L * 365 * 24 * 3600;    // Longer than any process; nobody checks more.
constexpr long kRemoteCertificatesBytesMax = 16'384;  // One is sent, of about 300 bytes (or 800, RSA).

template <auto kFree>
struct Free {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};

using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;

auto openssl_failed(const char* what) {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  std::array<char, 256> text{};
  ERR_error_string_n(code, text.data(), text.size());
  return fail(ErrorKind::internal, "api.internal", std::string(what) + ": " + text.data());
}

// Self-signed; the name means nothing, the fingerprint everything (RFC 8827, 5.2.2).
Certificate make_certificate(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  if (!certificate) return nullptr;
  X509* const x509 = certificate.get();
  X509_NAME* const name = X509_get_subject_name(x509);
  const std::uint64_t serial = system_random().u64() >> 1U;
  const std::string_view common_name = "lusotown";
  const bool made =
      X509_set_version(x509, X509_VERSION_3) == 1 &&
      ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial) == 1 &&
      X509_gmtime_adj(X509_getm_notBefore(x509), -kClockSkewS) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(x509), kLifetimeS) != nullptr &&
      X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_ASC, as_bytes(common_name).data(),
                                 static_cast<int>(common_name.size()), -1, 0) == 1 &&
      X509_set_issuer_name(x509, name) == 1 && X509_set_pubkey(x509, key) == 1 &&
      X509_sign(x509, key, EVP_sha256()) > 0;
  return made ? std::move(certificate) : nullptr;
}

// Instead of a chain to some authority: the certificate that the signalling named (RFC 8122, 6.2).
int verify_fingerprint(X509_STORE_CTX* store, void* /*unused*/) {
  auto* const ssl =
      static_cast<SSL*>(X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()));
  const auto* const dtls = static_cast<const Dtls*>(SSL_get_app_data(ssl));
  X509* const certificate = X509_STORE_CTX_get0_cert(store);
  std::array<std::uint8_t, 32> digest{};
  if (certificate != nullptr && X509_digest(certificate, EVP_sha256(), digest.data(), nullptr) == 1 &&
      dtls->is_expected(digest)) {
    return 1;
  }
  X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED);
  return 0;
}

bool configure(SSL_CTX* context, EVP_PKEY* key, X509* certificate) {
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  SSL_CTX_set_cert_verify_callback(context, verify_fingerprint, nullptr);
  SSL_CTX_set_max_cert_list(context, kRemoteCertificatesBytesMax);
  // Write buffers as small as what is written: they are per peer.
  SSL_CTX_set_max_send_fragment(context, 1'024);
  return SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) == 1 &&
         // The one that everybody has (RFC 8827, 6.5), and DtlsAlerts knows; RSA is for other servers.
         SSL_CTX_set_cipher_list(context, "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256") == 1 &&
         SSL_CTX_set1_groups_list(context, "X25519:P-256") == 1 &&
         // 0 is success here. Ours to choose from, best first.
         SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80") == 0 &&
         SSL_CTX_use_certificate(context, certificate) == 1 && SSL_CTX_use_PrivateKey(context, key) == 1;
}

}  // namespace

void DtlsIdentity::FreeContext::operator()(ssl_ctx_st* context) const {
  SSL_CTX_free(context);
}

DtlsIdentity::~DtlsIdentity() = default;

Result<std::shared_ptr<const DtlsIdentity>> DtlsIdentity::generate() {
  ERR_clear_error();
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return openssl_failed("no P-256 key");
  const Certificate certificate = make_certificate(key.get());
  if (!certificate) return openssl_failed("no certificate");
  const std::shared_ptr<DtlsIdentity> identity(new DtlsIdentity);
  identity->context_.reset(SSL_CTX_new(DTLS_method()));
  if (!identity->context_ || !configure(identity->context_.get(), key.get(), certificate.get())) {
    return openssl_failed("no DTLS context");
  }
  identity->fingerprint_.hash = "sha-256";
  identity->fingerprint_.digest.resize(32);
  if (X509_digest(certificate.get(), EVP_sha256(), identity->fingerprint_.digest.data(), nullptr) != 1) {
    return openssl_failed("no fingerprint");
  }
  return identity;
}

}  // namespace luso::media::webrtc
