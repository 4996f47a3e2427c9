#include "app/internal/town.h"

#include <algorithm>
#include <array>

#include "app/internal/public_addresses.h"
#include "base/log.h"

namespace luso::app {
namespace {

bool is_told(const Config& config, std::string_view transport) {
  return std::ranges::find(config.webrtc_transports, transport) != config.webrtc_transports.end();
}

media::WebRtcSettings webrtc_settings_of(const Config& config) {
  media::WebRtcSettings settings;
  settings.is_on = config.webrtc_enabled;
  if (config.http_address != "0.0.0.0") settings.address = config.http_address;
  settings.port = config.webrtc_port;
  settings.public_addresses = public_addresses_of(config);
  settings.offers_loopback = is_loopback(config.http_address) || is_loopback(config.public_address);
  settings.offers_udp = is_told(config, "udp");
  settings.offers_tcp = is_told(config, "tcp");
  for (const std::string& url : config.stun_urls)
    settings.ice_servers.push_back({.url = url, .username = {}, .credential = {}});
  for (const std::string& url : config.turn_urls) {
    settings.ice_servers.push_back(
        {.url = url, .username = config.turn_username, .credential = config.turn_credential});
  }
  settings.joins_per_s_max = config.webrtc_joins_per_s;
  settings.address_joins_per_s_max = config.webrtc_address_joins_per_s;
  settings.keyframe_interval = config.whip_keyframe_interval_ms;
  return settings;
}

media::EngineSettings engine_settings_of(const Config& config) {
  media::EngineSettings settings;
  settings.rtmp_address = config.http_address;
  settings.rtmp_port = config.rtmp_port;
  if (!config.tls_certificate.empty() && config.rtmps_port != 0) settings.rtmps_port = config.rtmps_port;
  settings.data_dir = config.data_dir;
  settings.grace = config.grace_window_s;
  settings.dvr_window = config.dvr_window_s;
  settings.dvr_bytes_max = config.dvr_bytes_max;
  settings.publishers_max = config.publishers_max;
  settings.webrtc = webrtc_settings_of(config);
  settings.opus_bitrate_kbps = static_cast<int>(config.opus_bitrate_kbps);
  settings.reencodes_max = config.reencodes_max;
  settings.reencode_cpu_percent_max = static_cast<int>(config.reencode_cpu_percent_max);
  settings.reencode_fps_max = static_cast<int>(config.reencode_fps_max);
  settings.reencode_height_max = static_cast<int>(config.reencode_height_max);
  return settings;
}

}  // namespace

Task<void> EngineBridge::disconnect(StreamId stream_id, media::UnpublishCause cause) {
  if (engine_ == nullptr) co_return;
  if (cause == media::UnpublishCause::ended) {
    engine_->end(stream_id);
  } else {
    engine_->revoke(stream_id, cause);
  }
}

Task<std::optional<media::IngestFacts>> EngineBridge::facts_of(StreamId stream_id) {
  if (engine_ == nullptr) co_return std::nullopt;
  co_return co_await engine_->facts(stream_id);
}

Task<Result<void>> AccountEvents::account_created(io::PgSessionPtr transaction,
                                                  identity::AccountCreated account) {
  channels::NewChannel channel;
  channel.user_id = account.user_id;
  channel.username = account.username;
  channel.display_name = account.display_name;
  channel.locale = std::string(gen::to_text(account.locale));
  co_return co_await channels::Channels::open(transaction, std::move(channel));
}

Task<void> AccountEvents::account_banned(UserId user_id) {
  const auto ended = co_await broadcasts_.end_all_of(user_id);
  if (!ended)
    log::error("live.ban_incomplete", {{"user_id", user_id.value}, {"detail", ended.error().detail}});
}

Task<void> AccountEvents::account_closed(UserId user_id) {
  return account_banned(user_id);
}

std::string keyring_file_of(const Config& config) {
  return config.data_dir + "/keys/stream_jwt.json";
}

live::Settings live_settings_of(const Config& config) {
  live::Settings settings;
  settings.rtmp_url = "rtmp://" + config.public_address + ":" + std::to_string(config.rtmp_port) + "/live";
  if (!config.tls_certificate.empty() && config.rtmps_port != 0) {
    settings.rtmps_url =
        "rtmps://" + config.public_address + ":" + std::to_string(config.rtmps_port) + "/live";
  }
  if (config.webrtc_enabled) settings.whip_url = config.public_url + "/whip";
  settings.keyring_file = keyring_file_of(config);
  settings.streams_per_day = static_cast<int>(config.streams_per_day);
  settings.grace_window = config.grace_window_s;
  settings.stream_token_ttl = config.stream_token_ttl_s;
  settings.channel_token_ttl = config.channel_token_ttl_s;
  return settings;
}

Result<std::unique_ptr<Town>> Town::build(const Config& config, io::Reactors& reactors) {
  const SystemClock clock;
  SystemRandom random;
  TRY(auto ring, live::Keyring::open(keyring_file_of(config), clock.now(), random));
  TRY(Secret seal_key, identity::Sealer::open_key(config.data_dir + "/keys/two_factor.key", random));
  std::unique_ptr<io::TlsContext> certificate;
  if (!config.tls_certificate.empty()) {
    TRY(certificate,
        io::TlsContext::load({.certificate_file = config.tls_certificate, .key_file = config.tls_key}));
  }
  return std::unique_ptr<Town>(new Town(
      config, reactors,
      {.ring = std::move(ring), .certificate = std::move(certificate), .seal = std::move(seal_key)}));
}

Town::Town(const Config& given, io::Reactors& on, Keys keys)
    : config(given),
      reactors(on),
      pg({.url = config.database_url}, reactors),
      tls(std::move(keys.certificate)),
      mail(io::make_mail_transport(config, reactors, clock, random)),
      outbox(config.public_url, clock, reactors, pg, *mail),
      identity(
          {.registration_open = config.registration_open, .argon2 = {}, .seal_key = std::move(keys.seal)},
          clock, random, reactors, pg, outbox),
      privacy_api(privacy::make_api(clock, pg, identity.proofs())),
      pictures(clock, random, reactors, pg),
      pictures_api(pictures::make_api(pictures)),
      channels(clock, pg),
      channels_api(channels::make_api(channels)),
      channel_access(pg),
      schedules(clock, pg),
      schedule_api(channels::make_api(clock, schedules, channel_access)),
      abouts(pg),
      about_api(channels::make_api(clock, abouts, channel_access)),
      teams(clock, pg, outbox, identity.limits()),
      team_api(channels::make_api(teams)),
      checklists(clock, pg),
      studio_api(studio::make_api(checklists)),
      emotes(pg),
      chat_api(chat::make_api(emotes)),
      live_settings(live_settings_of(config)),
      keyring(std::move(keys.ring)),
      broadcasts(clock, random, pg, bridge, *keyring, live_settings),
      viewers(clock, pg),
      gate(clock, random, pg, bridge, broadcasts, *keyring, live_settings),
      housekeeper(gate, viewers),
      live_api(live::make_api(clock, broadcasts, viewers)),
      sitemap_api(live::make_sitemap_api(pg)),
      discovery(clock, pg),
      discovery_api(discovery::make_api(discovery)),
      account_events(broadcasts),
      engine(engine_settings_of(config), reactors, gate, clock, tls.get()) {
  bridge.connect(engine);
  identity.listen(account_events);
}

void Town::reload() {
  if (tls) {
    const auto loaded = tls->reload();
    if (loaded) {
      log::info("tls.reloaded", {{"certificate", config.tls_certificate}});
    } else {
      log::error("tls.reload_failed", {{"detail", loaded.error().detail}});
    }
  }
  const auto ring = keyring->reload();
  if (ring) {
    log::info("live.keyring_reloaded", {{"keys", keyring->size()}});
  } else {
    log::error("live.keyring_reload_failed", {{"detail", ring.error().detail}});
  }
}

}  // namespace luso::app
