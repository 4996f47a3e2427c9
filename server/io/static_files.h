#pragma once

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/bytes.h"
#include "io/http.h"

namespace luso::io {

// A folder as the web sees it. What is served is an index made from the folder, so a path can only name a
// file that was found in it. Compressed siblings (app.js.br, app.js.gz) stand for their original; text
// without them is packed with gzip once. Any reactor.
class StaticFiles {
 public:
  struct Settings {
    std::string root;    // The folder; it may appear later.
    std::string prefix;  // "/_next/static/": what comes before the file's path.
    std::string cache_control = "public, max-age=31536000, immutable";
  };

  // Files up to the first are kept in memory until they fill the second; others are sent from the disk.
  static constexpr std::uint64_t kFileBytesInMemoryMax = 512 * 1024;
  static constexpr std::uint64_t kBytesInMemoryMax = 24 * 1024 * 1024;
  static constexpr std::size_t kFilesMax = 20'000;  // What the index does not hold is not there.
  static constexpr std::chrono::seconds kRescanAtMostEvery{
      2};  // When a path is not found: a new build, perhaps.

  explicit StaticFiles(Settings settings);
  ~StaticFiles();

  [[nodiscard]] Task<HttpResponse> handle(HttpRequest& request);
  // Reads the folder again: after a new build.
  void rescan();
  [[nodiscard]] std::size_t size() const;

 private:
  struct File;
  struct Index;
  [[nodiscard]] std::shared_ptr<const Index> index() const;
  void rescan_sometimes();

  Settings settings_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Index> index_;
  std::chrono::steady_clock::time_point scanned_at_;
};

// By the name's ending: "text/css; charset=utf-8"; unknown ones are application/octet-stream.
[[nodiscard]] std::string_view content_type_of(std::string_view path);

}  // namespace luso::io
