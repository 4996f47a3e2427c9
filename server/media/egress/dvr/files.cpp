#include "media/egress/dvr/files.h"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace luso::media::files {
namespace {

constexpr mode_t kFileMode = 0644;

class File {
 public:
  File(const std::string& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, kFileMode)) {}

  ~File() { close(); }

  File(const File&) = delete;
  File& operator=(const File&) = delete;

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }

  [[nodiscard]] bool write(ByteView bytes) const {
    while (!bytes.empty()) {
      const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(written));
    }
    return true;
  }

  [[nodiscard]] std::optional<off_t> size() const {
    struct stat facts{};
    if (::fstat(descriptor_, &facts) != 0) return std::nullopt;
    return facts.st_size;
  }

  void cut(off_t size) const { static_cast<void>(::ftruncate(descriptor_, size)); }

  bool close() {
    const int descriptor = std::exchange(descriptor_, -1);
    return descriptor < 0 || ::close(descriptor) == 0;
  }

 private:
  int descriptor_;
};

template <typename Write>
bool replace_by(const std::string& directory, const std::string& name, Write write) {
  const std::string path = directory + "/" + name;
  const std::string beside = path + ".new";
  auto file = std::make_unique<File>(beside, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file->is_open()) {  // The first file of this folder.
    std::error_code error;
    std::filesystem::create_directories(directory, error);
    file = std::make_unique<File>(beside, O_WRONLY | O_CREAT | O_TRUNC);
  }
  const bool written = file->is_open() && write(*file) && file->close();
  if (written && std::rename(beside.c_str(), path.c_str()) == 0) return true;
  const int why = errno;
  remove(beside);
  errno = why;
  return false;
}

}  // namespace

std::string segment_name(std::uint64_t msn) {
  return "seg-" + std::to_string(msn) + ".m4s";
}

std::string init_name(std::uint32_t generation) {
  return "init-" + std::to_string(generation) + ".mp4";
}

std::optional<std::string> read(const std::string& path) {
  const std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

bool replace(const std::string& directory, const std::string& name, std::span<const SharedBytes> pieces) {
  return replace_by(directory, name, [pieces](const File& file) {
    return std::ranges::all_of(pieces, [&file](const SharedBytes& piece) { return file.write(*piece); });
  });
}

bool replace(const std::string& directory, const std::string& name, ByteView bytes) {
  return replace_by(directory, name, [bytes](const File& file) { return file.write(bytes); });
}

bool append(const std::string& path, std::string_view text) {
  File file(path, O_WRONLY | O_CREAT | O_APPEND);
  if (!file.is_open()) return false;
  const auto size = file.size();
  if (file.write(as_bytes(text))) return file.close();
  // Half a line, on a disk that filled up in the middle of it, would swallow the next one.
  const int why = errno;
  if (size) file.cut(*size);
  errno = why;
  return false;
}

void remove(const std::string& path) {
  ::unlink(path.c_str());
}

WallTime modified_at(const std::string& path) {
  struct stat facts{};
  if (::stat(path.c_str(), &facts) != 0) return {};
  constexpr long kNsPerUs = 1'000;
  return WallTime(std::chrono::seconds(facts.st_mtim.tv_sec) +
                  std::chrono::microseconds(facts.st_mtim.tv_nsec / kNsPerUs));
}

}  // namespace luso::media::files
