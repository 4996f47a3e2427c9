#include "live/tokens.h"

#include <cstdlib>
#include <jwt.h>
#include <memory>

#include "base/check.h"
#include "gen/reasons.h"

namespace luso::live {
namespace {

namespace reasons = gen::reasons;

constexpr const char* kUser = "user";
constexpr const char* kStream = "stream";
constexpr const char* kChannel = "channel";
constexpr const char* kKey = "key";
constexpr const char* kIssuedAt = "iat";
constexpr const char* kExpiresAt = "exp";

using Jwt = std::unique_ptr<jwt_t, decltype(&jwt_free)>;

const unsigned char* key_bytes(const SigningKey& key) {
  return reinterpret_cast<const unsigned char*>(key.secret.reveal().data());
}

int key_size(const SigningKey& key) {
  return static_cast<int>(key.secret.reveal().size());
}

long seconds_of(WallTime time) {
  return static_cast<long>(std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count());
}

// libjwt only fails to build a token when memory is out or we misuse it.
void add_claim(jwt_t* jwt, const char* name, std::int64_t value) {
  LUSO_CHECK(jwt_add_grant_int(jwt, name, static_cast<long>(value)) == 0);
}

// The header as it claims to be; nothing of it is believed but the name of a key of ours.
std::string unverified_kid(const std::string& token) {
  jwt_t* raw = nullptr;
  if (jwt_decode(&raw, token.c_str(), nullptr, 0) != 0) return {};
  const Jwt jwt(raw, &jwt_free);
  const char* kid = jwt_get_header(raw, "kid");
  return kid == nullptr ? std::string() : std::string(kid);
}

TokenSubject subject_of(jwt_t* jwt) {
  TokenSubject subject{.user_id = UserId{jwt_get_grant_int(jwt, kUser)},
                       .stream_id = std::nullopt,
                       .channel_id = std::nullopt,
                       .key_id = jwt_get_grant_int(jwt, kKey)};
  if (const long stream = jwt_get_grant_int(jwt, kStream); stream > 0) subject.stream_id = StreamId{stream};
  if (const long channel = jwt_get_grant_int(jwt, kChannel); channel > 0)
    subject.channel_id = ChannelId{channel};
  return subject;
}

}  // namespace

std::string sign_token(const SigningKey& key, const TokenSubject& subject, WallTime issued_at,
                       WallTime expires_at) {
  jwt_t* raw = nullptr;
  LUSO_CHECK(jwt_new(&raw) == 0);
  const Jwt jwt(raw, &jwt_free);
  LUSO_CHECK(jwt_set_alg(raw, JWT_ALG_HS256, key_bytes(key), key_size(key)) == 0);
  LUSO_CHECK(jwt_add_header(raw, "kid", key.kid.c_str()) == 0);
  add_claim(raw, kUser, subject.user_id.value);
  if (subject.stream_id) add_claim(raw, kStream, subject.stream_id->value);
  if (subject.channel_id) add_claim(raw, kChannel, subject.channel_id->value);
  add_claim(raw, kKey, subject.key_id);
  add_claim(raw, kIssuedAt, seconds_of(issued_at));
  add_claim(raw, kExpiresAt, seconds_of(expires_at));
  const std::unique_ptr<char, decltype(&std::free)> text(jwt_encode_str(raw), &std::free);
  LUSO_CHECK(text != nullptr);
  return text.get();
}

Result<VerifiedToken> verify_token(const Keyring& keyring, std::string_view token) {
  if (token.empty()) return gen::fail(reasons::kLiveBadToken, "missing");
  if (token.size() > kTokenBytesMax) return gen::fail(reasons::kLiveBadToken, "too long");
  const std::string text(token);
  const std::optional<SigningKey> key = keyring.find(unverified_kid(text));
  if (!key) return gen::fail(reasons::kLiveBadToken, "signed with no key of ours");
  jwt_t* raw = nullptr;
  if (jwt_decode(&raw, text.c_str(), key_bytes(*key), key_size(*key)) != 0) {
    return gen::fail(reasons::kLiveBadToken, "forged");
  }
  const Jwt jwt(raw, &jwt_free);
  // RFC 8725, 3.1: the token does not choose its algorithm.
  if (jwt_get_alg(raw) != JWT_ALG_HS256) return gen::fail(reasons::kLiveBadToken, "another algorithm");
  const TokenSubject subject = subject_of(raw);
  if (subject.stream_id.has_value() == subject.channel_id.has_value()) {
    return gen::fail(reasons::kLiveBadToken, "for a stream or for a channel");
  }
  return VerifiedToken{.subject = subject,
                       .expires_at = WallTime(std::chrono::seconds(jwt_get_grant_int(raw, kExpiresAt)))};
}

}  // namespace luso::live
