#include "media/webrtc/dtls_alerts.h"

#include <algorithm>
#include <memory>
#include <span>
#include <string_view>

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/ssl.h>

namespace luso::media::webrtc {

namespace {

// RFC 6347, 4.1: type, version, epoch, sequence number, length.
constexpr std::size_t kHeaderBytes = 13;
constexpr std::size_t kNonceBytes = 8;  // RFC 5288, 3: explicit; we use epoch and sequence number.
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kAlertBytes = 2;
constexpr std::size_t kRecordBytes = kNonceBytes + kAlertBytes + kTagBytes;
constexpr std::uint8_t kAlert = 21;
constexpr std::uint16_t kDtls12 = 0xFEFD;
constexpr std::uint8_t kFatal = 2;  // RFC 5246, 7.2
constexpr std::uint8_t kCloseNotify = 0;
// Of epoch 1, far beyond what OpenSSL has used for our Finished and its repetitions: no nonce comes twice.
constexpr std::uint64_t kSequence = std::uint64_t{1} << 48U | std::uint64_t{1} << 40U;

constexpr std::size_t kKeyBlockBytes = 40;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

// TLS 1.2's PRF over "key expansion" (RFC 5246, 6.3).
bool expand(ByteView master, ByteView server_random, ByteView client_random, std::span<std::uint8_t> out) {
  EVP_KDF* const kdf = EVP_KDF_fetch(nullptr, "TLS1-PRF", nullptr);
  EVP_KDF_CTX* const context = EVP_KDF_CTX_new(kdf);
  EVP_KDF_free(kdf);
  if (context == nullptr) return false;
  std::string_view digest = "SHA256", label = "key expansion";
  const auto octets = [](const char* key, const auto& bytes) {
    // OSSL_PARAM takes no const; these are only read.
    return OSSL_PARAM_construct_octet_string(key, const_cast<void*>(static_cast<const void*>(bytes.data())),
                                             bytes.size());
  };
  const std::array<OSSL_PARAM, 6> parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, const_cast<char*>(digest.data()), 0),
      octets(OSSL_KDF_PARAM_SECRET, master),
      octets(OSSL_KDF_PARAM_SEED, label),
      octets(OSSL_KDF_PARAM_SEED, server_random),
      octets(OSSL_KDF_PARAM_SEED, client_random),
      OSSL_PARAM_construct_end()};
  const bool done = EVP_KDF_derive(context, out.data(), out.size(), parameters.data()) == 1;
  EVP_KDF_CTX_free(context);
  return done;
}

// What is authenticated besides (RFC 5246, 6.2.3.3): sequence number, type, version, length in the clear.
std::array<std::uint8_t, kHeaderBytes> associated(ByteView header) {
  std::array<std::uint8_t, kHeaderBytes> out{};
  std::copy_n(header.begin() + 3, 8, out.begin());
  std::copy_n(header.begin(), 3, out.begin() + 8);
  out[12] = kAlertBytes;
  return out;
}

template <std::size_t kSalt>
std::array<std::uint8_t, 12> nonce_of(const std::array<std::uint8_t, kSalt>& salt, ByteView explicit_part) {
  std::array<std::uint8_t, 12> nonce{};
  std::ranges::copy(salt, nonce.begin());
  std::ranges::copy(explicit_part, nonce.begin() + kSalt);
  return nonce;
}

}  // namespace

std::optional<DtlsAlerts> DtlsAlerts::take_over(ssl_st* ssl) {
  const SSL_CIPHER* const cipher = SSL_get_current_cipher(ssl);
  if (cipher == nullptr || SSL_CIPHER_get_cipher_nid(cipher) != NID_aes_128_gcm) return std::nullopt;
  std::array<std::uint8_t, 48> master{};
  std::array<std::uint8_t, 32> client_random{}, server_random{};
  std::array<std::uint8_t, kKeyBlockBytes> block{};
  const bool known =
      SSL_SESSION_get_master_key(SSL_get_session(ssl), master.data(), master.size()) == master.size() &&
      SSL_get_client_random(ssl, client_random.data(), client_random.size()) == client_random.size() &&
      SSL_get_server_random(ssl, server_random.data(), server_random.size()) == server_random.size() &&
      expand(master, server_random, client_random, block);
  OPENSSL_cleanse(master.data(), master.size());
  if (!known) return std::nullopt;
  Direction client, server;
  ByteReader in(block);
  const auto take = [&in](auto& out) { std::ranges::copy(in.take(out.size()), out.begin()); };
  take(client.key);
  take(server.key);
  take(client.salt);
  take(server.salt);
  OPENSSL_cleanse(block.data(), block.size());
  DtlsAlerts alerts;
  alerts.ours_ = SSL_is_server(ssl) == 1 ? server : client;
  alerts.theirs_ = SSL_is_server(ssl) == 1 ? client : server;
  return alerts;
}

DtlsAlerts::~DtlsAlerts() {
  OPENSSL_cleanse(&ours_, sizeof ours_);
  OPENSSL_cleanse(&theirs_, sizeof theirs_);
}

Bytes DtlsAlerts::close_notify() const {
  Bytes record;
  ByteWriter writer(record);
  writer.u8(kAlert);
  writer.u16(kDtls12);
  writer.u64(kSequence);
  writer.u16(kRecordBytes);
  writer.u64(kSequence);
  record.resize(kHeaderBytes + kRecordBytes);
  const auto nonce = nonce_of(ours_.salt, ByteView(record).subspan(kHeaderBytes, kNonceBytes));
  const auto clear = associated(record);
  const std::array<std::uint8_t, kAlertBytes> alert{1, kCloseNotify};  // A warning, says the RFC.
  std::uint8_t* const sealed = record.data() + kHeaderBytes + kNonceBytes;
  const Cipher context(EVP_CIPHER_CTX_new());
  int bytes = 0;
  const bool done =
      context &&
      EVP_EncryptInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, ours_.key.data(), nonce.data()) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &bytes, clear.data(), static_cast<int>(clear.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), sealed, &bytes, alert.data(), static_cast<int>(alert.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), sealed + kAlertBytes, &bytes) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, sealed + kAlertBytes) == 1;
  return done ? record : Bytes();
}

bool DtlsAlerts::ends(ByteView datagram) const {
  while (datagram.size() > kHeaderBytes) {
    const std::size_t length = std::size_t{datagram[11]} << 8U | datagram[12];
    if (length > datagram.size() - kHeaderBytes) return false;
    if (is_ending(datagram.first(kHeaderBytes + length))) return true;
    datagram = datagram.subspan(kHeaderBytes + length);
  }
  return false;
}

bool DtlsAlerts::is_ending(ByteView record) const {
  if (record.size() != kHeaderBytes + kRecordBytes || record[0] != kAlert) return false;
  if (record[3] != 0 || record[4] != 1) return false;  // Epoch 1: the only one with keys.
  const auto nonce = nonce_of(theirs_.salt, record.subspan(kHeaderBytes, kNonceBytes));
  const auto clear = associated(record);
  const ByteView sealed = record.subspan(kHeaderBytes + kNonceBytes, kAlertBytes);
  std::array<std::uint8_t, kTagBytes> tag{};
  std::ranges::copy(record.last(kTagBytes), tag.begin());
  std::array<std::uint8_t, kAlertBytes> alert{};
  const Cipher context(EVP_CIPHER_CTX_new());
  int bytes = 0;
  const bool authentic =
      context &&
      EVP_DecryptInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, theirs_.key.data(), nonce.data()) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &bytes, clear.data(), static_cast<int>(clear.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), alert.data(), &bytes, sealed.data(),
                        static_cast<int>(sealed.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), alert.data(), &bytes) == 1;
  return authentic && (alert[0] == kFatal || alert[1] == kCloseNotify);
}

}  // namespace luso::media::webrtc
