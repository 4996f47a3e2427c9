#include "live/api.h"

#include <utility>

#include "gen/reasons.h"
#include "live/internal/dto.h"

namespace luso::live {
namespace {

using internal::from_dto;
using internal::to_dto;

UserId caller_of(const io::Call& call) {
  return call.principal() ? call.principal()->user_id : UserId{};
}

class Api final : public gen::LiveApi {
 public:
  Api(Clock& clock, Broadcasts& broadcasts, Viewers& viewers)
      : clock_(clock), broadcasts_(broadcasts), viewers_(viewers) {}

  Task<Result<gen::StreamList>> list_streams(io::Call call, gen::ListStreamsQuery query) override {
    if (query.following && !call.principal()) co_return gen::fail(gen::reasons::kApiUnauthenticated);
    const int limit = query.limit;
    std::optional<std::string> cursor = query.cursor;
    StreamFilter filter = from_dto(std::move(query), caller_of(call));
    CO_TRY(StreamPage page, co_await broadcasts_.list(std::move(filter), limit, std::move(cursor)));
    co_return to_dto(std::move(page), clock_.now());
  }

  Task<Result<gen::CreatedStream>> create_stream(io::Call call, gen::CreateStreamQuery query,
                                                 gen::CreateStreamRequest body) override {
    NewStream stream = from_dto(std::move(body));
    CO_TRY(CreatedStream created,
           co_await broadcasts_.create(caller_of(call), std::move(query.channel), std::move(stream)));
    gen::CreatedStream dto;
    dto.stream = to_dto(std::move(created.stream), clock_.now());
    if (created.publish) dto.publish = to_dto(*std::move(created.publish));
    co_return dto;
  }

  Task<Result<gen::StreamList>> list_my_streams(io::Call call, gen::ListMyStreamsQuery query) override {
    CO_TRY(StreamPage page, co_await broadcasts_.list_of_channel(caller_of(call), std::move(query.channel),
                                                                 query.limit, std::move(query.cursor)));
    co_return to_dto(std::move(page), clock_.now());
  }

  Task<Result<gen::Stream>> get_stream(io::Call, std::int64_t stream_id) override {
    const StreamId id{stream_id};
    CO_TRY(Stream stream, co_await broadcasts_.get(id));
    co_return to_dto(std::move(stream), clock_.now());
  }

  Task<Result<gen::Stream>> update_stream(io::Call call, std::int64_t stream_id,
                                          gen::UpdateStreamRequest body) override {
    const StreamId id{stream_id};
    StreamChange change = from_dto(std::move(body));
    CO_TRY(Stream stream, co_await broadcasts_.update(caller_of(call), id, std::move(change)));
    co_return to_dto(std::move(stream), clock_.now());
  }

  Task<Result<gen::Stream>> end_stream(io::Call call, std::int64_t stream_id) override {
    const StreamId id{stream_id};
    CO_TRY(Stream stream, co_await broadcasts_.end(caller_of(call), id));
    co_return to_dto(std::move(stream), clock_.now());
  }

  Task<Result<gen::PublishSettings>> get_stream_key(io::Call call, std::int64_t stream_id) override {
    const StreamId id{stream_id};
    keep_secret(call);
    CO_TRY(PublishSettings publish, co_await broadcasts_.get_stream_key(caller_of(call), id));
    co_return to_dto(std::move(publish));
  }

  Task<Result<gen::PublishSettings>> rotate_stream_key(io::Call call, std::int64_t stream_id) override {
    const StreamId id{stream_id};
    CO_TRY(PublishSettings publish, co_await broadcasts_.rotate_stream_key(caller_of(call), id));
    co_return to_dto(std::move(publish));
  }

  Task<Result<void>> revoke_stream_key(io::Call call, std::int64_t stream_id) override {
    return broadcasts_.revoke_stream_key(caller_of(call), StreamId{stream_id});
  }

  Task<Result<gen::PublishSettings>> get_channel_key(io::Call call) override {
    keep_secret(call);
    CO_TRY(PublishSettings publish, co_await broadcasts_.get_channel_key(caller_of(call)));
    co_return to_dto(std::move(publish));
  }

  Task<Result<gen::PublishSettings>> rotate_channel_key(io::Call call) override {
    CO_TRY(PublishSettings publish, co_await broadcasts_.rotate_channel_key(caller_of(call)));
    co_return to_dto(std::move(publish));
  }

  Task<Result<void>> revoke_channel_key(io::Call call) override {
    return broadcasts_.revoke_channel_key(caller_of(call));
  }

  Task<Result<gen::ObsService>> get_obs_service(io::Call call) override {
    keep_secret(call);
    call.add_header("Content-Disposition", "attachment; filename=\"service.json\"");
    CO_TRY(const PublishSettings publish, co_await broadcasts_.get_channel_key(caller_of(call)));
    co_return gen::ObsService{
        .type = gen::ObsServiceType::rtmp_custom,
        .settings = {
            .server = publish.rtmp_url, .key = publish.obs_key(), .use_auth = false, .bwtest = false}};
  }

  Task<Result<gen::StreamHealth>> get_stream_health(io::Call call, std::int64_t stream_id) override {
    const StreamId id{stream_id};
    CO_TRY(Broadcasts::Health health, co_await broadcasts_.get_health(caller_of(call), id));
    co_return to_dto(std::move(health));
  }

  Task<Result<gen::StreamCurve>> get_stream_curve(io::Call call, std::int64_t stream_id) override {
    const StreamId id{stream_id};
    CO_TRY(Curve curve, co_await broadcasts_.get_curve(caller_of(call), id));
    co_return to_dto(std::move(curve));
  }

  Task<Result<gen::HeartbeatAnswer>> send_heartbeat(io::Call call, std::int64_t stream_id,
                                                    gen::Heartbeat body) override {
    const StreamId id{stream_id};
    Heartbeat beat = from_dto(std::move(body), id, caller_of(call));
    CO_TRY(HeartbeatAnswer answer, co_await viewers_.beat(std::move(beat)));
    co_return to_dto(std::move(answer));
  }

 private:
  static void keep_secret(const io::Call& call) { call.add_header("Cache-Control", "no-store"); }

  Clock& clock_;
  Broadcasts& broadcasts_;
  Viewers& viewers_;
};

}  // namespace

std::unique_ptr<gen::LiveApi> make_api(Clock& clock, Broadcasts& broadcasts, Viewers& viewers) {
  return std::make_unique<Api>(clock, broadcasts, viewers);
}

}  // namespace luso::live
