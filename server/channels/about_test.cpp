#include "channels/about.h"

#include <gtest/gtest.h>

namespace luso::channels {
namespace {

TEST(AboutRules, ALinkIsAWholeHttpsAddress) {
  for (const char* url : {"https://example.org", "https://example.org/ana?x=1#y", "https://xn--caf-dma.pt/",
                          "https://192.0.2.1:8443/"}) {
    EXPECT_TRUE(rules::is_https_address(url)) << url;
  }
  for (const char* url : {"http://example.org", "javascript:alert(1)",
                          "JaVaScRiPt:alert(1)//https://example.org", "https:", "https://", "https:///path",
                          "//example.org", "data:text/html,x", "https://ana:segredo@example.org",
                          "https://ana@example.org", "https://example.org/\"onclick=", "https://exa mple.org",
                          "https://example.org/\n", " https://example.org", "ftp://example.org", ""}) {
    EXPECT_FALSE(rules::is_https_address(url)) << url;
  }
}

TEST(AboutRules, AnEmbedHostCannotSayMoreThanAHost) {
  for (const char* host :
       {"*", "example.org", "*.example.org", "localhost", "localhost:8080", "127.0.0.1:3000", "a-b.pt"}) {
    EXPECT_TRUE(rules::is_embed_host(host)) << host;
  }
  for (const char* host :
       {"",      "*.org", "**",    "*.*.org", "example.org;", "a.pt b.pt",  "'none'", "https://a.pt",
        "a.pt/", "a..pt", "-a.pt", "a-.pt",   "a.pt:0",       "a.pt:99999", "a.pt:",  "a.pt:x",
        "á.pt",  "A.PT",  ".a.pt", "a.pt.",   "data:"}) {
    EXPECT_FALSE(rules::is_embed_host(host)) << host;
  }
}

TEST(AboutRules, HostsAreLoweredOnceEachAndAnybodySaysItAll) {
  AboutChange change;
  change.embed_hosts = {" Example.ORG", "example.org", "a.pt"};
  EXPECT_EQ(*rules::clean(change)->embed_hosts, (std::vector<std::string>{"a.pt", "example.org"}));

  change.embed_hosts = {"a.pt", "*"};
  EXPECT_EQ(*rules::clean(change)->embed_hosts, (std::vector<std::string>{"*"}));
}

TEST(AboutRules, PanelsAreCleanedAndRefusalsNameTheList) {
  AboutChange change;
  change.panels = {{.title = " Regras ", .body = "Uma.\r\nDuas.\n"}};
  EXPECT_EQ(rules::clean(change)->panels->front(), (Panel{.title = "Regras", .body = "Uma.\nDuas."}));

  change.panels = {{.title = "\t", .body = ""}};
  EXPECT_EQ(rules::clean(change).error().field, "panels");
  change.panels = {{.title = "Regras", .body = "sino\a"}};
  EXPECT_EQ(rules::clean(change).error().field, "panels");

  AboutChange link;
  link.links = {{.label = "Sítio", .url = "javascript:alert(1)"}};
  EXPECT_EQ(rules::clean(link).error().reason, "channels.bad_link");

  AboutChange hosts;
  hosts.embed_hosts = {"a.pt; script-src *"};
  EXPECT_EQ(rules::clean(hosts).error().reason, "channels.bad_embed_host");
}

}  // namespace
}  // namespace luso::channels
