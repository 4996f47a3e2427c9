#pragma once

#include <string>
#include <vector>

// A real PostgreSQL for tests: a private cluster that lives as long as the test binary, migrated once into a
// template and cloned for each test. LUSO_TEST_DATABASE_URL names a server to use instead; databases made
// there are dropped again.
namespace luso::testing {

// One test's own database. Gone, with whoever is still connected, when this goes.
class Database {
 public:
  enum class Schema : bool { empty, migrated };
  explicit Database(Schema schema = Schema::migrated);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }

  // Runs SQL over a connection of its own, as the administrator; answers the first column of the rows.
  std::vector<std::string> execute(const std::string& sql) const;
  // Ends every other connection, as a restart of the server would.
  void disconnect_everybody() const;

 private:
  std::string name_;
  std::string url_;
};

// What is wrong with the registered statements when they meet the migrated schema, one line each; empty when
// all is well. Every *_pgtest binary asks this by itself.
[[nodiscard]] std::vector<std::string> statement_problems();

// Ends the cluster and removes its files. The tests' main calls it.
void stop_cluster();

}  // namespace luso::testing
