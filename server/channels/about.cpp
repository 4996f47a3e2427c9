#include "channels/about.h"

#include "gen/reasons.h"

namespace luso::channels {
namespace {

using io::PgParam;
using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::PgSessionPtr;
using io::Statement;

// One row always, when there is such a channel: lists come as arrays of the same length.
#define LUSO_ABOUT_COLUMNS                                                                                \
  " c.embed_hosts,"                                                                                       \
  " ARRAY(SELECT p.title FROM channel_panels p WHERE p.channel_id = c.id ORDER BY p.position) AS titles," \
  " ARRAY(SELECT p.body FROM channel_panels p WHERE p.channel_id = c.id ORDER BY p.position) AS bodies,"  \
  " ARRAY(SELECT l.label FROM channel_links l WHERE l.channel_id = c.id ORDER BY l.position) AS labels,"  \
  " ARRAY(SELECT l.url FROM channel_links l WHERE l.channel_id = c.id ORDER BY l.position) AS urls"       \
  " FROM channels c "

const Statement kAbout{"channels.about", "SELECT" LUSO_ABOUT_COLUMNS R"sql(
  JOIN users u ON u.id = c.user_id WHERE u.username = $1 AND u.erase_after IS NULL)sql"};

const Statement kAboutOfUser{"channels.about_of_user", "SELECT" LUSO_ABOUT_COLUMNS "WHERE c.user_id = $1"};

#undef LUSO_ABOUT_COLUMNS

const Statement kLockAbout{"channels.about_lock", "SELECT id FROM channels WHERE user_id = $1 FOR UPDATE"};

const Statement kDropPanels{"channels.about_drop_panels", "DELETE FROM channel_panels WHERE channel_id = $1"};

const Statement kDropLinks{"channels.about_drop_links", "DELETE FROM channel_links WHERE channel_id = $1"};

const Statement kPutPanels{"channels.about_put_panels", R"sql(
  INSERT INTO channel_panels (channel_id, position, title, body)
  SELECT $1, position, title, body FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS p (title, body, position))sql"};

const Statement kPutLinks{"channels.about_put_links", R"sql(
  INSERT INTO channel_links (channel_id, position, label, url)
  SELECT $1, position, label, url FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS l (label, url, position))sql"};

const Statement kPutHosts{"channels.about_put_hosts", "UPDATE channels SET embed_hosts = $2 WHERE id = $1"};

About about_of(const PgRow& row) {
  About about{.panels = {}, .links = {}, .embed_hosts = row.text_array("embed_hosts")};
  std::vector<std::string> titles = row.text_array("titles");
  std::vector<std::string> bodies = row.text_array("bodies");
  for (std::size_t i = 0; i < titles.size(); ++i) {
    about.panels.push_back({.title = std::move(titles[i]), .body = std::move(bodies[i])});
  }
  std::vector<std::string> labels = row.text_array("labels");
  std::vector<std::string> urls = row.text_array("urls");
  for (std::size_t i = 0; i < labels.size(); ++i) {
    about.links.push_back({.label = std::move(labels[i]), .url = std::move(urls[i])});
  }
  return about;
}

Task<Result<void>> put_panels(PgSessionPtr session, ChannelId channel, std::vector<Panel> panels) {
  std::vector<std::string> titles;
  std::vector<std::string> bodies;
  for (Panel& panel : panels) {
    titles.push_back(std::move(panel.title));
    bodies.push_back(std::move(panel.body));
  }
  PgParams key{channel};
  CO_TRY_VOID(co_await session->query(kDropPanels, std::move(key)));
  PgParams rows{channel, PgParam::array(titles), PgParam::array(bodies)};
  CO_TRY_VOID(co_await session->query(kPutPanels, std::move(rows)));
  co_return Result<void>{};
}

Task<Result<void>> put_links(PgSessionPtr session, ChannelId channel, std::vector<ChannelLink> links) {
  std::vector<std::string> labels;
  std::vector<std::string> urls;
  for (ChannelLink& link : links) {
    labels.push_back(std::move(link.label));
    urls.push_back(std::move(link.url));
  }
  PgParams key{channel};
  CO_TRY_VOID(co_await session->query(kDropLinks, std::move(key)));
  PgParams rows{channel, PgParam::array(labels), PgParam::array(urls)};
  CO_TRY_VOID(co_await session->query(kPutLinks, std::move(rows)));
  co_return Result<void>{};
}

}  // namespace

Task<Result<About>> Abouts::get(std::string username) {
  PgParams params{std::move(username)};
  CO_TRY(const PgResult rows, co_await pg_.query(kAbout, std::move(params)));
  if (rows.empty()) co_return gen::fail(gen::reasons::kChannelsNotFound);
  co_return about_of(rows.front());
}

Task<Result<About>> Abouts::update(UserId owner, AboutChange change) {
  CO_TRY(AboutChange cleaned, rules::clean(std::move(change)));
  co_return co_await pg_.transaction<About>(
      [&](PgSessionPtr session) { return write(std::move(session), owner, cleaned); });
}

Task<Result<About>> Abouts::write(PgSessionPtr session, UserId owner, AboutChange change) {
  PgParams key{owner};
  CO_TRY(const PgResult locked, co_await session->query(kLockAbout, key));
  if (locked.empty()) co_return gen::fail(gen::reasons::kChannelsNotFound);
  const auto channel = locked.front().id<ChannelId>("id");
  if (change.panels) CO_TRY_VOID(co_await put_panels(session, channel, *std::move(change.panels)));
  if (change.links) CO_TRY_VOID(co_await put_links(session, channel, *std::move(change.links)));
  if (change.embed_hosts) {
    PgParams hosts{channel, PgParam::array(*change.embed_hosts)};
    CO_TRY_VOID(co_await session->query(kPutHosts, std::move(hosts)));
  }
  CO_TRY(const PgResult rows, co_await session->query(kAboutOfUser, key));
  co_return about_of(rows.front());
}

}  // namespace luso::channels
