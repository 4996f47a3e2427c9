#include "media/egress/dvr/files.h"

#include <csignal>
#include <filesystem>
#include <sys/resource.h>

#include <gtest/gtest.h>

namespace luso::media {
namespace {

// While it lives no file grows beyond `bytes`: a disk that fills up, for this process alone.
class FileSizeMax {
 public:
  explicit FileSizeMax(rlim_t bytes) : before_signal_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }

  ~FileSizeMax() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, before_signal_);
  }

  FileSizeMax(const FileSizeMax&) = delete;
  FileSizeMax& operator=(const FileSizeMax&) = delete;

 private:
  rlimit before_{};
  void (*before_signal_)(int);
};

class DvrFiles : public ::testing::Test {
 protected:
  DvrFiles() { std::filesystem::create_directories(folder_); }

  ~DvrFiles() override { std::filesystem::remove_all(folder_); }

  const std::string folder_ = ::testing::TempDir() + "dvr-files-" + std::to_string(::getpid());
  const std::string journal_ = folder_ + "/journal";
};

TEST_F(DvrFiles, ALineThatDidNotFitLeavesNoHalfOfItself) {
  ASSERT_TRUE(files::append(journal_, "first\n"));

  bool fits = true;
  {
    const FileSizeMax full(sizeof "first\n" - 1 + 3);
    fits = files::append(journal_, "second\n");
  }
  const bool fits_later = files::append(journal_, "third\n");

  EXPECT_FALSE(fits);
  EXPECT_TRUE(fits_later);
  EXPECT_EQ(files::read(journal_), "first\nthird\n");
}

TEST_F(DvrFiles, AFileThatDidNotFitLeavesTheOldOne) {
  ASSERT_TRUE(files::replace(folder_, "picture", as_bytes("old")));

  bool fits = true;
  {
    const FileSizeMax full(4);
    fits = files::replace(folder_, "picture", as_bytes("a newer one"));
  }

  EXPECT_FALSE(fits);
  EXPECT_EQ(files::read(folder_ + "/picture"), "old");
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/picture.new"));
}

}  // namespace
}  // namespace luso::media
