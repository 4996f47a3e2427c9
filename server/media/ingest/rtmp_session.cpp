#include "media/ingest/rtmp_session.h"

#include <utility>

#include "base/log.h"
#include "base/random.h"
#include "io/http.h"
#include "io/tcp_info.h"

namespace luso::media {
namespace rtmp = proto::rtmp;

namespace {

// What the encoder's user reads when the server ends the publish.
std::string_view goodbye(UnpublishCause cause) {
  switch (cause) {
    case UnpublishCause::taken_over: return "Another encoder took over with the same key.";
    case UnpublishCause::revoked: return "The stream key was revoked.";
    case UnpublishCause::ended: return "The stream was ended.";
    case UnpublishCause::server_stopping: return "The server is restarting. Reconnect in a moment.";
    default: return "The connection was closed.";
  }
}

std::string_view status_code_of(const Error& error) {
  switch (error.kind) {
    case ErrorKind::forbidden:
    case ErrorKind::unauthenticated: return rtmp::code::kPublishDenied;
    case ErrorKind::conflict:
    case ErrorKind::not_found: return rtmp::code::kPublishBadName;
    default: return rtmp::code::kPublishRejected;
  }
}

}  // namespace

RtmpSession::RtmpSession(const IngestContext& context, io::Reactor& reactor,
                         boost::asio::ip::tcp::socket socket, const io::TlsContext* tls)
    : context_(context),
      reactor_(reactor),
      wire_(std::move(socket), tls),
      session_({.app = context.settings.rtmp_app, .random_seed = system_random().u64()}),
      since_(context.clock.monotonic()),
      buffer_(kReadBytes) {
  context_.metrics.connections.add();
}

void RtmpSession::enter(Phase phase) {
  phase_ = phase;
  since_ = context_.clock.monotonic();
}

void RtmpSession::check(MonoTime now) {
  const auto spent = now - since_;
  const bool overdue = [&] {
    switch (phase_) {
      case Phase::handshake: return spent > kHandshakeDeadline;
      case Phase::connecting: return spent > kPublishDeadline;
      case Phase::asking: return spent > kAuthorityDeadline;
      case Phase::publishing: return spent > context_.settings.publisher_idle;
      case Phase::closing: return spent > kCloseDeadline;
    }
    return false;
  }();
  if (!overdue) return;
  cut_off_ = true;
  if (phase_ != Phase::closing && !finished_politely_) {
    log::info("rtmp.overdue", {{"remote", remote()}, {"phase", static_cast<int>(phase_)}});
    context_.metrics.refused(phase_ == Phase::publishing ? "rtmp.idle" : "rtmp.too_slow");
  }
  wire_.abort();
}

void RtmpSession::dismiss(UnpublishCause cause) {
  reactor_.post([weak = weak_from_this(), cause] {
    const std::shared_ptr<RtmpSession> self = weak.lock();
    if (self) self->say_goodbye(cause);
  });
}

void RtmpSession::say_goodbye(UnpublishCause cause) {
  if (phase_ == Phase::closing) return;
  dismissed_ = cause;
  end_publish(cause);  // Means nothing to a stream that has let go already.
  session_.refuse_publish(
      cause == UnpublishCause::taken_over ? rtmp::code::kPublishBadName : rtmp::code::kPublishRejected,
      goodbye(cause));
  boost::system::error_code ignored;
  wire_.socket().cancel(ignored);
}

Task<void> RtmpSession::run() {
  const auto self = shared_from_this();
  if (co_await wire_.handshake()) co_await serve();
  end_publish(finished_politely_ ? UnpublishCause::encoder_finished : UnpublishCause::connection_lost);
  wire_.abort();
}

Task<void> RtmpSession::serve() {
  for (;;) {
    const std::size_t size = co_await wire_.read_some(buffer_);
    if (size == 0 && !dismissed_) co_return;
    context_.metrics.bytes_in.add(size);
    const auto* data = reinterpret_cast<const std::uint8_t*>(buffer_.data());
    const Result<void> fed = dismissed_ ? Result<void>() : session_.feed({data, size});
    const bool goes_on = co_await take_events();
    if (!fed) {
      log::info("rtmp.broken",
                {{"remote", remote()}, {"reason", fed.error().reason}, {"detail", fed.error().detail}});
      context_.metrics.refused(fed.error().reason);
    }
    if (!goes_on || !fed || session_.finished()) break;
    if (session_.has_output() && !co_await write_output()) co_return;
  }
  enter(Phase::closing);
  if (!co_await write_output()) co_return;
  co_await wire_.finish();
  while (co_await wire_.read_some(buffer_) > 0) {  // Until the peer has read our last words and closes.
  }
}

Task<bool> RtmpSession::write_output() {
  const Bytes output = session_.take_output();
  if (output.empty()) co_return true;
  co_return co_await wire_.write(as_text(output));
}

Task<bool> RtmpSession::take_events() {
  const WallTime now = context_.clock.now();
  if (phase_ == Phase::handshake && session_.handshake_done()) enter(Phase::connecting);
  while (std::optional<rtmp::Event> event = session_.next_event()) {
    Result<void> taken;
    if (auto* video = std::get_if<rtmp::VideoMessage>(&*event)) {
      taken = feed_.take(std::move(*video), now, events_);
    } else if (auto* audio = std::get_if<rtmp::AudioMessage>(&*event)) {
      taken = feed_.take(std::move(*audio), now, events_);
    } else if (const auto* metadata = std::get_if<rtmp::Metadata>(&*event)) {
      feed_.take(*metadata, events_);
    } else if (auto* request = std::get_if<rtmp::PublishRequested>(&*event)) {
      co_await decide(std::move(*request));
    } else if (std::holds_alternative<rtmp::PublishEnded>(*event)) {
      co_await hand_over_media();
      finished_politely_ = true;
      end_publish(UnpublishCause::encoder_finished);
      enter(Phase::connecting);
    } else if (std::holds_alternative<rtmp::PlayRequested>(*event)) {
      context_.metrics.refused("rtmp.play");
    }
    if (!taken) {
      refuse(taken.error());
      co_return false;
    }
  }
  co_await hand_over_media();
  co_return !dismissed_;
}

Task<void> RtmpSession::hand_over_media() {
  if (events_.empty()) co_return;
  MediaEvents events = std::exchange(events_, {});
  if (!ticket_) co_return;  // Sent before we agreed, or after the end.
  const MonoTime now = context_.clock.monotonic();
  if (phase_ == Phase::publishing) since_ = now;
  if (now - transport_told_ >= kTransportInterval) {
    transport_told_ = now;
    TransportFacts facts;
    facts.round_trip = io::round_trip_of(wire_.socket());
    events.emplace_back(facts);
  }
  const StreamDirectory::Ticket ticket = *ticket_;
  const bool taken = co_await context_.directory.deliver(ticket, std::move(events));
  if (!taken && !dismissed_) say_goodbye(UnpublishCause::taken_over);
}

Task<void> RtmpSession::decide(rtmp::PublishRequested request) {
  enter(Phase::asking);
  PublishRequest question{.stream_key = std::move(request.name.stream_key),
                          .token = std::move(request.name.token),
                          .remote = wire_.remote().address(),
                          .protocol = wire_.is_tls() ? "rtmps" : "rtmp"};
  Result<PublishGrant> grant = co_await ask(std::move(question));
  if (!grant) {
    refuse(grant.error());
    co_return;
  }
  if (cut_off_ || dismissed_ || wire_.peer_is_gone())
    co_return;  // It must not take over from one that works.
  log::info("rtmp.accepted", {{"stream_id", grant->stream_id.value}, {"remote", remote()}});
  PublishGrant granted = *std::move(grant);
  auto ticket = co_await context_.directory.open(std::move(granted), shared_from_this());
  if (!ticket) {
    refuse(ticket.error());
    co_return;
  }
  if (dismissed_) co_return;
  ticket_ = *ticket;
  feed_ = {};
  finished_politely_ = false;
  session_.accept_publish();
  enter(Phase::publishing);
}

Task<Result<PublishGrant>> RtmpSession::ask(PublishRequest request) {
  try {
    if (context_.admit) CO_TRY_VOID(co_await context_.admit());
    co_return co_await context_.authority.may_publish(std::move(request));
  } catch (const std::exception& failure) {
    co_return fail(ErrorKind::internal, "api.internal", failure.what());
  }
}

void RtmpSession::refuse(const Error& error) {
  log::info("rtmp.refused", {{"remote", remote()}, {"reason", error.reason}, {"detail", error.detail}});
  context_.metrics.refused(error.reason);
  std::string description(error.reason);
  description += ": ";
  description += io::message_of(error.reason);
  session_.refuse_publish(status_code_of(error), description);
}

void RtmpSession::end_publish(UnpublishCause cause) {
  if (!ticket_) return;
  context_.directory.close(*ticket_, cause);
  ticket_.reset();
}

}  // namespace luso::media
