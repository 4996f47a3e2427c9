#include "live/keyring.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>

#include "base/check.h"
#include "base/text.h"
#include "gen/reasons.h"

namespace luso::live {
namespace {

namespace json = boost::json;

constexpr std::size_t kSecretBytes = 32;  // RFC 7518, 3.2: at least as long as HS256's hash.
constexpr std::size_t kKidBytes = 6;

tl::unexpected<Error> broken(const std::string& file, std::string_view what) {
  return gen::fail(gen::reasons::kApiInternal, file + ": " + std::string(what));
}

SigningKey new_key(WallTime now, Random& random) {
  const Bytes secret = random.bytes(kSecretBytes);
  return {.kid = random.token(kKidBytes), .secret = Secret(std::string(as_text(secret))), .created_at = now};
}

std::string to_json(const std::vector<SigningKey>& keys) {
  json::array list;
  for (const SigningKey& key : keys) {
    list.push_back({{"kid", key.kid},
                    {"created_at_us", key.created_at.time_since_epoch().count()},
                    {"secret", base64url_encode(as_bytes(key.secret.reveal()))}});
  }
  return json::serialize(json::value{{"keys", std::move(list)}});
}

std::optional<SigningKey> key_from(const json::value& value) {
  const json::object* object = value.if_object();
  if (object == nullptr) return std::nullopt;
  const json::value* kid = object->if_contains("kid");
  const json::value* created = object->if_contains("created_at_us");
  const json::value* secret = object->if_contains("secret");
  if (kid == nullptr || created == nullptr || secret == nullptr) return std::nullopt;
  if (!kid->is_string() || !created->is_int64() || !secret->is_string()) return std::nullopt;
  const auto bytes = base64url_decode(secret->get_string());
  if (!bytes || bytes->size() < kSecretBytes || kid->get_string().empty()) return std::nullopt;
  return SigningKey{.kid = std::string(kid->get_string()),
                    .secret = Secret(std::string(as_text(*bytes))),
                    .created_at = WallTime(std::chrono::microseconds(created->get_int64()))};
}

Result<std::vector<SigningKey>> read_keys(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  if (!in) return broken(file, std::strerror(errno));
  boost::system::error_code error;
  const json::value document = json::parse(text.str(), error);
  const json::object* object = error ? nullptr : document.if_object();
  const json::value* list = object == nullptr ? nullptr : object->if_contains("keys");
  if (list == nullptr || !list->is_array()) return broken(file, "is no keyring");
  std::vector<SigningKey> keys;
  for (const json::value& value : list->get_array()) {
    std::optional<SigningKey> key = key_from(value);
    if (!key) return broken(file, "has a key that cannot be read");
    keys.push_back(*std::move(key));
  }
  if (keys.empty()) return broken(file, "has no key");
  std::ranges::sort(keys, std::ranges::greater(), &SigningKey::created_at);
  return keys;
}

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return ::fsync(fd) == 0;
}

// Beside the file first, then renamed over it: a crash leaves the old keyring or the new one, never half of
// one.
Result<void> write_keys(const std::string& file, const std::vector<SigningKey>& keys) {
  const std::string beside = file + ".new";
  ::unlink(beside.c_str());
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) return broken(beside, std::strerror(errno));
  std::string text = to_json(keys);
  const bool is_written = write_all(fd, text);
  wipe(text);
  ::close(fd);
  if (!is_written || ::rename(beside.c_str(), file.c_str()) != 0) return broken(file, std::strerror(errno));
  return {};
}

}  // namespace

Result<std::unique_ptr<Keyring>> Keyring::open(std::string file, WallTime now, Random& random) {
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  if (std::filesystem::create_directories(folder, ignored)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
  }
  std::unique_ptr<Keyring> keyring(new Keyring(file));
  if (!std::filesystem::exists(file, ignored)) {
    std::vector<SigningKey> first;
    first.push_back(new_key(now, random));
    TRY_VOID(write_keys(file, first));
  }
  TRY_VOID(keyring->reload());
  return keyring;
}

SigningKey Keyring::newest() const {
  const std::lock_guard lock(mutex_);
  LUSO_CHECK(!keys_.empty());
  return keys_.front();
}

std::optional<SigningKey> Keyring::find(std::string_view kid) const {
  const std::lock_guard lock(mutex_);
  const auto key = std::ranges::find(keys_, kid, &SigningKey::kid);
  if (key == keys_.end()) return std::nullopt;
  return *key;
}

std::size_t Keyring::size() const {
  const std::lock_guard lock(mutex_);
  return keys_.size();
}

Result<void> Keyring::rotate(WallTime now, Duration token_ttl_max, Random& random) {
  const std::lock_guard lock(mutex_);
  std::vector<SigningKey> keys;
  keys.push_back(new_key(now, random));
  // A key stopped signing when the next newer one was made.
  WallTime stopped_signing_at = now;
  for (const SigningKey& key : keys_) {
    if (stopped_signing_at + token_ttl_max > now) keys.push_back(key);
    stopped_signing_at = key.created_at;
  }
  TRY_VOID(write_keys(file_, keys));
  keys_ = std::move(keys);
  return {};
}

Result<void> Keyring::reload() {
  const std::lock_guard lock(mutex_);
  TRY(std::vector<SigningKey> keys, read_keys(file_));
  if (::chmod(file_.c_str(), S_IRUSR | S_IWUSR) != 0) return broken(file_, std::strerror(errno));
  keys_ = std::move(keys);
  return {};
}

}  // namespace luso::live
