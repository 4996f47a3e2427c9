#include "io/http.h"

#include <gmock/gmock.h>

namespace luso::io {
namespace {

using testing::ElementsAre;
using testing::Pair;

std::vector<std::pair<std::string, std::string>> all_of(const HttpHeaders& headers) {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto& [name, value] : headers.all()) all.emplace_back(name, value);
  return all;
}

TEST(HttpHeaders, KeepOrderAndRepeatsAndCompareNamesWithoutCase) {
  HttpHeaders headers;

  headers.add("Vary", "Accept-Encoding");
  headers.add("vary", "Cookie");
  headers.add("ETag", "\"1\"");

  EXPECT_EQ(headers.get("VARY"), "Accept-Encoding");
  EXPECT_TRUE(headers.has("etag"));
  EXPECT_THAT(all_of(headers),
              ElementsAre(Pair("Vary", "Accept-Encoding"), Pair("vary", "Cookie"), Pair("ETag", "\"1\"")));
}

TEST(HttpHeaders, SetReplacesEveryFieldOfItsName) {
  HttpHeaders headers;
  for (const std::string_view value : {"a", "b"}) headers.add("X", value);
  headers.add("Y", "c");

  headers.set("x", "d");

  EXPECT_THAT(all_of(headers), ElementsAre(Pair("Y", "c"), Pair("x", "d")));
}

TEST(HttpHeaders, TakeAValueThatIsTheirOwnHoweverMuchTheyGrow) {
  HttpHeaders headers;
  headers.add("Origin", "https://luso.test");

  for (int i = 0; i < 200; ++i) headers.add("Copy", headers.get("Origin"));

  EXPECT_EQ(headers.size(), 201U);
  for (const auto& [name, value] : headers.all()) EXPECT_EQ(value, "https://luso.test");
}

TEST(HttpHeaders, AreEmptyAgainAfterClear) {
  HttpHeaders headers;
  headers.add("A", "1");

  headers.clear();
  headers.add("B", "2");

  EXPECT_FALSE(headers.has("A"));
  EXPECT_THAT(all_of(headers), ElementsAre(Pair("B", "2")));
}

TEST(PreparedFields, AreLinesAsTheyAreSent) {
  HttpHeaders headers;
  headers.add("Vary", "Accept-Encoding");
  headers.add("ETag", "\"1\"");

  EXPECT_EQ(PreparedFields(headers).text(), "Vary: Accept-Encoding\r\nETag: \"1\"\r\n");
}

TEST(HttpRequest, HoldsNoMemoryOfABodyThatIsServed) {
  HttpRequest request;
  request.method = "PUT";
  request.body.assign(1'000'000, 'x');

  request.clear();

  EXPECT_TRUE(request.method.empty());
  EXPECT_LT(request.body.capacity(), 10'000U);
}

}  // namespace
}  // namespace luso::io
