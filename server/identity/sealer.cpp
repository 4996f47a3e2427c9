#include "identity/sealer.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "base/text.h"
#include "gen/reasons.h"

namespace luso::identity {
namespace {

constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagBytes = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(Sealer::kKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

tl::unexpected<Error> broken(const std::string& file, std::string_view what) {
  return gen::fail(gen::reasons::kApiInternal, file + ": " + std::string(what));
}

// Written beside and then linked into place: of two processes that start at once one wins, and both read it.
Result<void> make_key(const std::string& file, Random& random) {
  const std::string beside = file + "." + random.hex(4);
  const int fd = ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) return broken(beside, std::strerror(errno));
  std::string text = base64url_encode(random.bytes(Sealer::kKeyBytes)) + "\n";
  const bool is_written =
      ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  wipe(text);
  ::close(fd);
  const bool is_there = is_written && (::link(beside.c_str(), file.c_str()) == 0 || errno == EEXIST);
  const int reason = errno;
  ::unlink(beside.c_str());
  if (!is_there) return broken(file, std::strerror(reason));
  return {};
}

}  // namespace

Result<Secret> Sealer::open_key(const std::string& file, Random& random) {
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::path(file).parent_path();
  if (std::filesystem::create_directories(folder, ignored)) {
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
  }
  if (!std::filesystem::exists(file, ignored)) TRY_VOID(make_key(file, random));
  std::ifstream in(file, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(in), {});
  if (!in) return broken(file, "cannot be read");
  const auto bytes = base64url_decode(trim(text));
  wipe(text);
  if (!bytes || bytes->size() != kKeyBytes) return broken(file, "is no key");
  if (::chmod(file.c_str(), S_IRUSR | S_IWUSR) != 0) return broken(file, std::strerror(errno));
  return Secret(std::string(as_text(*bytes)));
}

std::string Sealer::seal(std::string_view plain, std::string_view owner, Random& random) const {
  const Bytes nonce = random.bytes(kNonceBytes);
  Bytes sealed(kNonceBytes + plain.size() + kTagBytes);
  std::copy(nonce.begin(), nonce.end(), sealed.begin());
  crypto_aead_xchacha20poly1305_ietf_encrypt(&sealed[kNonceBytes], nullptr, as_bytes(plain).data(),
                                             plain.size(), as_bytes(owner).data(), owner.size(), nullptr,
                                             nonce.data(), as_bytes(key_.reveal()).data());
  return std::string(as_text(sealed));
}

std::optional<Secret> Sealer::unseal(std::string_view sealed, std::string_view owner) const {
  if (sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
  const ByteView nonce = as_bytes(sealed.substr(0, kNonceBytes));
  const ByteView closed = as_bytes(sealed.substr(kNonceBytes));
  std::string plain(closed.size() - kTagBytes, '\0');
  const int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
      reinterpret_cast<unsigned char*>(plain.data()), nullptr, nullptr, closed.data(), closed.size(),
      as_bytes(owner).data(), owner.size(), nonce.data(), as_bytes(key_.reveal()).data());
  if (failed != 0) return std::nullopt;
  return Secret(std::move(plain));
}

}  // namespace luso::identity
