#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/ids.h"
#include "io/http.h"
#include "io/pg.h"

namespace luso::privacy {

inline constexpr std::string_view kFormat = "lusotown-export/1";  // api/export.md

struct Subject {
  UserId id;
  std::string username;
};

// The person's file, made while it is sent: one page of one table is all that is in memory, and no connection
// is held between two. Any reactor may call.
[[nodiscard]] io::BodySource export_of(Subject subject, WallTime now, io::Pg& pg);

// "lusotown-ana-2026-11-22.json"
[[nodiscard]] std::string file_name(const Subject& subject, WallTime now);

}  // namespace luso::privacy
