#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "gen/studio.h"

// From a new account to the first live. Pure: values in, values out.
namespace luso::studio {

// What is known of a channel that has just begun, or has not.
struct Progress {
  bool has_picture = false;
  bool has_description = false;
  bool has_region = false;
  std::string display_name;
  std::string default_title;
  bool has_stream = false;  // One was ever made, live or not.
  bool has_key = false;     // Its persistent key was shown.
  bool has_been_live = false;
  bool has_team = false;  // Somebody was asked onto it.
  std::optional<std::int64_t> upload_kbps;
  std::optional<WallTime> upload_measured_at;
  bool is_dismissed = false;
};

namespace rules {

// In the order to take them. Who has been live has a connection that works, however they found it.
[[nodiscard]] std::vector<gen::ChecklistStep> steps_for(const Progress& progress);

}  // namespace rules
}  // namespace luso::studio
