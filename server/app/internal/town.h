#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/config.h"
#include "base/random.h"
#include "channels/api.h"
#include "channels/team_api.h"
#include "chat/api.h"
#include "discovery/api.h"
#include "identity/identity.h"
#include "io/mail_transport.h"
#include "io/pg.h"
#include "io/reactor.h"
#include "io/tls.h"
#include "live/api.h"
#include "live/gate.h"
#include "live/housekeeper.h"
#include "live/keyring.h"
#include "live/sitemap.h"
#include "media/engine.h"
#include "notify/outbox.h"
#include "pictures/pictures.h"
#include "privacy/api.h"
#include "studio/api.h"

namespace luso::app {

// live's questions to the media engine. The engine comes later than live does, because it asks live in turn.
class EngineBridge final : public live::Engine {
 public:
  void connect(media::Engine& engine) { engine_ = &engine; }

  Task<void> disconnect(StreamId stream_id, media::UnpublishCause cause) override;
  Task<std::optional<media::IngestFacts>> facts_of(StreamId stream_id) override;

 private:
  media::Engine* engine_ = nullptr;
};

// What happens elsewhere when an account is made or banned.
class AccountEvents final : public identity::AccountListener {
 public:
  explicit AccountEvents(live::Broadcasts& broadcasts) : broadcasts_(broadcasts) {}

  Task<Result<void>> account_created(io::PgSessionPtr transaction, identity::AccountCreated account) override;
  Task<void> account_banned(UserId user_id) override;
  Task<void> account_closed(UserId user_id) override;

 private:
  live::Broadcasts& broadcasts_;
};

// Every module, put together. Members are declared in the order in which they need each other.
class Town {
 public:
  // Opens the key ring and the certificate; fails with one clear sentence as the detail.
  [[nodiscard]] static Result<std::unique_ptr<Town>> build(const Config& config, io::Reactors& reactors);
  Town(const Town&) = delete;
  Town& operator=(const Town&) = delete;

  // The certificate and the key ring, as they lie on disk now. What cannot be read stays as it was.
  void reload();

 private:
  // What lies in files and is read before anything runs.
  struct Keys {
    std::unique_ptr<live::Keyring> ring;
    std::unique_ptr<io::TlsContext> certificate;
    Secret seal;
  };

  Town(const Config& config, io::Reactors& reactors, Keys keys);

 public:
  const Config& config;
  io::Reactors& reactors;
  SystemClock clock;
  SystemRandom random;
  io::Pg pg;
  std::unique_ptr<io::TlsContext> tls;  // Null without a certificate.
  std::unique_ptr<io::MailTransport> mail;
  notify::Outbox outbox;
  identity::Identity identity;
  std::unique_ptr<gen::PrivacyApi> privacy_api;
  pictures::Pictures pictures;
  std::unique_ptr<gen::PicturesApi> pictures_api;
  channels::Channels channels;
  std::unique_ptr<gen::ChannelsApi> channels_api;
  channels::Access channel_access;
  channels::Schedules schedules;
  std::unique_ptr<gen::ScheduleApi> schedule_api;
  channels::Abouts abouts;
  std::unique_ptr<gen::AboutApi> about_api;
  channels::Teams teams;
  std::unique_ptr<gen::TeamApi> team_api;
  studio::Checklists checklists;
  std::unique_ptr<gen::StudioApi> studio_api;
  chat::Emotes emotes;
  std::unique_ptr<gen::ChatApi> chat_api;
  live::Settings live_settings;
  std::unique_ptr<live::Keyring> keyring;
  EngineBridge bridge;
  live::Broadcasts broadcasts;
  live::Viewers viewers;
  live::Gate gate;
  live::Housekeeper housekeeper;
  std::unique_ptr<gen::LiveApi> live_api;
  std::unique_ptr<gen::SitemapApi> sitemap_api;
  discovery::Discovery discovery;
  std::unique_ptr<gen::DiscoveryApi> discovery_api;
  AccountEvents account_events;
  media::Engine engine;
};

[[nodiscard]] live::Settings live_settings_of(const Config& config);
[[nodiscard]] std::string keyring_file_of(const Config& config);

}  // namespace luso::app
