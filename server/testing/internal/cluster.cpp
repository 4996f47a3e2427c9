#include "testing/internal/cluster.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

#include <libpq-fe.h>

#include "base/check.h"
#include "base/text.h"

namespace luso::testing::internal {
namespace fs = std::filesystem;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view kFolderPrefix = "luso-pgtest-";
constexpr auto kStartTimeout = 30s;
constexpr std::uintmax_t kMemoryNeeded = 1ULL << 30U;

[[noreturn]] void give_up(const std::string& why) {
  std::fprintf(stderr, "no PostgreSQL for the tests: %s\n", why.c_str());
  std::exit(1);
}

// Debian keeps the server's programs out of PATH.
std::string program(const std::string& name) {
  const fs::path root = "/usr/lib/postgresql";
  std::string found;
  int newest = 0;
  std::error_code missing;
  for (const auto& entry : fs::directory_iterator(root, missing)) {
    const fs::path candidate = entry.path() / "bin" / name;
    const int version = parse_integer<int>(entry.path().filename().string()).value_or(0);
    if (version > newest && fs::exists(candidate)) {
      newest = version;
      found = candidate;
    }
  }
  return found.empty() ? name : found;
}

// PostgreSQL refuses to run as root: the package made it a user.
const passwd* server_user() {
  if (geteuid() != 0) return nullptr;
  const passwd* user = getpwnam("postgres");
  if (user == nullptr) give_up("there is no user named postgres to run it as");
  return user;
}

// Between fork and exec: only calls that are safe there.
[[noreturn]] void become(const passwd* user, const std::string& folder, std::vector<char*>& arguments) {
  if (user != nullptr &&
      (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
    _exit(126);
  prctl(PR_SET_PDEATHSIG, SIGQUIT);  // Immediate shutdown. Set after setuid, which clears it.
  setsid();                          // Ctrl-C reaches us alone, and we take it down in order.
  const std::string log = folder + "/log";
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (out >= 0) {
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
  }
  if (chdir(folder.c_str()) != 0) _exit(126);
  execvp(arguments.front(), arguments.data());
  _exit(127);
}

pid_t spawn(const std::string& folder, std::vector<std::string> command) {
  const passwd* user = server_user();
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) give_up("cannot fork");
  if (child == 0) become(user, folder, arguments);
  return child;
}

void print_log(const std::string& folder) {
  std::FILE* log = std::fopen((folder + "/log").c_str(), "r");
  if (log == nullptr) return;
  std::array<char, 1024> line{};
  while (std::fgets(line.data(), line.size(), log) != nullptr) std::fputs(line.data(), stderr);
  std::fclose(log);
}

// Cloning a database is mostly making files: in memory it costs half, where there is room.
fs::path roomy_folder() {
  const fs::path memory = "/dev/shm";
  std::error_code none;
  const fs::space_info space = fs::space(memory, none);
  const bool fits = !none && space.available > kMemoryNeeded && access(memory.c_str(), W_OK) == 0;
  return fits ? memory : fs::temp_directory_path();
}

// A folder is named after the process that made it.
void sweep_left_behind(const fs::path& root) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(root, ignored)) {
    const std::string name = entry.path().filename();
    if (!name.starts_with(kFolderPrefix)) continue;
    const auto owner = parse_integer<pid_t>(split(name.substr(kFolderPrefix.size()), '-').front());
    if (owner && kill(*owner, 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), ignored);
  }
}

}  // namespace

std::string GivenCluster::url_of(const std::string& database) const {
  if (database.empty()) return url_;
  const std::size_t scheme = url_.find("://");
  if (scheme == std::string::npos) return url_ + " dbname=" + database;  // The last one counts.
  const std::size_t query = std::min(url_.find('?'), url_.size());
  const std::size_t path = std::min(url_.find('/', scheme + 3), query);
  return url_.substr(0, path) + "/" + database + url_.substr(query);
}

PrivateCluster::PrivateCluster() {
  const fs::path root = roomy_folder();
  sweep_left_behind(root);
  std::string pattern = (root / (std::string(kFolderPrefix) + std::to_string(getpid()) + "-XXXXXX")).string();
  if (mkdtemp(pattern.data()) == nullptr) give_up("cannot make " + pattern);
  folder_ = pattern;
  if (const passwd* user = server_user();
      user != nullptr && chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0) {
    give_up("cannot hand " + folder_ + " over to postgres");
  }
  initialise();
  start();
  wait_until_ready();
}

PrivateCluster::~PrivateCluster() {
  if (server_ > 0) {
    kill(server_, SIGQUIT);
    waitpid(server_, nullptr, 0);
  }
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void PrivateCluster::initialise() const {
  const pid_t child =
      spawn(folder_, {program("initdb"), "-D", folder_ + "/data", "-U", "postgres", "-A", "trust", "-E",
                      "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"});
  int status = 0;
  if (waitpid(child, &status, 0) == child && status == 0) return;
  print_log(folder_);
  give_up("initdb failed");
}

void PrivateCluster::start() {
  server_ = spawn(folder_, {program("postgres"),
                            "-D",
                            folder_ + "/data",
                            "-k",
                            folder_,
                            "-c",
                            "listen_addresses=",
                            "-c",
                            "fsync=off",
                            "-c",
                            "synchronous_commit=off",
                            "-c",
                            "full_page_writes=off",
                            "-c",
                            "max_connections=200",
                            "-c",
                            "shared_buffers=64MB",
                            "-c",
                            "autovacuum=off",
                            "-c",
                            "max_wal_senders=0",
                            "-c",
                            "max_wal_size=64MB",
                            "-c",
                            "min_wal_size=32MB",
                            "-c",
                            "wal_level=minimal",
                            "-c",
                            "checkpoint_timeout=1h"});
}

void PrivateCluster::wait_until_ready() const {
  const std::string url = url_of("");
  const auto give_up_at = std::chrono::steady_clock::now() + kStartTimeout;
  while (PQping(url.c_str()) != PQPING_OK) {
    if (waitpid(server_, nullptr, WNOHANG) != 0 || std::chrono::steady_clock::now() > give_up_at) {
      print_log(folder_);
      give_up("the server did not start");
    }
    std::this_thread::sleep_for(20ms);  // PostgreSQL has no way to call us.
  }
}

std::string PrivateCluster::url_of(const std::string& database) const {
  return "host=" + folder_ + " user=postgres dbname=" + (database.empty() ? "postgres" : database);
}

}  // namespace luso::testing::internal
