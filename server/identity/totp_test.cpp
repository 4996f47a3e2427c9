#include "identity/totp.h"

#include <array>

#include <gtest/gtest.h>

namespace luso::identity::totp {
namespace {

const ByteView kSecret = as_bytes("12345678901234567890");

WallTime at(std::int64_t seconds) {
  return WallTime(std::chrono::seconds(seconds));
}

// RFC 4226, appendix D.
TEST(Totp, CountsAsTheRfcDoes) {
  constexpr std::array kCodes{"755224", "287082", "359152", "969429", "338314",
                              "254676", "287922", "162583", "399871", "520489"};
  for (std::size_t counter = 0; counter < kCodes.size(); ++counter) {
    EXPECT_EQ(hotp(kSecret, counter), kCodes.at(counter));
  }
}

// RFC 6238, appendix B: the SHA-1 rows, of eight digits.
TEST(Totp, TellsTheTimeAsTheRfcDoes) {
  const auto code = [](std::int64_t seconds) {
    return hotp(kSecret, static_cast<std::uint64_t>(step_at(at(seconds))), 8);
  };
  EXPECT_EQ(code(59), "94287082");
  EXPECT_EQ(code(1'111'111'109), "07081804");
  EXPECT_EQ(code(1'111'111'111), "14050471");
  EXPECT_EQ(code(1'234'567'890), "89005924");
  EXPECT_EQ(code(2'000'000'000), "69279037");
  EXPECT_EQ(code(20'000'000'000), "65353130");
}

TEST(Totp, ACodeIsGoodOneStepEarlyOrLateAndNoMore) {
  const std::int64_t step = step_at(at(1'111'111'109));
  const auto accepted = [step](std::int64_t of) {
    return accept(kSecret, hotp(kSecret, static_cast<std::uint64_t>(of)), at(step * kStepSeconds), 0);
  };
  EXPECT_EQ(accepted(step - 1), step - 1);
  EXPECT_EQ(accepted(step), step);
  EXPECT_EQ(accepted(step + 1), step + 1);
  EXPECT_EQ(accepted(step - 2), std::nullopt);
  EXPECT_EQ(accepted(step + 2), std::nullopt);
}

TEST(Totp, ACodeOpensOnceAndNoneBeforeItAnyMore) {
  const WallTime now = at(1'111'111'109);
  const std::int64_t step = step_at(now);
  const auto code = [](std::int64_t of) { return hotp(kSecret, static_cast<std::uint64_t>(of)); };

  EXPECT_EQ(accept(kSecret, code(step), now, step), std::nullopt);
  EXPECT_EQ(accept(kSecret, code(step - 1), now, step), std::nullopt);
  EXPECT_EQ(accept(kSecret, code(step + 1), now, step), step + 1);
}

TEST(Totp, WhatIsNotSixDigitsIsNeverACode) {
  for (const char* code : {"", "12345", "1234567", "abcdef", "+12345"}) {
    EXPECT_EQ(accept(kSecret, code, at(1'111'111'109), 0), std::nullopt) << code;
    EXPECT_FALSE(looks_like_totp(code)) << code;
  }
}

// RFC 4648, 10, without the padding.
TEST(Totp, SecretsAreWrittenInBase32) {
  EXPECT_EQ(base32(as_bytes("f")), "MY");
  EXPECT_EQ(base32(as_bytes("fo")), "MZXQ");
  EXPECT_EQ(base32(as_bytes("foobar")), "MZXW6YTBOI");
  EXPECT_EQ(base32(kSecret), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
}

TEST(Totp, TheUriSaysWhatAppsExpect) {
  EXPECT_EQ(otpauth_uri(kSecret, "ana_fado"),
            "otpauth://totp/LusoTown:ana_fado?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=LusoTown"
            "&algorithm=SHA1&digits=6&period=30");
}

TEST(Totp, CodesMayBeTypedAsAppsShowThem) {
  EXPECT_EQ(without_spaces("123 456"), "123456");
  EXPECT_EQ(without_spaces("ABCDE-fghij"), "abcdefghij");
}

}  // namespace
}  // namespace luso::identity::totp
