#include "media/webrtc/dtls_client_test.h"

#include <array>
#include <cstdint>

#include <gtest/gtest.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace luso::media::webrtc::testing {

namespace {

constexpr long kMtu = 1'200;

proto::sdp::Fingerprint fingerprint_of(X509* certificate) {
  proto::sdp::Fingerprint fingerprint{.hash = "sha-256", .digest = Bytes(32)};
  X509_digest(certificate, EVP_sha256(), fingerprint.digest.data(), nullptr);
  return fingerprint;
}

X509* make_certificate(EVP_PKEY* key) {
  X509* const x509 = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), 0);
  X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
  X509_set_pubkey(x509, key);
  X509_sign(x509, key, EVP_sha256());
  return x509;
}

}  // namespace

DtlsClient::DtlsClient(Settings settings)
    : context_(SSL_CTX_new(DTLS_method()), SSL_CTX_free), ssl_(nullptr, SSL_free) {
  SSL_CTX* const context = context_.get();
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU);
  // The certificate is compared by whoever uses us, after the handshake.
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  if (!settings.srtp_profiles.empty()) {
    EXPECT_EQ(SSL_CTX_set_tlsext_use_srtp(context, settings.srtp_profiles.c_str()), 0);
  }
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = make_certificate(key);
  fingerprint_ = fingerprint_of(certificate);
  if (settings.has_certificate) {
    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, key);
  }
  X509_free(certificate);
  EVP_PKEY_free(key);
  ssl_.reset(SSL_new(context));
  BIO* const in = BIO_new(BIO_s_mem());
  BIO* const out = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(in, -1);
  SSL_set_bio(ssl_.get(), in, out);
  SSL_set_mtu(ssl_.get(), kMtu);
  if (settings.long_hello) {
    Bytes protocols;
    while (protocols.size() < 1'400) {
      protocols.push_back(200);
      protocols.resize(protocols.size() + 200, 'x');
    }
    SSL_set_alpn_protos(ssl_.get(), protocols.data(), static_cast<unsigned>(protocols.size()));
  }
  if (settings.as_server) {
    SSL_set_accept_state(ssl_.get());
  } else {
    SSL_set_connect_state(ssl_.get());
  }
}

DtlsClient::~DtlsClient() = default;

proto::sdp::Fingerprint DtlsClient::fingerprint() const {
  return fingerprint_;
}

proto::sdp::Fingerprint DtlsClient::remote_fingerprint() const {
  X509* const certificate = SSL_get0_peer_certificate(ssl_.get());
  return certificate != nullptr ? fingerprint_of(certificate) : proto::sdp::Fingerprint{};
}

void DtlsClient::advance() {
  ERR_clear_error();
  std::array<char, 512> ignored{};
  const int result = SSL_is_init_finished(ssl_.get()) != 0
                         ? SSL_read(ssl_.get(), ignored.data(), static_cast<int>(ignored.size()))
                         : SSL_do_handshake(ssl_.get());
  if (result > 0) return;
  const int error = SSL_get_error(ssl_.get(), result);
  if (error == SSL_ERROR_ZERO_RETURN) closed_ = true;
  if (error == SSL_ERROR_SSL) broken_ = true;
}

void DtlsClient::feed(ByteView datagram) {
  BIO_write(SSL_get_rbio(ssl_.get()), datagram.data(), static_cast<int>(datagram.size()));
  advance();
}

void DtlsClient::on_timeout() {
  DTLSv1_handle_timeout(ssl_.get());
}

void DtlsClient::close() {
  SSL_shutdown(ssl_.get());
}

std::vector<Bytes> DtlsClient::take_output() {
  std::vector<Bytes> records;
  BIO* const out = SSL_get_wbio(ssl_.get());
  Bytes all(BIO_ctrl_pending(out));
  if (all.empty()) return records;
  BIO_read(out, all.data(), static_cast<int>(all.size()));
  for (std::size_t at = 0; at < all.size();) {
    const std::size_t size = 13U + (std::size_t{all[at + 11]} << 8U | all[at + 12]);  // RFC 6347, 4.1
    records.emplace_back(all.begin() + static_cast<std::ptrdiff_t>(at),
                         all.begin() + static_cast<std::ptrdiff_t>(at + size));
    at += size;
  }
  return records;
}

bool DtlsClient::established() const {
  return SSL_is_init_finished(ssl_.get()) != 0;
}

unsigned DtlsClient::profile() const {
  const SRTP_PROTECTION_PROFILE* const chosen = SSL_get_selected_srtp_profile(ssl_.get());
  return chosen != nullptr ? static_cast<unsigned>(chosen->id) : 0;
}

Bytes DtlsClient::keying_material(std::size_t bytes) const {
  Bytes material(bytes);
  SSL_export_keying_material(ssl_.get(), material.data(), bytes, "EXTRACTOR-dtls_srtp", 19, nullptr, 0, 0);
  return material;
}

}  // namespace luso::media::webrtc::testing
