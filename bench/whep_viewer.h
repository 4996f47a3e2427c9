#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/bytes.h"
#include "dtls_client.h"
#include "http_exchange.h"
#include "proto/rtp.h"
#include "proto/sdp.h"
#include "proto/stun.h"
#include "rtp_reception.h"
#include "tally.h"

namespace luso::bench {

struct WhepSettings {
  HttpUrl url;
  bool asks_again = true;           // NACK
  double drop_percent = 0;          // Of what arrives, before it is looked at.
  std::int64_t leave_after_us = 0;  // Of its first picture; 0: stays.
  const DtlsClientContext* dtls = nullptr;
};

// What all viewers of a run see while `on`; joins are always counted.
struct WhepTally {
  bool on = false;
  std::uint64_t packets = 0, bytes = 0, video_packets = 0, audio_packets = 0, audio_bytes = 0, frames = 0;
  std::uint64_t dropped = 0, retransmitted = 0, not_authentic = 0, sender_reports = 0;
  std::uint64_t freezes = 0;  // The picture stood still for kFreezeUs.
  Sample gap_ms, join_answer_ms, join_ice_ms, join_dtls_ms, join_media_ms, join_picture_ms, recovery_ms;
  std::map<std::string, int> profiles;

  static constexpr std::int64_t kFreezeUs = 200'000;
};

// One browser: an offer posted, ICE, DTLS, SRTP, receiver reports, NACK and transport-wide feedback. Reads
// headers in clear and decrypts only what it must, unless it is a probe: then everything is verified and the
// first whole picture is timed. Lives on one thread; its owner polls its descriptors.
class WhepViewer {
 public:
  enum class Stage : std::uint8_t { answer, ice, dtls, media, leaving, left, failed };

  WhepViewer(const WhepSettings& settings, WhepTally& tally, bool is_probe);
  ~WhepViewer();
  WhepViewer(const WhepViewer&) = delete;
  WhepViewer& operator=(const WhepViewer&) = delete;

  // Both -1 when there is none to poll now.
  [[nodiscard]] int http_fd() const { return http_ ? http_->fd() : -1; }

  [[nodiscard]] int udp_fd() const { return udp_; }

  bool on_http();  // False when it can do no more now.
  void on_datagram(std::span<std::uint8_t> datagram, std::int64_t arrived_us);
  void tick(std::int64_t now_us);
  void leave();

  [[nodiscard]] Stage stage() const { return stage_; }

  [[nodiscard]] const std::string& failure() const { return failure_; }

  [[nodiscard]] bool has_played() const { return has_media_; }

  // How far the newest picture was behind the quickest, and when it came.
  [[nodiscard]] std::int64_t behind_us() const { return behind_us_; }

  [[nodiscard]] std::int64_t picture_at_us() const { return picture_at_us_; }

  [[nodiscard]] RtpReception::Counts video_counts() const;

 private:
  [[nodiscard]] std::string write_offer() const;
  void take_answer(const HttpAnswer& answer);
  [[nodiscard]] bool read_media(const proto::sdp::Session& session);
  void fail(std::string why);
  void send(ByteView datagram) const;
  void send_check(std::int64_t now_us);
  void on_stun(ByteView datagram, std::int64_t now_us);
  void begin_dtls();
  void on_dtls(ByteView datagram, std::int64_t now_us);
  void on_rtp(std::span<std::uint8_t> datagram, std::int64_t arrived_us);
  void on_rtcp(std::span<std::uint8_t> datagram, std::int64_t now_us);
  void on_retransmission(std::span<std::uint8_t> datagram, std::int64_t now_us);
  void on_video(const proto::rtp::Packet& packet, std::int64_t arrived_us);
  void look_for_picture(ByteView opened, std::int64_t arrived_us);
  [[nodiscard]] RtpReception& reception_of(std::uint32_t ssrc, std::uint32_t clock_rate);
  void send_rtcp(Bytes packet);
  void send_feedback(std::int64_t now_us);
  void send_reports(std::int64_t now_us);
  void send_nacks(std::int64_t now_us);

  const WhepSettings& settings_;
  WhepTally& tally_;
  bool is_probe_;
  Stage stage_ = Stage::answer;
  std::string failure_;
  std::int64_t began_us_;
  std::unique_ptr<HttpExchange> http_;
  std::string location_;
  int udp_ = -1;
  std::string ufrag_, password_, remote_ufrag_, remote_password_;
  proto::stun::TransactionId check_{};
  std::int64_t next_check_us_ = 0, consent_us_ = 0, next_report_us_ = 0, next_feedback_us_ = 0;
  std::uint32_t ssrc_;
  std::unique_ptr<DtlsClient> dtls_;
  std::unique_ptr<SrtpPair> srtp_;
  int video_type_ = -1, rtx_type_ = -1, audio_type_ = -1;
  std::uint8_t feedback_extension_ = 0;
  std::uint8_t feedback_count_ = 0;
  std::map<std::uint16_t, std::int64_t> arrivals_;  // Since the last feedback.
  std::map<std::uint32_t, RtpReception> receptions_;
  std::uint32_t video_ssrc_ = 0;
  bool has_media_ = false, has_picture_ = false;
  std::optional<std::uint32_t> keyframe_;  // The timestamp of the first.
  std::int64_t behind_us_ = 0, picture_at_us_ = 0, first_picture_us_ = 0;
};

}  // namespace luso::bench
