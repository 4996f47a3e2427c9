#pragma once

#include <string>
#include <sys/types.h>

namespace luso::testing::internal {

// A PostgreSQL server and how to reach its databases.
class Cluster {
 public:
  virtual ~Cluster() = default;
  // A libpq connection string for one of its databases; without a name, the one administrators connect to.
  [[nodiscard]] virtual std::string url_of(const std::string& database) const = 0;
};

// The server LUSO_TEST_DATABASE_URL names. The role needs CREATEDB.
class GivenCluster final : public Cluster {
 public:
  explicit GivenCluster(std::string url) : url_(std::move(url)) {}

  [[nodiscard]] std::string url_of(const std::string& database) const override;

 private:
  std::string url_;
};

// A cluster in a temporary folder, reached through a Unix socket in it, durable against nothing. The kernel
// takes the server down with us, however we end; folders left by a killed run are swept by the next one.
class PrivateCluster final : public Cluster {
 public:
  PrivateCluster();
  ~PrivateCluster() override;
  PrivateCluster(const PrivateCluster&) = delete;
  PrivateCluster& operator=(const PrivateCluster&) = delete;
  [[nodiscard]] std::string url_of(const std::string& database) const override;

 private:
  void initialise() const;
  void start();
  void wait_until_ready() const;

  std::string folder_;
  pid_t server_ = -1;
};

}  // namespace luso::testing::internal
