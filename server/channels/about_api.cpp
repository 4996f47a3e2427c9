#include <utility>

#include "channels/api.h"

namespace luso::channels {
namespace {

gen::About to_dto(About about) {
  gen::About dto;
  for (Panel& panel : about.panels)
    dto.panels.push_back({.title = std::move(panel.title), .body = std::move(panel.body)});
  for (ChannelLink& link : about.links)
    dto.links.push_back({.label = std::move(link.label), .url = std::move(link.url)});
  dto.embed_hosts = std::move(about.embed_hosts);
  return dto;
}

AboutChange from_dto(gen::UpdateAboutRequest body) {
  AboutChange change;
  if (body.panels) {
    change.panels.emplace();
    for (gen::Panel& panel : *body.panels) {
      change.panels->push_back({.title = std::move(panel.title), .body = std::move(panel.body)});
    }
  }
  if (body.links) {
    change.links.emplace();
    for (gen::ChannelLink& link : *body.links) {
      change.links->push_back({.label = std::move(link.label), .url = std::move(link.url)});
    }
  }
  change.embed_hosts = std::move(body.embed_hosts);
  return change;
}

class Api final : public gen::AboutApi {
 public:
  Api(const Clock& clock, Abouts& abouts, Access& access) : clock_(clock), abouts_(abouts), access_(access) {}

  Task<Result<gen::About>> get_about(io::Call, std::string username) override {
    CO_TRY(About about, co_await abouts_.get(std::move(username)));
    co_return to_dto(std::move(about));
  }

  Task<Result<gen::About>> update_about(io::Call call, gen::UpdateAboutQuery query,
                                        gen::UpdateAboutRequest body) override {
    const UserId caller = call.user().user_id;
    CO_TRY(const UserId owner,
           co_await access_.owner_for(caller, std::move(query.channel), Action::edit_channel));
    CO_TRY(About about, co_await abouts_.update(owner, from_dto(std::move(body))));
    CO_TRY_VOID(co_await access_.note(clock_.now(), caller, owner, "channels.about_edited"));
    co_return to_dto(std::move(about));
  }

 private:
  const Clock& clock_;
  Abouts& abouts_;
  Access& access_;
};

}  // namespace

std::unique_ptr<gen::AboutApi> make_api(const Clock& clock, Abouts& abouts, Access& access) {
  return std::make_unique<Api>(clock, abouts, access);
}

}  // namespace luso::channels
