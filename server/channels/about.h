#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/result.h"
#include "io/pg.h"

namespace luso::channels {

struct Panel {
  std::string title;
  std::string body;  // Markdown, as its owner wrote it; whoever shows it makes it harmless.
  friend bool operator==(const Panel&, const Panel&) = default;
};

struct ChannelLink {
  std::string label;
  std::string url;  // https://…
  friend bool operator==(const ChannelLink&, const ChannelLink&) = default;
};

// What a channel says of itself, in its order, and whose pages may show it in a frame.
struct About {
  std::vector<Panel> panels;
  std::vector<ChannelLink> links;
  std::vector<std::string> embed_hosts;  // "*" is anybody; none is nobody.
};

// A list that is given replaces the one before.
struct AboutChange {
  std::optional<std::vector<Panel>> panels;
  std::optional<std::vector<ChannelLink>> links;
  std::optional<std::vector<std::string>> embed_hosts;
};

namespace rules {

// Titles and labels on one line, text without control characters, whole https addresses without a password in
// them, host names as a frame-ancestors header takes them.
[[nodiscard]] Result<AboutChange> clean(AboutChange change);
[[nodiscard]] bool is_https_address(std::string_view url);
[[nodiscard]] bool is_embed_host(std::string_view host);

}  // namespace rules

// Any reactor may call.
class Abouts {
 public:
  explicit Abouts(io::Pg& pg) : pg_(pg) {}

  [[nodiscard]] Task<Result<About>> get(std::string username);
  [[nodiscard]] Task<Result<About>> update(UserId owner, AboutChange change);

 private:
  Task<Result<About>> write(io::PgSessionPtr session, UserId owner, AboutChange change);

  io::Pg& pg_;
};

}  // namespace luso::channels
