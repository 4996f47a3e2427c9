#include "privacy/api.h"

#include <utility>

#include "base/log.h"
#include "privacy/export.h"

namespace luso::privacy {
namespace {

class Api final : public gen::PrivacyApi {
 public:
  Api(const Clock& clock, io::Pg& pg, identity::Proofs& proofs) : clock_(clock), pg_(pg), proofs_(proofs) {}

  Task<Result<io::BodySource>> export_account(io::Call call, gen::ExportRequest body) override {
    const UserId id = call.user().user_id;
    identity::Proofs::Shown shown{.password = Secret(std::move(body.password)), .code = std::move(body.code)};
    CO_TRY(const identity::User user, co_await proofs_.require(id, std::move(shown), "privacy.exported"));
    const WallTime now = clock_.now();
    const Subject subject{.id = id, .username = user.username};
    log::info("privacy.exported", {{"user_id", id.value}});
    call.add_header("Cache-Control", "no-store");
    call.add_header("Content-Disposition", "attachment; filename=\"" + file_name(subject, now) + '"');
    co_return export_of(subject, now, pg_);
  }

 private:
  const Clock& clock_;
  io::Pg& pg_;
  identity::Proofs& proofs_;
};

}  // namespace

std::unique_ptr<gen::PrivacyApi> make_api(const Clock& clock, io::Pg& pg, identity::Proofs& proofs) {
  return std::make_unique<Api>(clock, pg, proofs);
}

}  // namespace luso::privacy
