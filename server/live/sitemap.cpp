#include "live/sitemap.h"

#include <algorithm>

namespace luso::live {
namespace {

using io::PgParams;
using io::PgResult;
using io::PgRow;
using io::Statement;

const Statement kChannelIdMax{"live.sitemap_channel_id_max", R"sql(
  SELECT coalesce(max(id), 0) AS id FROM channels)sql"};

const Statement kChannels{"live.sitemap_channels", R"sql(
  SELECT c.id, u.username, greatest(c.updated_at, newest.at) AS modified_at
  FROM channels c JOIN users u ON u.id = c.user_id
  LEFT JOIN LATERAL (
    SELECT coalesce(s.ended_at, s.started_at) AS at FROM streams s
    WHERE s.user_id = c.user_id AND s.started_at IS NOT NULL
    ORDER BY s.id DESC LIMIT 1) newest ON true
  WHERE c.id > $1 AND c.id <= $2 AND (newest.at IS NOT NULL OR c.description <> '')
    AND NOT EXISTS (SELECT FROM users_shut_out b WHERE b.user_id = c.user_id)
  ORDER BY c.id LIMIT $3)sql"};

class Api final : public gen::SitemapApi {
 public:
  explicit Api(io::Pg& pg) : pg_(pg) {}

  Task<Result<gen::SitemapExtent>> get_sitemap(io::Call) override {
    PgParams none;
    CO_TRY(const PgResult rows, co_await pg_.query(kChannelIdMax, std::move(none)));
    co_return gen::SitemapExtent{.channel_id_max = rows.front().integer("id")};
  }

  Task<Result<gen::SitemapChannelList>> list_sitemap_channels(io::Call,
                                                              gen::ListSitemapChannelsQuery query) override {
    // One more than asked for tells whether there is a next page.
    PgParams params{query.after_id, query.until_id, static_cast<std::int64_t>(query.limit) + 1};
    CO_TRY(const PgResult rows, co_await pg_.query(kChannels, std::move(params)));
    const auto limit = static_cast<std::size_t>(query.limit);
    gen::SitemapChannelList list;
    for (std::size_t i = 0; i < std::min(rows.size(), limit); ++i) {
      const PgRow row = rows.row(i);
      list.items.push_back({.username = row.text("username"), .modified_at = row.time("modified_at")});
      if (i + 1 == limit && rows.size() > limit) list.next_after_id = row.integer("id");
    }
    co_return list;
  }

 private:
  io::Pg& pg_;
};

}  // namespace

std::unique_ptr<gen::SitemapApi> make_sitemap_api(io::Pg& pg) {
  return std::make_unique<Api>(pg);
}

}  // namespace luso::live
