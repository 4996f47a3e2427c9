#include "live/tokens.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <jwt.h>
#include <sys/stat.h>

#include <gtest/gtest.h>

#include "base/text.h"

namespace luso::live {
namespace {

using namespace std::chrono_literals;

constexpr WallTime kNow{std::chrono::days(20'000)};
const TokenSubject kSubject{
    .user_id = UserId{1}, .stream_id = StreamId{7}, .channel_id = std::nullopt, .key_id = 40};

class StreamTokens : public ::testing::Test {
 protected:
  StreamTokens() { keyring_ = Keyring::open(file_, kNow, random_).value(); }

  ~StreamTokens() override { std::filesystem::remove_all(folder_); }

  std::string token() const { return sign_token(keyring_->newest(), kSubject, kNow, kNow + 1h); }

  std::string_view reason(std::string_view token) const {
    const auto verified = verify_token(*keyring_, token);
    return verified ? "good" : verified.error().reason;
  }

  static std::string temporary_folder() {
    std::string name = ::testing::TempDir() + "stream-tokens-XXXXXX";
    return mkdtemp(name.data());
  }

  SeededRandom random_{7};
  const std::string folder_ = temporary_folder();
  const std::string file_ = folder_ + "/keys/stream_jwt.json";
  std::unique_ptr<Keyring> keyring_;
};

// A token another signer would make: any algorithm, any secret, our newest key's name.
std::string signed_elsewhere(const Keyring& keyring, jwt_alg_t algorithm, std::string_view secret) {
  jwt_t* jwt = nullptr;
  jwt_new(&jwt);
  jwt_set_alg(jwt, algorithm,
              secret.empty() ? nullptr : reinterpret_cast<const unsigned char*>(secret.data()),
              static_cast<int>(secret.size()));
  jwt_add_header(jwt, "kid", keyring.newest().kid.c_str());
  jwt_add_grants_json(jwt, R"({"user":1,"stream":7,"key":40,"exp":99999999999})");
  char* text = jwt_encode_str(jwt);
  std::string token = text;
  std::free(text);
  jwt_free(jwt);
  return token;
}

TEST_F(StreamTokens, ComeBackAsTheyWereSigned) {
  const auto verified = verify_token(*keyring_, token());

  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->subject, kSubject);
  EXPECT_EQ(verified->expires_at, kNow + 1h);
}

TEST_F(StreamTokens, OfAChannelComeBackToo) {
  const TokenSubject channel{
      .user_id = UserId{1}, .stream_id = std::nullopt, .channel_id = ChannelId{3}, .key_id = 41};

  EXPECT_EQ(verify_token(*keyring_, sign_token(keyring_->newest(), channel, kNow, kNow + 1h))->subject,
            channel);
}

TEST_F(StreamTokens, FitTheLimit) {
  EXPECT_LT(token().size(), kTokenBytesMax / 2);
}

TEST_F(StreamTokens, AnyByteChangedMakesThemWorthless) {
  const std::string good = token();
  for (std::size_t i = 0; i < good.size(); ++i) {
    std::string changed = good;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    if (i + 1 == good.size()) continue;  // The last character has bits that are not part of the signature.
    EXPECT_EQ(reason(changed), "live.bad_token") << "byte " << i;
  }
}

TEST_F(StreamTokens, WithoutASignatureAreRefused) {
  EXPECT_EQ(reason(signed_elsewhere(*keyring_, JWT_ALG_NONE, "")), "live.bad_token");
  const std::string good = token();
  EXPECT_EQ(reason(good.substr(0, good.rfind('.') + 1)), "live.bad_token");
  EXPECT_EQ(reason(good.substr(0, good.rfind('.'))), "live.bad_token");
}

TEST_F(StreamTokens, DoNotChooseTheirAlgorithm) {
  const std::string secret = keyring_->newest().secret.reveal();

  EXPECT_EQ(reason(signed_elsewhere(*keyring_, JWT_ALG_HS256, secret)), "good");
  EXPECT_EQ(reason(signed_elsewhere(*keyring_, JWT_ALG_HS384, secret)), "live.bad_token");
  EXPECT_EQ(reason(signed_elsewhere(*keyring_, JWT_ALG_HS512, secret)), "live.bad_token");
}

TEST_F(StreamTokens, OfAStrangersKeyAreRefused) {
  EXPECT_EQ(reason(signed_elsewhere(*keyring_, JWT_ALG_HS256, "a secret of somebody else, 32 bytes")),
            "live.bad_token");
}

TEST_F(StreamTokens, NonsenseIsRefused) {
  for (const std::string& text :
       {std::string(), std::string("a.b.c"), std::string("..."), std::string(5000, 'x'),
        std::string("eyJhbGciOiJIUzI1NiJ9.e30."), std::string("\0\0", 2)}) {
    EXPECT_EQ(reason(text), "live.bad_token") << text;
  }
}

// --- The keyring.

TEST_F(StreamTokens, OfAnOlderKeyStillVerifyAfterARotation) {
  const std::string old = token();

  ASSERT_TRUE(keyring_->rotate(kNow + 1h, 24h, random_));

  EXPECT_EQ(reason(old), "good");
  EXPECT_EQ(reason(token()), "good");
  EXPECT_EQ(keyring_->size(), 2U);
}

TEST_F(StreamTokens, AKeyGoesAwayOnceNoTokenOfItCanBeValid) {
  const std::string old = token();
  ASSERT_TRUE(keyring_->rotate(kNow + 1h, 24h, random_));

  ASSERT_TRUE(keyring_->rotate(kNow + 26h, 24h, random_));

  EXPECT_EQ(reason(old), "live.bad_token");
  EXPECT_EQ(keyring_->size(), 2U);
}

TEST_F(StreamTokens, TheKeyringIsTheSameAfterARestart) {
  const std::string old = token();
  keyring_ = Keyring::open(file_, kNow + 1h, random_).value();

  EXPECT_EQ(reason(old), "good");
}

TEST_F(StreamTokens, AnotherProcessReadsARotationWhenTold) {
  const auto other = Keyring::open(file_, kNow, random_).value();
  ASSERT_TRUE(keyring_->rotate(kNow + 1h, 24h, random_));

  EXPECT_FALSE(verify_token(*other, token()));
  ASSERT_TRUE(other->reload());
  EXPECT_TRUE(verify_token(*other, token()));
}

TEST_F(StreamTokens, OnlyTheOwnerReadsTheKeyring) {
  struct stat facts{};
  ASSERT_EQ(stat(file_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);

  chmod(file_.c_str(), 0644);
  ASSERT_TRUE(keyring_->reload());
  ASSERT_EQ(stat(file_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(StreamTokens, AKeyringThatMakesNoSenseIsAnErrorAndStaysAsItIs) {
  std::ofstream(file_) << "{\"keys\":[]}";

  EXPECT_FALSE(keyring_->reload());
  EXPECT_FALSE(Keyring::open(file_, kNow, random_));
  EXPECT_EQ(std::filesystem::file_size(file_), 11U);
  EXPECT_EQ(keyring_->size(), 1U);
}

}  // namespace
}  // namespace luso::live
