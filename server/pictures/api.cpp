#include <utility>

#include "pictures/pictures.h"

namespace luso::pictures {
namespace {

class Api final : public gen::PicturesApi {
 public:
  explicit Api(Pictures& pictures) : pictures_(pictures) {}

  Task<Result<gen::Picture>> set_avatar(io::Call call) override { return set(std::move(call), Kind::avatar); }

  Task<Result<gen::Picture>> set_banner(io::Call call) override { return set(std::move(call), Kind::banner); }

  Task<Result<void>> remove_avatar(io::Call call) override {
    return pictures_.remove(call.user().user_id, Kind::avatar);
  }

  Task<Result<void>> remove_banner(io::Call call) override {
    return pictures_.remove(call.user().user_id, Kind::banner);
  }

 private:
  Task<Result<gen::Picture>> set(io::Call call, Kind kind) {
    CO_TRY(std::string url, co_await pictures_.set(call.user().user_id, kind, call.request().body));
    co_return gen::Picture{.url = std::move(url)};
  }

  Pictures& pictures_;
};

}  // namespace

std::unique_ptr<gen::PicturesApi> make_api(Pictures& pictures) {
  return std::make_unique<Api>(pictures);
}

}  // namespace luso::pictures
