#include "discovery/api.h"

#include <utility>

namespace luso::discovery {
namespace {

class Api final : public gen::DiscoveryApi {
 public:
  explicit Api(Discovery& discovery) : discovery_(discovery) {}

  Task<Result<gen::SearchResults>> search(io::Call, gen::SearchQuery query) override {
    return discovery_.search(std::move(query));
  }

  // The same letters are typed again and again: a browser may answer them from its own cache for a while.
  Task<Result<gen::SuggestionList>> suggest(io::Call call, gen::SuggestQuery query) override {
    CO_TRY(gen::SuggestionList list, co_await discovery_.suggest(std::move(query)));
    call.add_header("Cache-Control", "private, max-age=30");
    co_return list;
  }

  Task<Result<gen::FrontPage>> get_front_page(io::Call) override { return discovery_.get_front_page(); }

  Task<Result<gen::RegionList>> list_regions(io::Call) override { return discovery_.list_regions(); }

  Task<Result<gen::UpcomingList>> list_upcoming(io::Call, gen::ListUpcomingQuery query) override {
    return discovery_.list_upcoming(std::move(query));
  }

 private:
  Discovery& discovery_;
};

}  // namespace

std::unique_ptr<gen::DiscoveryApi> make_api(Discovery& discovery) {
  return std::make_unique<Api>(discovery);
}

}  // namespace luso::discovery
