#include "testing/database.h"

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <unistd.h>

#include <libpq-fe.h>

#include "base/check.h"
#include "base/text.h"
#include "io/migrate.h"
#include "io/pg.h"
#include "testing/internal/cluster.h"
#include "testing/world.h"

namespace luso::testing {
namespace {

using Connection = std::unique_ptr<PGconn, void (*)(PGconn*)>;
using Rows = std::unique_ptr<PGresult, void (*)(PGresult*)>;

Connection connect(const std::string& url) {
  Connection connection(PQconnectdb(url.c_str()), PQfinish);
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    std::fprintf(stderr, "%s", PQerrorMessage(connection.get()));
    LUSO_CHECK(!"the tests' database can be reached");
  }
  PQsetNoticeProcessor(connection.get(), [](void*, const char*) {}, nullptr);
  return connection;
}

std::vector<std::string> execute_on(const std::string& url, const std::string& sql) {
  const Connection connection = connect(url);
  const Rows rows(PQexec(connection.get(), sql.c_str()), PQclear);
  const ExecStatusType status = PQresultStatus(rows.get());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
    std::fprintf(stderr, "%s%s\n", PQerrorMessage(connection.get()), sql.c_str());
    LUSO_CHECK(!"the test's own SQL is right");
  }
  std::vector<std::string> first_column;
  for (int row = 0; row < PQntuples(rows.get()); ++row)
    first_column.emplace_back(PQgetvalue(rows.get(), row, 0));
  return first_column;
}

// The server of this test binary and the migrated database that tests are cloned from.
class Town {
 public:
  Town() {
    const char* given = std::getenv("LUSO_TEST_DATABASE_URL");
    if (given != nullptr && *given != '\0') {
      cluster_ = std::make_unique<internal::GivenCluster>(given);
    } else {
      cluster_ = std::make_unique<internal::PrivateCluster>();
    }
  }

  ~Town() {
    if (!template_.empty()) drop(template_);
  }

  Town(const Town&) = delete;
  Town& operator=(const Town&) = delete;

  [[nodiscard]] std::string url_of(const std::string& database) const { return cluster_->url_of(database); }

  void administrate(const std::string& sql) const { execute_on(cluster_->url_of(""), sql); }

  void create(const std::string& name, const std::string& from) const {
    administrate("CREATE DATABASE " + name + " TEMPLATE " + from);
  }

  void drop(const std::string& name) const {
    administrate("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  }

  const std::string& migrated_template() {
    if (!template_.empty()) return template_;
    const std::string name = "luso_template_" + std::to_string(getpid());
    create(name, "template0");
    migrate_whole(url_of(name));
    template_ = name;
    return template_;
  }

 private:
  static void migrate_whole(const std::string& url) {
    io::Reactors reactors({.count = 1, .blocking_threads = 1});
    io::Pg pg({.url = url, .connections_per_reactor = 1}, reactors);
    reactors.start();
    std::promise<Result<int>> promise;
    auto migrate_then_close = [&pg]() -> Task<Result<int>> {
      Result<int> applied = co_await io::migrate(pg, io::embedded_migrations());
      co_await pg.close();
      co_return applied;
    };
    boost::asio::co_spawn(reactors.home().executor(), migrate_then_close,
                          [&promise](const std::exception_ptr& failure, Result<int> applied) {
                            LUSO_CHECK(failure == nullptr);
                            promise.set_value(std::move(applied));
                          });
    const Result<int> applied = promise.get_future().get();
    reactors.stop();
    reactors.join();
    if (applied) return;
    std::fprintf(stderr, "%s\n", applied.error().detail.c_str());
    LUSO_CHECK(!"the migrations apply to an empty database");
  }

  std::unique_ptr<internal::Cluster> cluster_;
  std::string template_;
};

std::unique_ptr<Town>& town_slot() {
  static std::unique_ptr<Town> town;
  return town;
}

Town& town() {
  if (town_slot() == nullptr) town_slot() = std::make_unique<Town>();
  return *town_slot();
}

std::string next_name() {
  static int count = 0;
  return "luso_test_" + std::to_string(getpid()) + "_" + std::to_string(++count);
}

}  // namespace

Database::Database(Schema schema) : name_(next_name()), url_(town().url_of(name_)) {
  town().create(name_, schema == Schema::migrated ? town().migrated_template() : "template0");
}

Database::~Database() {
  town().drop(name_);
}

std::vector<std::string> Database::execute(const std::string& sql) const {
  return execute_on(url_, sql);
}

void Database::disconnect_everybody() const {
  execute(
      "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database()"
      " AND pid <> pg_backend_pid()");
}

std::vector<std::string> statement_problems() {
  const Database database;
  const Connection connection = connect(database.url());
  std::vector<std::string> problems;
  for (const io::Statement* statement : io::Statement::all()) {
    const std::string name(statement->name);
    const std::string sql(statement->sql);
    const Rows prepared(PQprepare(connection.get(), name.c_str(), sql.c_str(), 0, nullptr), PQclear);
    if (PQresultStatus(prepared.get()) == PGRES_COMMAND_OK) continue;
    problems.push_back(name + ": " + std::string(trim(PQresultErrorMessage(prepared.get()))));
  }
  return problems;
}

void stop_cluster() {
  town_slot().reset();
}

}  // namespace luso::testing
