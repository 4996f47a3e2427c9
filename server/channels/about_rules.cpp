#include <algorithm>

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/text.h"
#include "channels/about.h"
#include "channels/rules.h"
#include "gen/reasons.h"

namespace luso::channels::rules {
namespace {

constexpr std::size_t kHostBytesMax = 253;  // RFC 1035, 2.3.4.
constexpr std::size_t kLabelBytesMax = 63;

bool is_label(std::string_view label) {
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  return !label.empty() && label.size() <= kLabelBytesMax && std::ranges::all_of(label, fits) &&
         label.front() != '-' && label.back() != '-';
}

Result<void> clean_panels(std::vector<Panel>& panels) {
  for (Panel& panel : panels) {
    TRY(panel.title, clean_line(panel.title, "panels"));
    TRY(panel.body, clean_text(panel.body, "panels"));
  }
  return {};
}

Result<void> clean_links(std::vector<ChannelLink>& links) {
  for (ChannelLink& link : links) {
    TRY(link.label, clean_line(link.label, "links"));
    if (!is_https_address(link.url)) return gen::fail(gen::reasons::kChannelsBadLink, "links");
  }
  return {};
}

Result<void> clean_hosts(std::vector<std::string>& hosts) {
  for (std::string& host : hosts) {
    host = ascii_lower(trim(host));
    if (!is_embed_host(host)) return gen::fail(gen::reasons::kChannelsBadEmbedHost, "embed_hosts");
  }
  std::ranges::sort(hosts);
  const auto repeated = std::ranges::unique(hosts);
  hosts.erase(repeated.begin(), repeated.end());
  if (std::ranges::find(hosts, "*") != hosts.end()) hosts = {"*"};
  return {};
}

}  // namespace

bool is_https_address(std::string_view text) {
  const auto url = boost::urls::parse_uri({text.data(), text.size()});
  return url && url->scheme() == "https" && url->has_authority() && !url->encoded_host().empty() &&
         !url->has_userinfo();  // ana:secret@host is how people are led to think they are elsewhere.
}

bool is_embed_host(std::string_view host) {
  if (host == "*") return true;
  if (const std::size_t colon = host.find(':'); colon != std::string_view::npos) {
    const auto port = parse_integer<unsigned>(host.substr(colon + 1));
    if (!port || *port == 0 || *port > 65535) return false;
    host = host.substr(0, colon);
  }
  if (host.size() > kHostBytesMax) return false;
  const bool is_below = host.starts_with("*.");
  if (is_below) host.remove_prefix(2);
  const std::vector<std::string_view> labels = split(host, '.');
  return std::ranges::all_of(labels, is_label) && labels.size() >= (is_below ? 2U : 1U);
}

Result<AboutChange> clean(AboutChange change) {
  if (change.panels) TRY_VOID(clean_panels(*change.panels));
  if (change.links) TRY_VOID(clean_links(*change.links));
  if (change.embed_hosts) TRY_VOID(clean_hosts(*change.embed_hosts));
  return change;
}

}  // namespace luso::channels::rules
