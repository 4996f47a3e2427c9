#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "pictures/pictures.h"
#include "testing/world.h"

namespace luso::pictures {
namespace {

using namespace std::chrono_literals;

std::string flag() {
  std::ifstream in(LUSO_PICTURES_TESTDATA "/quadrants.jpg", std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class PicturesTest : public ::testing::Test {
 protected:
  std::string execute(const std::string& sql) {
    const std::vector<std::string> column = world_.database().execute(sql);
    return column.empty() ? std::string() : column.front();
  }

  UserId user(const std::string& name) {
    const std::string id =
        execute("INSERT INTO users (username, display_name, email, email_key, password_hash) VALUES ('" +
                name + "', 'x', '" + name + "@exemplo.pt', '" + name + "@exemplo.pt', '-') RETURNING id");
    return UserId{std::stoll(id)};
  }

  std::string set(UserId owner, Kind kind) { return world_.run(pictures_.set(owner, kind, flag())).value(); }

  io::HttpResponse get(const std::string& path, const std::string& etag = {}) {
    io::HttpRequest request;
    request.method = "GET";
    request.path = path;
    if (!etag.empty()) request.headers.add("If-None-Match", etag);
    return world_.run(pictures_.handle(request));
  }

  testing::World world_;
  ManualClock clock_{WallTime{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)}};
  Pictures pictures_{clock_, system_random(), world_.reactors(), world_.pg()};
};

TEST_F(PicturesTest, AnAvatarIsShownUnderTheAddressTheAccountSays) {
  const UserId ana = user("ana");

  const std::string url = set(ana, Kind::avatar);

  EXPECT_EQ(execute("SELECT avatar_url FROM users WHERE username = 'ana'"), url);
  const io::HttpResponse shown = get(url);
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.headers.get("Content-Type"), "image/webp");
  EXPECT_EQ(shown.headers.get("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(shown.headers.get("Content-Security-Policy"), "default-src 'none'; sandbox");
  EXPECT_TRUE(std::get<std::string>(shown.body).starts_with("RIFF"));
  EXPECT_EQ(get(url, std::string(shown.headers.get("ETag"))).status, 304);
}

TEST_F(PicturesTest, EverySizeHasItsAddressAndNoOtherHas) {
  const std::string url = set(user("ana"), Kind::avatar);
  const std::string stem = url.substr(0, url.rfind('-') + 1);

  for (const char* size : {"64.webp", "128.webp", "256.webp"})
    EXPECT_EQ(get(stem + size).status, 200) << size;
  for (const char* size : {"65.webp", "0.webp", "-64.webp", "64.png", "64", ".webp", "99999999999.webp"}) {
    EXPECT_EQ(get(stem + size).status, 404) << size;
  }
  for (const char* path : {"/pictures/", "/pictures/x", "/pictures/../etc-64.webp"}) {
    EXPECT_EQ(get(path).status, 404) << path;
  }
}

TEST_F(PicturesTest, AReplacedPictureStaysForPagesThatNameItAndThenGoes) {
  const UserId ana = user("ana");
  const std::string old_url = set(ana, Kind::avatar);
  const std::string new_url = set(ana, Kind::avatar);

  ASSERT_TRUE(world_.run(pictures_.sweep()));
  EXPECT_EQ(get(old_url).status, 200);
  clock_.advance(Pictures::kReplacedLife + 1s);
  ASSERT_TRUE(world_.run(pictures_.sweep()));

  EXPECT_EQ(get(old_url).status, 404);
  EXPECT_EQ(get(new_url).status, 200);
  EXPECT_EQ(execute("SELECT count(*) FROM picture_sizes"), "3");
}

TEST_F(PicturesTest, APictureTakenBackIsGoneAtOnce) {
  const UserId ana = user("ana");
  const std::string url = set(ana, Kind::avatar);

  ASSERT_TRUE(world_.run(pictures_.remove(ana, Kind::avatar)));

  EXPECT_EQ(get(url).status, 404);
  EXPECT_EQ(execute("SELECT avatar_url IS NULL FROM users WHERE username = 'ana'"), "t");
  EXPECT_EQ(execute("SELECT count(*) FROM pictures"), "0");
  EXPECT_TRUE(world_.run(pictures_.remove(ana, Kind::avatar)));  // Again is fine.
}

TEST_F(PicturesTest, AnothersPictureStays) {
  const std::string of_rui = set(user("rui"), Kind::avatar);
  const UserId ana = user("ana");
  set(ana, Kind::avatar);

  ASSERT_TRUE(world_.run(pictures_.remove(ana, Kind::avatar)));

  EXPECT_EQ(get(of_rui).status, 200);
}

TEST_F(PicturesTest, ABannerNeedsAChannel) {
  const UserId ana = user("ana");

  const auto refused = world_.run(pictures_.set(ana, Kind::banner, flag()));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, "channels.not_found");

  execute(
      "INSERT INTO stream_categories (name_pt, name_en, slug, name_pt_br) VALUES ('C', 'C', 'conversa', "
      "'C')");
  execute("INSERT INTO channels (user_id, display_name, default_title) VALUES (" + std::to_string(ana.value) +
          ", 'Ana', 'Oi')");
  EXPECT_TRUE(set(ana, Kind::banner).ends_with("-1200.webp"));
}

TEST_F(PicturesTest, WhatIsRefusedChangesNothing) {
  const UserId ana = user("ana");
  const std::string url = set(ana, Kind::avatar);

  const auto refused = world_.run(pictures_.set(ana, Kind::avatar, "<svg/>"));

  EXPECT_EQ(refused.error().reason, "pictures.wrong_type");
  EXPECT_EQ(execute("SELECT avatar_url FROM users WHERE username = 'ana'"), url);
}

TEST_F(PicturesTest, PicturesGoWithTheirAccount) {
  const UserId ana = user("ana");
  set(ana, Kind::avatar);

  execute("DELETE FROM users WHERE username = 'ana'");

  EXPECT_EQ(execute("SELECT count(*) FROM picture_sizes"), "0");
}

}  // namespace
}  // namespace luso::pictures
