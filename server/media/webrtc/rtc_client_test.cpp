#include "media/webrtc/rtc_client_test.h"

#include <algorithm>
#include <array>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <gtest/gtest.h>
#include <srtp2/srtp.h>

#include "proto/srtp.h"
#include "proto/stun.h"

namespace luso::media::webrtc::testing {
namespace asio = boost::asio;
namespace stun = proto::stun;

namespace {

constexpr std::chrono::milliseconds kPatience{20'000};  // For what must come.
constexpr std::chrono::milliseconds kSilence{300};      // For what must not.

}  // namespace

// libsrtp's two sessions.
struct RtcClient::Srtp {
  srtp_t in = nullptr, out = nullptr;
  Bytes key_in, key_out;

  Srtp(unsigned profile, const Bytes& material, bool dtls_server) {
    static const bool kReady = srtp_init() == srtp_err_status_ok;
    EXPECT_TRUE(kReady);
    const auto keys = split_keying_material(static_cast<proto::srtp::Profile>(profile), material);
    const std::size_t salt = proto::srtp::salt_bytes(static_cast<proto::srtp::Profile>(profile));
    in = make(profile, dtls_server ? keys.client : keys.server, salt, key_in, ssrc_any_inbound);
    out = make(profile, dtls_server ? keys.server : keys.client, salt, key_out, ssrc_any_outbound);
  }

  ~Srtp() {
    srtp_dealloc(in);
    srtp_dealloc(out);
  }

  Srtp(const Srtp&) = delete;
  Srtp& operator=(const Srtp&) = delete;

  static srtp_t make(unsigned profile, const proto::srtp::MasterKey& master, std::size_t salt, Bytes& key,
                     srtp_ssrc_type_t direction) {
    key.assign(master.key.begin(), master.key.end());
    key.insert(key.end(), master.salt.begin(), master.salt.begin() + static_cast<std::ptrdiff_t>(salt));
    srtp_policy_t policy{};
    if (profile == 7) {
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtp);
      srtp_crypto_policy_set_aes_gcm_128_16_auth(&policy.rtcp);
    } else {
      srtp_crypto_policy_set_rtp_default(&policy.rtp);
      srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
    }
    policy.ssrc.type = direction;
    policy.key = key.data();
    srtp_t session = nullptr;
    EXPECT_EQ(srtp_create(&session, &policy), srtp_err_status_ok);
    return session;
  }

  static Bytes run(srtp_err_status_t (*step)(srtp_t, void*, int*), srtp_t session, Bytes packet) {
    int size = static_cast<int>(packet.size());
    packet.resize(packet.size() + 64);
    const bool done = step(session, packet.data(), &size) == srtp_err_status_ok;
    packet.resize(done ? static_cast<std::size_t>(size) : 0);
    return packet;
  }
};

RtcClient::RtcClient(Settings settings, IceCredentials remote)
    : settings_(std::move(settings)),
      remote_(std::move(remote)),
      dtls_({.srtp_profiles = settings_.srtp_profiles,
             .long_hello = !settings_.dtls_server,
             .as_server = settings_.dtls_server}) {
  open_socket();
}

RtcClient::~RtcClient() {
  ::close(socket_);
}

void RtcClient::open_socket() {
  const bool tcp = settings_.transport == Transport::tcp;
  socket_ = ::socket(settings_.address.is_v6() ? AF_INET6 : AF_INET, tcp ? SOCK_STREAM : SOCK_DGRAM, 0);
  const asio::ip::udp::endpoint to(settings_.address, settings_.port);
  const int on = 1;  // As every ICE-TCP agent has it: datagrams do not wait for each other.
  if (tcp) EXPECT_EQ(::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on), 0);
  EXPECT_EQ(::connect(socket_, to.data(), static_cast<socklen_t>(to.size())), 0);
}

void RtcClient::rebind() {
  const int old = socket_;
  open_socket();
  ::close(old);
}

std::uint16_t RtcClient::local_port() const {
  asio::ip::udp::endpoint local;
  auto size = static_cast<socklen_t>(local.capacity());
  EXPECT_EQ(::getsockname(socket_, local.data(), &size), 0);
  local.resize(size);
  return local.port();
}

void RtcClient::send(ByteView datagram) {
  if (settings_.transport == Transport::udp) {
    EXPECT_EQ(::send(socket_, datagram.data(), datagram.size(), 0), static_cast<ssize_t>(datagram.size()));
    return;
  }
  Bytes framed{static_cast<std::uint8_t>(datagram.size() >> 8U), static_cast<std::uint8_t>(datagram.size())};
  framed.insert(framed.end(), datagram.begin(), datagram.end());
  static_cast<void>(::send(socket_, framed.data(), framed.size(), MSG_NOSIGNAL));
}

void RtcClient::read_socket() {
  std::array<std::uint8_t, 4'096> buffer{};
  const ssize_t size = ::recv(socket_, buffer.data(), buffer.size(), 0);
  if (settings_.transport == Transport::udp) {
    if (size > 0) take(ByteView(buffer).first(static_cast<std::size_t>(size)));
    return;
  }
  if (size <= 0) {
    disconnected_ = true;
    return;
  }
  stream_.insert(stream_.end(), buffer.begin(), buffer.begin() + size);
  while (stream_.size() >= 2) {
    const std::size_t length = std::size_t{stream_[0]} << 8U | stream_[1];
    if (stream_.size() < 2 + length) return;
    take(ByteView(stream_).subspan(2, length));
    stream_.erase(stream_.begin(), stream_.begin() + 2 + static_cast<std::ptrdiff_t>(length));
  }
}

bool RtcClient::pump(const std::function<bool()>& done, std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!done()) {
    if (std::chrono::steady_clock::now() > deadline || disconnected_) return false;
    pollfd waiting{.fd = socket_, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, 50) > 0) {
      read_socket();
    } else {
      dtls_.on_timeout();
    }
    flush_dtls();
  }
  return true;
}

void RtcClient::flush_dtls() {
  for (const Bytes& record : dtls_.take_output()) send(record);
}

void RtcClient::take(ByteView datagram) {
  if (stun::looks_like_stun(datagram)) {
    const auto message = stun::parse(datagram);
    if (!message || !verify_integrity(datagram, *message, remote_.password)) return;
    if (message->transaction[11] != static_cast<std::uint8_t>(checks_)) return;  // Of an earlier check.
    answer_ = message->kind == stun::Class::success ? "success" : std::to_string(message->error.value_or(0));
    if (answer_ == "success") EXPECT_EQ(message->mapped.value_or(stun::Address{}).port, local_port());
    return;
  }
  if (datagram[0] < 64) {
    dtls_.feed(datagram);
    if (dtls_.established() && !srtp_ && dtls_.profile() != 0) {
      srtp_ = std::make_unique<Srtp>(dtls_.profile(), dtls_.keying_material(dtls_.profile() == 7 ? 56 : 60),
                                     settings_.dtls_server);
    }
    return;
  }
  if (!srtp_) return;
  const bool rtcp = datagram[1] >= 192 && datagram[1] <= 223;
  Bytes opened = Srtp::run(rtcp ? srtp_unprotect_rtcp : srtp_unprotect, srtp_->in,
                           Bytes(datagram.begin(), datagram.end()));
  if (!opened.empty()) (rtcp ? rtcp_ : rtp_).push_back(std::move(opened));
}

void RtcClient::send_check(bool nominate) {
  stun::TransactionId transaction{};
  transaction[11] = static_cast<std::uint8_t>(++checks_);
  stun::Builder request(stun::Class::request, transaction);
  request.username(remote_.ufrag + ":ours").priority(0x6E0001FF).controlling(7);
  if (nominate) request.use_candidate();
  send(request.finish(remote_.password));
}

std::string RtcClient::check(bool nominate) {
  answer_.clear();
  send_check(nominate);
  return pump([this] { return !answer_.empty(); }, kSilence * 10) ? answer_ : "silence";
}

bool RtcClient::handshake() {
  dtls_.advance();
  flush_dtls();
  return pump([this] { return srtp_ != nullptr || dtls_.broken(); }, kPatience) && srtp_ != nullptr;
}

Bytes RtcClient::protect(Bytes rtp) {
  return Srtp::run(srtp_protect, srtp_->out, std::move(rtp));
}

Bytes RtcClient::protect_rtcp(Bytes rtcp) {
  return Srtp::run(srtp_protect_rtcp, srtp_->out, std::move(rtcp));
}

Bytes RtcClient::receive_rtp() {
  if (!pump([this] { return !rtp_.empty(); }, kPatience)) return {};
  Bytes packet = std::move(rtp_.front());
  rtp_.erase(rtp_.begin());
  return packet;
}

Bytes RtcClient::receive_rtcp() {
  if (!pump([this] { return !rtcp_.empty(); }, kPatience)) return {};
  Bytes packet = std::move(rtcp_.front());
  rtcp_.erase(rtcp_.begin());
  return packet;
}

void RtcClient::close() {
  dtls_.close();
  flush_dtls();
}

bool RtcClient::was_closed() {
  return pump([this] { return dtls_.closed_by_remote(); }, kPatience);
}

bool RtcClient::was_disconnected() {
  static_cast<void>(pump([this] { return disconnected_; }, kPatience));
  return disconnected_;
}

}  // namespace luso::media::webrtc::testing
