#include "identity/sealer.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

namespace luso::identity {
namespace {

namespace fs = std::filesystem;

class SealerTest : public ::testing::Test {
 protected:
  SealerTest() : folder_(fs::temp_directory_path() / ("luso-sealer-" + system_random().hex(6))) {}

  ~SealerTest() override { fs::remove_all(folder_); }

  Result<Secret> open() { return Sealer::open_key(file(), system_random()); }

  [[nodiscard]] std::string file() const { return (folder_ / "keys" / "two_factor.key").string(); }

  fs::path folder_;
};

TEST_F(SealerTest, WhatIsSealedOpensForItsOwnerAlone) {
  const Sealer sealer(open().value());

  const std::string sealed = sealer.seal("20 bytes of a secret", "user 7", system_random());

  EXPECT_EQ(sealed.find("secret"), std::string::npos);
  EXPECT_EQ(sealer.unseal(sealed, "user 7")->reveal(), "20 bytes of a secret");
  EXPECT_FALSE(sealer.unseal(sealed, "user 8"));
}

TEST_F(SealerTest, AChangedByteOrAnotherKeyOpensNothing) {
  const Sealer sealer(open().value());
  std::string sealed = sealer.seal("secret", "user 7", system_random());
  const Sealer other(Secret(std::string(Sealer::kKeyBytes, 'k')));

  EXPECT_FALSE(other.unseal(sealed, "user 7"));
  for (char& byte : sealed) {
    byte = static_cast<char>(byte ^ 1);
    EXPECT_FALSE(sealer.unseal(sealed, "user 7"));
    byte = static_cast<char>(byte ^ 1);
  }
  EXPECT_FALSE(sealer.unseal("", "user 7"));
}

TEST_F(SealerTest, TheKeyIsMadeOnceAndOnlyWeMayReadIt) {
  const Secret first = open().value();

  EXPECT_EQ(open()->reveal(), first.reveal());
  EXPECT_EQ(fs::status(file()).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(SealerTest, AFileThatIsNoKeyIsLeftAsItIs) {
  fs::create_directories(fs::path(file()).parent_path());
  std::ofstream(file()) << "not a key";

  EXPECT_FALSE(open());
  std::ifstream in(file());
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(in), {}), "not a key");
}

}  // namespace
}  // namespace luso::identity
