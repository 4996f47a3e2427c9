#include <algorithm>
#include <set>
#include <span>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "identity/identity.h"
#include "privacy/export.h"
#include "privacy/sections.h"
#include "testing/world.h"

namespace luso::privacy {
namespace {

// Tables that have rows of a person: those that refer to users, and whatever refers to those.
const std::string kOfAPerson =
    "WITH RECURSIVE of_a_person (of) AS (SELECT 'users'::regclass::oid UNION SELECT k.conrelid FROM "
    "of_a_person p JOIN pg_constraint k ON k.contype = 'f' AND k.confrelid = p.of AND k.confdeltype = 'c') ";

// Columns that by their name are about a person, and nothing forgets them by itself: a number without a
// foreign key, or a name or address in a table whose rows do not go with the person.
const std::string kNamingAPerson =
    kOfAPerson +
    "SELECT c.table_name || '.' || c.column_name FROM information_schema.columns c"
    " JOIN pg_tables t ON t.tablename = c.table_name AND t.schemaname = 'public'"
    " WHERE c.table_schema = 'public' AND (c.column_name ~"
    " '(^|_)(user|actor|subject|owner|moderator|member|giver|sender|follower|creator|channel)_id$'"
    "  OR (c.column_name ~ '(^|_)(e_?mail|recipient|username|phone|address|ip|display_name)(_|$)'"
    "      AND c.table_name::regclass NOT IN (SELECT of FROM of_a_person)))"
    " AND NOT EXISTS (SELECT FROM pg_constraint k JOIN pg_attribute a ON a.attrelid = k.conrelid"
    "   AND a.attnum = ANY (k.conkey) WHERE k.contype = 'f' AND k.conrelid = c.table_name::regclass"
    "   AND a.attname = c.column_name)";

class NoLetters final : public identity::Letters {
 public:
  Task<Result<void>> post(io::PgSessionPtr /*transaction*/, identity::Letter /*letter*/) override {
    co_return Result<void>();
  }

  void wake() override {}
};

class Privacy : public ::testing::Test {
 protected:
  std::vector<std::string> execute(const std::string& sql) { return world_.database().execute(sql); }

  std::string one(const std::string& sql) {
    const std::vector<std::string> column = execute(sql);
    return column.empty() ? std::string() : column.front();
  }

  std::set<std::string> set_of(const std::string& sql) {
    const std::vector<std::string> column = execute(sql);
    return {column.begin(), column.end()};
  }

  static std::set<std::string> names_of(std::span<const Exception> exceptions) {
    std::set<std::string> names;
    for (const Exception& exception : exceptions) names.emplace(exception.of);
    return names;
  }

  // "sessions.user_id": whose row it is, which the file says already.
  static bool is_whose(const std::string& column) {
    return column.ends_with(".user_id") || column.ends_with(".channel_id");
  }

  UserId user(const std::string& name) {
    const std::string id =
        one("INSERT INTO users (username, display_name, email, email_key, password_hash) VALUES ('" + name +
            "', '" + name + " de Lisboa', '" + name + "@exemplo.pt', '" + name +
            "@exemplo.pt', 'secret-hash')"
            " RETURNING id");
    return UserId{std::stoll(id)};
  }

  // A person with a row wherever a person can have one.
  UserId resident(const std::string& name) {
    const UserId id = user(name);
    const std::string n = std::to_string(id.value);
    execute(
        "INSERT INTO stream_categories (name_pt, name_en, slug, name_pt_br) VALUES ('C', 'C', 'conversa', "
        "'C')"
        " ON CONFLICT DO NOTHING");
    const std::string channel = one("INSERT INTO channels (user_id, display_name, default_title) VALUES (" +
                                    n + ", '" + name + " de Lisboa', 'Oi') RETURNING id");
    const std::string stream = one("INSERT INTO streams (user_id, title, stream_key, category) VALUES (" + n +
                                   ", 'Noite de fado', 'secret-key-" + n + "', 'conversa') RETURNING id");
    execute("INSERT INTO channel_keys (channel_id, stream_key) VALUES (" + channel + ", 'secret-channel-" +
            n + "')");
    execute(
        "INSERT INTO sessions (user_id, token_hash, user_agent, created_at, last_seen_at, expires_at) VALUES "
        "(" +
        n + ", 'secret-" + n + "', 'Firefox', now(), now(), now())");
    execute("INSERT INTO api_tokens (user_id, name, token_hash, scopes, created_at) VALUES (" + n +
            ", 'bot', 'secret-" + n + "', '{account:read}', now())");
    execute("INSERT INTO two_factor (user_id, sealed_secret, created_at) VALUES (" + n +
            ", 'secret', now())");
    execute(
        "INSERT INTO email_changes (user_id, old_email, new_email, token_hash, created_at, expires_at) "
        "VALUES (" +
        n + ", '" + name + "@exemplo.pt', '" + name + "@novo.pt', 'secret-" + n + "', now(), now())");
    execute("INSERT INTO pictures (id, user_id, kind, created_at) VALUES (lpad('" + n + "', 22, 'p'), " + n +
            ", 'avatar', now())");
    execute("INSERT INTO viewer_sessions (stream_id, user_id, session_id, last_beat_at) VALUES (" + stream +
            ", " + n + ", 'secret-view-" + n + "', now())");
    execute(
        "INSERT INTO audit_log (at, action, subject_id, detail) VALUES (now(), 'identity.account_opened', " +
        n + ", '" + name + "')");
    execute("INSERT INTO studio_progress (channel_id, dismissed_at) VALUES (" + channel + ", now())");
    execute("INSERT INTO channel_panels (channel_id, position, title, body) VALUES (" + channel +
            ", 1, 'Regras', 'Sou " + name + "')");
    execute("INSERT INTO channel_links (channel_id, position, label, url) VALUES (" + channel +
            ", 1, 'Casa', 'https://example.org/" + name + "')");
    execute("INSERT INTO channel_schedule (channel_id, title, category, duration_min, starts_at) VALUES (" +
            channel + ", 'Festa', 'conversa', 60, now())");
    execute("INSERT INTO channel_members (channel_id, user_id, role, created_at) SELECT " + channel +
            ", id, 'editor', now() FROM users WHERE id <> " + n);
    execute("INSERT INTO follows (user_id, channel_id) SELECT " + n + ", id FROM channels WHERE user_id <> " +
            n);
    execute("INSERT INTO bans (user_id, reason, created_at) VALUES (" + n + ", 'Nada', now())");
    execute(
        "INSERT INTO letter_outbox (kind, recipient, subject, text_body, html_body, created_at, next_try_at)"
        " VALUES ('x', '" +
        name + "@exemplo.pt', 'Oi', 'Oi " + name + "', 'Oi', now(), now())");
    return id;
  }

  std::string exported(UserId id, const std::string& name = "ana") {
    const io::BodySource source = export_of({.id = id, .username = name}, clock_.now(), world_.pg());
    std::string text;
    for (;;) {
      const auto piece = world_.run(source()).value();
      if (!piece) return text;
      text += as_text(**piece);
    }
  }

  testing::World world_;
  ManualClock clock_{WallTime{std::chrono::sys_days(std::chrono::year(2026) / 11 / 22)}};
};

TEST_F(Privacy, EveryTableIsExportedOrSaysWhyNot) {
  std::set<std::string> known;
  for (const Section& section : sections()) known.emplace(section.table);
  for (const Exception& left_out : tables_left_out()) {
    EXPECT_TRUE(known.emplace(left_out.of).second) << left_out.of << " is in both lists";
  }
  const auto there = set_of("SELECT tablename FROM pg_tables WHERE schemaname = 'public'");

  for (const std::string& table : there) {
    EXPECT_TRUE(known.contains(table)) << table << ": add it to privacy/sections.cpp";
  }
  for (const std::string& table : known) EXPECT_TRUE(there.contains(table)) << table << " is gone";
}

TEST_F(Privacy, EveryColumnOfASectionIsInTheFileOrSaysWhyNot) {
  resident("rui");
  const boost::json::value file = boost::json::parse(exported(resident("ana")));
  const std::set<std::string> left_out = names_of(columns_left_out());
  std::set<std::string> shown;
  for (const Section& section : sections()) {
    const boost::json::array& rows = file.at(section.name).as_array();
    ASSERT_FALSE(rows.empty()) << section.name << ": give the resident a row of it";
    for (const auto& member : rows.at(0).as_object()) {
      shown.insert(std::string(section.table) + '.' + std::string(member.key()));
    }
  }

  for (const Section& section : sections()) {
    const std::string table(section.table);
    const auto columns = set_of(
        "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE table_schema = "
        "'public' AND table_name = '" +
        table + "'");
    for (const std::string& column : columns) {
      if (is_whose(column) && !left_out.contains(column)) continue;
      EXPECT_NE(shown.contains(column), left_out.contains(column))
          << column << ": show it or say why not, in privacy/sections.cpp";
    }
    for (const std::string& column : left_out) {
      if (column.starts_with(table + '.')) EXPECT_TRUE(columns.contains(column)) << column << " is gone";
    }
  }
}

TEST_F(Privacy, WhateverHangsOnAPersonGoesWithThemOrForgetsThem) {
  // 'a' and 'r' are NO ACTION and RESTRICT: an account with such a row could not be erased.
  const auto stuck =
      execute(kOfAPerson +
              "SELECT k.conrelid::regclass || '.' || k.conname FROM pg_constraint k JOIN of_a_person p"
              " ON p.of = k.confrelid WHERE k.contype = 'f' AND k.confdeltype IN ('a', 'r')");
  EXPECT_THAT(stuck, ::testing::IsEmpty());
  EXPECT_THAT(execute(kOfAPerson + "SELECT of::regclass::text FROM of_a_person"),
              ::testing::IsSupersetOf({"users", "channels", "streams", "picture_sizes", "viewer_samples"}));
}

TEST_F(Privacy, EveryColumnThatNamesAPersonIsAForeignKeyOrSaysWhoForgetsIt) {
  const std::set<std::string> loose = names_of(loose_references());
  const auto columns = set_of(kNamingAPerson);

  for (const std::string& column : columns) {
    EXPECT_TRUE(loose.contains(column))
        << column << ": give it a foreign key, or a line in privacy/sections.cpp";
  }
  for (const std::string& column : loose) EXPECT_TRUE(columns.contains(column)) << column << " is gone";
}

TEST_F(Privacy, ATableNobodyHasDecidedOnIsNoticed) {
  execute(
      "CREATE TABLE gifts (id BIGSERIAL PRIMARY KEY, giver_id BIGINT REFERENCES users (id), to_email TEXT)");

  EXPECT_THAT(execute(kNamingAPerson), ::testing::Contains("gifts.to_email"));
  EXPECT_THAT(execute(kOfAPerson + "SELECT k.conrelid::regclass::text FROM pg_constraint k JOIN of_a_person p"
                                   " ON p.of = k.confrelid WHERE k.confdeltype IN ('a', 'r')"),
              ::testing::ElementsAre("gifts"));
}

TEST_F(Privacy, TheFileHasWhatIsTheirsAndNothingSecret) {
  const UserId rui = resident("rui");
  const UserId ana = resident("ana");
  static_cast<void>(rui);

  const std::string text = exported(ana);

  const boost::json::value file = boost::json::parse(text);
  EXPECT_EQ(file.at("format").as_string(), kFormat);
  EXPECT_EQ(file.at("created_at").as_string(), "2026-11-22T00:00:00.000Z");
  EXPECT_EQ(file.at("username").as_string(), "ana");
  EXPECT_EQ(file.at("account").at(0).at("email").as_string(), "ana@exemplo.pt");
  EXPECT_EQ(file.at("streams").at(0).at("title").as_string(), "Noite de fado");
  EXPECT_EQ(file.at("follows").at(0).at("username").as_string(), "rui");
  EXPECT_EQ(file.at("team").at(0).at("member").as_string(), "rui");
  EXPECT_EQ(file.at("watched").at(0).at("channel").as_string(), "ana");
  for (const char* secret : {"secret", "token_hash", "password_hash", "stream_key", "rui@exemplo.pt"}) {
    EXPECT_EQ(text.find(secret), std::string::npos) << secret;
  }
  EXPECT_EQ(file_name({.id = ana, .username = "ana"}, clock_.now()), "lusotown-ana-2026-11-22.json");
}

TEST_F(Privacy, AnAccountWithoutAnythingIsAFileToo) {
  const boost::json::value file = boost::json::parse(exported(user("ana")));

  for (const Section& section : sections()) EXPECT_TRUE(file.at(section.name).is_array()) << section.name;
  EXPECT_EQ(file.at("account").as_array().size(), 1U);
  EXPECT_TRUE(file.at("watched").as_array().empty());
}

TEST_F(Privacy, ManyRowsComePageByPageAndNoneTwice) {
  const UserId ana = resident("ana");
  constexpr int kMore = kPageRows * 2 + 1;
  execute("INSERT INTO audit_log (at, action, subject_id) SELECT now(), 'x', " + std::to_string(ana.value) +
          " FROM generate_series(1, " + std::to_string(kMore) + ")");

  const boost::json::value file = boost::json::parse(exported(ana));

  EXPECT_EQ(file.at("records").as_array().size(), static_cast<std::size_t>(kMore) + 1);
}

TEST_F(Privacy, ExactlyOnePageIsOnePage) {
  const UserId ana = user("ana");
  execute("INSERT INTO audit_log (at, action, subject_id) SELECT now(), 'x', " + std::to_string(ana.value) +
          " FROM generate_series(1, " + std::to_string(kPageRows) + ")");

  EXPECT_EQ(boost::json::parse(exported(ana)).at("records").as_array().size(),
            static_cast<std::size_t>(kPageRows));
}

TEST_F(Privacy, AnErasedPersonIsNamedNowhereInTheDatabase) {
  const UserId ana = resident("ana");
  resident("rui");
  execute("UPDATE users SET erase_after = '2020-01-01' WHERE id = " + std::to_string(ana.value));
  NoLetters letters;
  identity::Identity identity({.argon2 = {.passes = 1, .memory_bytes = 8U << 10U},
                               .seal_key = Secret(std::string(identity::Sealer::kKeyBytes, 'k'))},
                              clock_, system_random(), world_.reactors(), world_.pg(), letters);

  ASSERT_TRUE(world_.run(identity.farewells().sweep()));

  const auto columns = execute(
      "SELECT format('SELECT count(*) FROM %I WHERE %I::text ~* ''\\mana\\M''', c.table_name, c.column_name)"
      " FROM information_schema.columns c JOIN pg_tables t ON t.tablename = c.table_name"
      " AND t.schemaname = 'public' WHERE c.table_schema = 'public'"
      " AND c.data_type IN ('text', 'character varying', 'ARRAY', 'jsonb') AND c.table_name <> "
      "'held_usernames'");
  ASSERT_FALSE(columns.empty());
  for (const std::string& count : columns) EXPECT_EQ(one(count), "0") << count;
  EXPECT_EQ(one("SELECT count(*) FROM users"), "1");
  EXPECT_EQ(one("SELECT count(*) FROM audit_log WHERE action = 'identity.account_erased'"), "1");
}

}  // namespace
}  // namespace luso::privacy
