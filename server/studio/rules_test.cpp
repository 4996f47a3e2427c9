#include "studio/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace luso::studio {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Name = gen::ChecklistStepName;

std::vector<Name> done(const Progress& progress) {
  std::vector<Name> names;
  for (const gen::ChecklistStep& step : rules::steps_for(progress))
    if (step.is_done) names.push_back(step.name);
  return names;
}

Progress just_registered() {
  Progress progress;
  progress.display_name = "Ana";
  progress.default_title = "Ana em direto";
  return progress;
}

TEST(Checklist, ANewAccountHasDoneNothingWhateverLanguageItGreetsIn) {
  Progress progress = just_registered();
  for (const char* title : {"Ana em direto", "Ana ao vivo", "Ana live"}) {
    progress.default_title = title;
    EXPECT_THAT(done(progress), IsEmpty()) << title;
  }
}

TEST(Checklist, AProfileIsAPictureWordsAndAPlace) {
  Progress progress = just_registered();
  progress.has_picture = progress.has_description = progress.has_region = true;
  EXPECT_THAT(done(progress), ElementsAre(Name::picture, Name::about, Name::place));
}

TEST(Checklist, ATitleOfOnesOwnIsATitle) {
  Progress progress = just_registered();
  progress.default_title = "Fados à janela";
  EXPECT_THAT(done(progress), ElementsAre(Name::title));
}

TEST(Checklist, AKeyThatWasShownIsAConnection) {
  Progress progress = just_registered();
  progress.has_key = true;
  EXPECT_THAT(done(progress), ElementsAre(Name::connection));
}

TEST(Checklist, AStreamThatWaitsHasATitleAndAConnection) {
  Progress progress = just_registered();
  progress.has_stream = true;
  EXPECT_THAT(done(progress), ElementsAre(Name::title, Name::connection));
}

TEST(Checklist, WhoHasBeenLiveNeedsNoNetworkCheck) {
  Progress progress = just_registered();
  progress.has_stream = progress.has_been_live = true;
  EXPECT_THAT(done(progress), ElementsAre(Name::title, Name::network, Name::connection, Name::first_live));
}

TEST(Checklist, AMeasuredUploadIsANetworkCheck) {
  Progress progress = just_registered();
  progress.upload_kbps = 4'000;
  EXPECT_THAT(done(progress), ElementsAre(Name::network));
}

TEST(Checklist, AFaceAndATeamAreNobodysDuty) {
  std::vector<Name> optional;
  for (const gen::ChecklistStep& step : rules::steps_for(just_registered()))
    if (step.is_optional) optional.push_back(step.name);
  EXPECT_THAT(optional, ElementsAre(Name::picture, Name::about, Name::place, Name::team));
}

}  // namespace
}  // namespace luso::studio
