#include "dtls_client.h"

#include <array>

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <srtp2/srtp.h>

#include "flv_film.h"

namespace luso::bench {
namespace {

constexpr long kMtu = 1200;
constexpr std::size_t kRecordHeaderBytes = 13;  // RFC 6347, 4.1; its last two are the length of what follows.

Bytes digest_of(const X509* certificate) {
  std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
  unsigned size = digest.size();
  X509_digest(certificate, EVP_sha256(), digest.data(), &size);
  return {digest.begin(), digest.begin() + size};
}

struct KeySizes {
  std::size_t key = 16, salt = 14;
};

KeySizes sizes_of(const std::string& profile) {
  const bool is_gcm = profile.find("GCM") != std::string::npos;
  return {.key = 16, .salt = is_gcm ? 12U : 14U};
}

srtp_t make_srtp(const std::string& profile, Bytes key_and_salt, srtp_ssrc_type_t direction) {
  srtp_policy_t policy{};
  if (profile == "SRTP_AEAD_AES_128_GCM") {
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
    srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
  } else {
    srtp_crypto_policy_set_rtp_default(&policy.rtp);
    srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
  }
  policy.ssrc.type = direction;
  policy.key = key_and_salt.data();
  policy.window_size = 1024;
  policy.allow_repeat_tx = 1;
  srtp_t made = nullptr;
  if (srtp_create(&made, &policy) != srtp_err_status_ok) die("libsrtp2 does not know " + profile);
  return made;
}

}  // namespace

DtlsClientContext::DtlsClientContext(const std::string& profiles)
    : context_(SSL_CTX_new(DTLS_client_method())) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -86400);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 86400L * 30);
  X509_set_pubkey(certificate, key);
  X509_sign(certificate, key, EVP_sha256());
  SSL_CTX_use_certificate(context_, certificate);
  SSL_CTX_use_PrivateKey(context_, key);
  // Any certificate will do here: its fingerprint is compared when the handshake is done.
  SSL_CTX_set_verify(context_, SSL_VERIFY_PEER, [](int, X509_STORE_CTX*) { return 1; });
  SSL_CTX_set_options(context_, SSL_OP_NO_QUERY_MTU);
  if (SSL_CTX_set_tlsext_use_srtp(context_, profiles.c_str()) != 0) die("bad --profiles");
  fingerprint_ = digest_of(certificate);
  X509_free(certificate);
  EVP_PKEY_free(key);
  srtp_init();
}

DtlsClientContext::~DtlsClientContext() {
  SSL_CTX_free(context_);
}

SrtpPair::SrtpPair(const std::string& profile, ByteView keying) {
  const auto [key, salt] = sizes_of(profile);
  const auto join = [&](std::size_t key_at, std::size_t salt_at) {
    Bytes both(keying.begin() + static_cast<std::ptrdiff_t>(key_at),
               keying.begin() + static_cast<std::ptrdiff_t>(key_at + key));
    const ByteView salting = keying.subspan(salt_at, salt);
    both.insert(both.end(), salting.begin(), salting.end());
    return both;
  };
  // RFC 5764, 4.2: client key, server key, client salt, server salt.
  out_ = make_srtp(profile, join(0, 2 * key), ssrc_any_outbound);
  in_ = make_srtp(profile, join(key, 2 * key + salt), ssrc_any_inbound);
}

SrtpPair::~SrtpPair() {
  srtp_dealloc(in_);
  srtp_dealloc(out_);
}

std::optional<std::size_t> SrtpPair::open_rtp(std::span<std::uint8_t> packet) {
  int size = static_cast<int>(packet.size());
  if (srtp_unprotect(in_, packet.data(), &size) != srtp_err_status_ok) return std::nullopt;
  return static_cast<std::size_t>(size);
}

std::optional<std::size_t> SrtpPair::open_rtcp(std::span<std::uint8_t> packet) {
  int size = static_cast<int>(packet.size());
  if (srtp_unprotect_rtcp(in_, packet.data(), &size) != srtp_err_status_ok) return std::nullopt;
  return static_cast<std::size_t>(size);
}

void SrtpPair::seal_rtcp(Bytes& packet) {
  int size = static_cast<int>(packet.size());
  packet.resize(packet.size() + SRTP_MAX_TRAILER_LEN + 4);  // The index, too.
  const bool sealed = srtp_protect_rtcp(out_, packet.data(), &size) == srtp_err_status_ok;
  packet.resize(sealed ? static_cast<std::size_t>(size) : 0);
}

DtlsClient::DtlsClient(const DtlsClientContext& context, Bytes fingerprint, Send send)
    : fingerprint_(std::move(fingerprint)), send_(std::move(send)), ssl_(SSL_new(context.get())) {
  BIO* in = BIO_new(BIO_s_mem());
  BIO* out = BIO_new(BIO_s_mem());
  BIO_set_mem_eof_return(in, -1);
  BIO_set_mem_eof_return(out, -1);
  SSL_set_bio(ssl_, in, out);
  SSL_set_mtu(ssl_, kMtu);
  SSL_set_connect_state(ssl_);
}

DtlsClient::~DtlsClient() {
  SSL_free(ssl_);
}

void DtlsClient::start() {
  shake();
}

void DtlsClient::feed(ByteView datagram) {
  BIO_write(SSL_get_rbio(ssl_), datagram.data(), static_cast<int>(datagram.size()));
  if (state_ == State::shaking) {
    shake();
    return;
  }
  std::array<std::uint8_t, 2048> ignored{};
  const int size = SSL_read(ssl_, ignored.data(), ignored.size());
  if (size <= 0 && SSL_get_error(ssl_, size) == SSL_ERROR_ZERO_RETURN) state_ = State::closed;
  ERR_clear_error();
  flush();
}

void DtlsClient::tick() {
  timeval left{};
  if (state_ != State::shaking || DTLSv1_get_timeout(ssl_, &left) == 0) return;
  if (left.tv_sec > 0 || left.tv_usec > 0) return;
  DTLSv1_handle_timeout(ssl_);
  flush();
}

void DtlsClient::close() {
  if (state_ != State::ready) return;
  SSL_shutdown(ssl_);
  flush();
}

void DtlsClient::shake() {
  const int done = SSL_do_handshake(ssl_);
  const int error = done == 1 ? SSL_ERROR_NONE : SSL_get_error(ssl_, done);
  ERR_clear_error();
  flush();
  if (done != 1) {
    if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) state_ = State::failed;
    return;
  }
  X509* certificate = SSL_get1_peer_certificate(ssl_);
  const bool is_right = certificate != nullptr && digest_of(certificate) == fingerprint_;
  X509_free(certificate);
  const auto* profile = SSL_get_selected_srtp_profile(ssl_);
  if (profile != nullptr) profile_ = profile->name;
  state_ = is_right && profile != nullptr ? State::ready : State::failed;
}

// Whole records, as many as fit a datagram.
void DtlsClient::flush() {
  Bytes bytes(static_cast<std::size_t>(BIO_ctrl_pending(SSL_get_wbio(ssl_))));
  if (bytes.empty()) return;
  BIO_read(SSL_get_wbio(ssl_), bytes.data(), static_cast<int>(bytes.size()));
  ByteView rest = bytes;
  while (!rest.empty()) {
    std::size_t end = 0;
    while (end + kRecordHeaderBytes <= rest.size()) {
      const std::size_t record = kRecordHeaderBytes + (rest[end + 11] << 8U | rest[end + 12]);
      if (end > 0 && end + record > kMtu) break;
      end += record;
    }
    if (end == 0 || end > rest.size()) end = rest.size();
    send_(rest.first(end));
    rest = rest.subspan(end);
  }
}

std::unique_ptr<SrtpPair> DtlsClient::keys() const {
  const auto [key, salt] = sizes_of(profile_);
  Bytes keying(2 * (key + salt));
  constexpr std::string_view kLabel = "EXTRACTOR-dtls_srtp";  // RFC 5764, 4.2
  SSL_export_keying_material(ssl_, keying.data(), keying.size(), kLabel.data(), kLabel.size(), nullptr, 0, 0);
  return std::make_unique<SrtpPair>(profile_, keying);
}

}  // namespace luso::bench
