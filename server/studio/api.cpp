#include "studio/api.h"

#include <utility>

namespace luso::studio {
namespace {

gen::Checklist to_dto(const Progress& progress) {
  gen::Checklist dto{.steps = rules::steps_for(progress),
                     .is_dismissed = progress.is_dismissed,
                     .upload_kbps = std::nullopt,
                     .upload_measured_at = progress.upload_measured_at};
  if (progress.upload_kbps) dto.upload_kbps = static_cast<int>(*progress.upload_kbps);
  return dto;
}

class Api final : public gen::StudioApi {
 public:
  explicit Api(Checklists& checklists) : checklists_(checklists) {}

  Task<Result<gen::Checklist>> get_checklist(io::Call call, gen::GetChecklistQuery query) override {
    CO_TRY(const Progress progress, co_await checklists_.get(call.user().user_id, std::move(query.channel)));
    co_return to_dto(progress);
  }

  Task<Result<gen::Checklist>> update_checklist(io::Call call, gen::UpdateChecklistQuery query,
                                                gen::UpdateChecklistRequest body) override {
    const ChecklistChange change{.is_dismissed = body.is_dismissed, .upload_kbps = body.upload_kbps};
    CO_TRY(const Progress progress,
           co_await checklists_.update(call.user().user_id, std::move(query.channel), change));
    co_return to_dto(progress);
  }

 private:
  Checklists& checklists_;
};

}  // namespace

std::unique_ptr<gen::StudioApi> make_api(Checklists& checklists) {
  return std::make_unique<Api>(checklists);
}

}  // namespace luso::studio
