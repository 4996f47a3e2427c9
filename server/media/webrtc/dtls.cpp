#include "media/webrtc/dtls.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <utility>

#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/check.h"
#include "base/secret.h"

namespace luso::media::webrtc {

namespace srtp = proto::srtp;

// OpenSSL's way to the network: a datagram is one read, and each write is one datagram.
struct DtlsBio {
  static Dtls& dtls_of(BIO* bio) { return *static_cast<Dtls*>(BIO_get_data(bio)); }

  static int write(BIO* bio, const char* bytes, int size) {
    const auto* const begin = reinterpret_cast<const std::uint8_t*>(bytes);
    dtls_of(bio).output_.emplace_back(begin, begin + size);
    return size;
  }

  static int read(BIO* bio, char* into, int room) {
    BIO_clear_retry_flags(bio);
    const ByteView input = std::exchange(dtls_of(bio).input_, {});
    if (input.empty()) {
      BIO_set_retry_read(bio);
      return -1;
    }
    const std::size_t size = std::min(input.size(), static_cast<std::size_t>(room));
    std::copy_n(input.begin(), size, reinterpret_cast<std::uint8_t*>(into));
    return static_cast<int>(size);
  }

  static long control(BIO* /*bio*/, int command, long /*number*/, void* /*pointer*/) {
    return command == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static BIO* make(Dtls& dtls) {
    static const BIO_METHOD* const kMethod = [] {
      BIO_METHOD* const method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "datagrams");
      LUSO_CHECK(method != nullptr);
      BIO_meth_set_write(method, write);
      BIO_meth_set_read(method, read);
      BIO_meth_set_ctrl(method, control);
      return method;
    }();
    BIO* const bio = BIO_new(kMethod);
    LUSO_CHECK(bio != nullptr);
    BIO_set_data(bio, &dtls);
    BIO_set_init(bio, 1);
    return bio;
  }
};

namespace {

constexpr std::string_view kExporter = "EXTRACTOR-dtls_srtp";  // RFC 5764, 4.2

unsigned next_timeout_us(SSL* /*ssl*/, unsigned last_us) {
  using std::chrono::microseconds;
  const microseconds next = last_us == 0 ? Dtls::kRetransmitFirst : microseconds(last_us) * 2;
  return static_cast<unsigned>(std::min<microseconds>(next, Dtls::kRetransmitMax).count());
}

std::string last_error() {
  std::string text = "the remote broke it off";
  if (const unsigned long code = ERR_get_error(); code != 0) {
    std::array<char, 256> buffer{};
    ERR_error_string_n(code, buffer.data(), buffer.size());
    text = buffer.data();
  }
  ERR_clear_error();
  return text;
}

}  // namespace

void Dtls::FreeSsl::operator()(ssl_st* ssl) const {
  SSL_free(ssl);
}

Dtls::Dtls(std::shared_ptr<const DtlsIdentity> identity, Role role,
           std::vector<proto::sdp::Fingerprint> fingerprints)
    : identity_(std::move(identity)),
      role_(role),
      fingerprints_(std::move(fingerprints)),
      ssl_(SSL_new(identity_->context())) {
  LUSO_CHECK(ssl_ != nullptr);
  SSL* const ssl = ssl_.get();
  BIO* const bio = DtlsBio::make(*this);
  SSL_set_bio(ssl, bio, bio);
  SSL_set_app_data(ssl, this);
  SSL_set_mtu(ssl, kDatagramBytesMax);
  DTLS_set_timer_cb(ssl, next_timeout_us);
  if (role_ == Role::server) {
    SSL_set_accept_state(ssl);
  } else {
    SSL_set_connect_state(ssl);
  }
}

Dtls::~Dtls() = default;

bool Dtls::is_expected(ByteView sha256) const {
  return std::ranges::any_of(fingerprints_, [sha256](const proto::sdp::Fingerprint& fingerprint) {
    return fingerprint.hash == "sha-256" && equal_in_constant_time(ByteView(fingerprint.digest), sha256);
  });
}

void Dtls::start() {
  if (role_ == Role::client && state_ == State::handshaking) advance();
}

void Dtls::feed(ByteView datagram) {
  if (datagram.empty() || (state_ != State::handshaking && state_ != State::established)) return;
  input_ = datagram;
  if (state_ == State::handshaking) advance();
  if (state_ == State::established) read_records();
  input_ = {};
}

void Dtls::advance() {
  ERR_clear_error();
  const int result = SSL_do_handshake(ssl_.get());
  if (result == 1) {
    establish();
  } else {
    take_error(result);
  }
}

// Alerts, and the remote's last flight when ours was lost: OpenSSL repeats ours by itself. There is no
// application data in WebRTC without data channels; it is read and forgotten.
void Dtls::read_records() {
  std::array<std::uint8_t, 512> ignored{};
  int result = 1;
  while (result > 0) {
    ERR_clear_error();
    result = SSL_read(ssl_.get(), ignored.data(), static_cast<int>(ignored.size()));
  }
  take_error(result);
  if (state_ == State::established) static_cast<void>(SSL_free_buffers(ssl_.get()));  // 18 KB a peer.
}

void Dtls::take_error(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return;
    case SSL_ERROR_ZERO_RETURN: state_ = State::closed_by_remote; return;
    default: break;
  }
  const bool refused = SSL_get_verify_result(ssl_.get()) == X509_V_ERR_CERT_REJECTED;
  state_ = refused ? State::wrong_certificate : State::failed;
  failure_ = last_error();
}

void Dtls::establish() {
  const SRTP_PROTECTION_PROFILE* const chosen = SSL_get_selected_srtp_profile(ssl_.get());
  if (chosen == nullptr) {
    state_ = State::failed;
    failure_ = "no SRTP profile in common";
    return;
  }
  const auto profile = static_cast<srtp::Profile>(chosen->id);
  std::array<std::uint8_t, srtp::keying_bytes(srtp::Profile::aes128_cm_sha1_80)> material{};
  const std::size_t bytes = srtp::keying_bytes(profile);
  if (SSL_export_keying_material(ssl_.get(), material.data(), bytes, kExporter.data(), kExporter.size(),
                                 nullptr, 0, 0) != 1) {
    state_ = State::failed;
    failure_ = last_error();
    return;
  }
  const srtp::MasterKeys keys = split_keying_material(profile, ByteView(material).first(bytes));
  OPENSSL_cleanse(material.data(), material.size());
  const bool server = role_ == Role::server;
  keys_ = Keys{.profile = profile,
               .ours = server ? keys.server : keys.client,
               .theirs = server ? keys.client : keys.server};
  state_ = State::established;
}

void Dtls::on_timeout() {
  if (state_ != State::handshaking) return;
  ERR_clear_error();
  if (DTLSv1_handle_timeout(ssl_.get()) < 0) {
    state_ = State::failed;
    failure_ = last_error();
  }
}

void Dtls::close() {
  if (state_ != State::established) return;
  ERR_clear_error();
  // Writing does not get the buffers back that read_records() gave away; only reading does.
  if (SSL_alloc_buffers(ssl_.get()) == 1) static_cast<void>(SSL_shutdown(ssl_.get()));
  ERR_clear_error();
}

std::vector<Bytes> Dtls::take_output() {
  return std::exchange(output_, {});
}

std::optional<Duration> Dtls::until_timeout() const {
  timeval left{};
  if (DTLSv1_get_timeout(ssl_.get(), &left) != 1) return std::nullopt;
  return std::chrono::seconds(left.tv_sec) + std::chrono::microseconds(left.tv_usec);
}

}  // namespace luso::media::webrtc
