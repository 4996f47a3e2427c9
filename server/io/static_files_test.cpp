#include "io/static_files.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "io/internal/test_http.h"

namespace luso::io {
namespace {
namespace fs = std::filesystem;
using testing::Answer;
using testing::RawClient;
using testing::TestServer;

// A folder of its own, with a secret beside it.
class StaticFolder : public ::testing::Test {
 protected:
  StaticFolder()
      : base_(fs::temp_directory_path() / ("luso_static_" + std::to_string(::getpid()))),
        root_(base_ / "web") {
    fs::create_directories(root_ / "chunks");
    write("app.js", std::string(5000, 'j'));
    write("app.js.br", "packed by brotli");
    write("page.css", std::string(5000, 'c'));
    write("chunks/logo.png", "0123456789");
    write("big.bin", std::string(StaticFiles::kFileBytesInMemoryMax + 1, 'b'));
    std::ofstream(base_ / "secret") << "secret";
    fs::create_symlink(base_ / "secret", root_ / "link.txt");
    files_.emplace(StaticFiles::Settings{.root = root_.string(), .prefix = "/s/"});
    server_.emplace([this](HttpRequest& request) { return files_->handle(request); });
  }

  ~StaticFolder() override {
    server_.reset();
    fs::remove_all(base_);
  }

  void write(const std::string& name, const std::string& text) const { std::ofstream(root_ / name) << text; }

  [[nodiscard]] Answer get(std::string_view path, std::string_view headers = {}) const {
    return RawClient(server_->port()).get(path, headers);
  }

  fs::path base_, root_;
  std::optional<StaticFiles> files_;
  std::optional<TestServer> server_;
};

TEST_F(StaticFolder, AFileIsServedForEver) {
  const Answer answer = get("/s/chunks/logo.png");

  EXPECT_EQ(answer.body, "0123456789");
  EXPECT_EQ(answer.headers.at("content-type"), "image/png");
  EXPECT_EQ(answer.headers.at("cache-control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(get("/s/chunks/logo.png", "If-None-Match: " + answer.headers.at("etag") + "\r\n").status, 304);
}

TEST_F(StaticFolder, ThePackedSiblingIsForThoseWhoAcceptIt) {
  const Answer brotli = get("/s/app.js", "Accept-Encoding: gzip, br\r\n");
  const Answer gzip = get("/s/page.css", "Accept-Encoding: gzip, br\r\n");
  const Answer plain = get("/s/app.js");

  EXPECT_EQ(brotli.body, "packed by brotli");
  EXPECT_EQ(brotli.headers.at("content-encoding"), "br");
  EXPECT_EQ(brotli.headers.at("vary"), "Accept-Encoding");
  EXPECT_EQ(gzip.headers.at("content-encoding"), "gzip");
  EXPECT_LT(gzip.body.size(), 200U);
  EXPECT_EQ(plain.body.size(), 5000U);
  EXPECT_NE(plain.headers.at("etag"), brotli.headers.at("etag"));
}

TEST_F(StaticFolder, RangesWorkFromMemoryAndFromDisk) {
  EXPECT_EQ(get("/s/chunks/logo.png", "Range: bytes=2-4\r\n").body, "234");
  EXPECT_EQ(get("/s/big.bin", "Range: bytes=-3\r\n").body, "bbb");
  EXPECT_EQ(get("/s/big.bin").body.size(), StaticFiles::kFileBytesInMemoryMax + 1);
}

TEST_F(StaticFolder, OnlyFilesFoundInTheFolderAreThere) {
  EXPECT_EQ(get("/s/../secret").status, 400);
  EXPECT_EQ(get("/s/%2e%2e/secret").status, 400);
  EXPECT_EQ(get("/s//secret").status, 404);
  EXPECT_EQ(get("/s/link.txt").status, 404);
  EXPECT_EQ(get("/s/chunks").status, 404);
  EXPECT_EQ(get("/s/app.js.br").status, 404);
  EXPECT_EQ(get("/s").status, 404);
}

TEST_F(StaticFolder, ANewBuildIsSeenAfterARescan) {
  write("new.js", "new");

  files_->rescan();

  EXPECT_EQ(get("/s/new.js").body, "new");
}

TEST_F(StaticFolder, OtherMethodsAreNotAllowed) {
  const Answer answer = RawClient(server_->port()).ask("DELETE /s/app.js HTTP/1.1\r\nHost: a\r\n\r\n");

  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD");
}

}  // namespace
}  // namespace luso::io
