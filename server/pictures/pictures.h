#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/ids.h"
#include "base/random.h"
#include "gen/pictures.h"
#include "io/http.h"
#include "io/pg.h"
#include "io/reactor.h"
#include "pictures/model.h"

namespace luso::pictures {

// The pictures people give themselves: taken in, kept, sent out. Any reactor may call.
class Pictures {
 public:
  // Pictures being decoded or waiting for it; beyond it the caller gets io.busy instead of our memory.
  static constexpr int kPendingMax = 4;
  // How long a page that was made before the change may still ask for the old picture.
  static constexpr Duration kReplacedLife = std::chrono::hours(1);
  static constexpr std::string_view kPrefix = "/pictures/";

  Pictures(const Clock& clock, Random& random, io::Reactors& reactors, io::Pg& pg)
      : clock_(clock), random_(random), reactors_(reactors), pg_(pg) {}

  // Answers with the picture's address.
  [[nodiscard]] Task<Result<std::string>> set(UserId user, Kind kind, std::string file);
  // At once and for good: whoever takes a picture back does not want it seen.
  [[nodiscard]] Task<Result<void>> remove(UserId user, Kind kind);

  // GET /pictures/{id}-{width}.webp
  [[nodiscard]] Task<io::HttpResponse> handle(io::HttpRequest& request);

  // Forgets what was replaced a while ago. Once an hour is plenty.
  [[nodiscard]] Task<Result<void>> sweep();

 private:
  const Clock& clock_;
  Random& random_;
  io::Reactors& reactors_;
  io::Pg& pg_;
  std::atomic<int> pending_ = 0;
};

[[nodiscard]] std::unique_ptr<gen::PicturesApi> make_api(Pictures& pictures);

}  // namespace luso::pictures
