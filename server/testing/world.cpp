#include "testing/world.h"

namespace luso::testing {
namespace {

io::Pg::Settings with_url(io::Pg::Settings settings, const std::string& url) {
  settings.url = url;
  return settings;
}

}  // namespace

World::World(Settings settings)
    : database_(settings.schema),
      reactors_(io::Reactors::Settings{.count = settings.reactors, .blocking_threads = 2}),
      pg_(with_url(settings.pg, database_.url()), reactors_) {
  reactors_.start();
}

World::~World() {
  run(pg_.close());
  reactors_.stop();
  reactors_.join();
}

}  // namespace luso::testing
