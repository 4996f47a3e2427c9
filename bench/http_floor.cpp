// http_floor --answer FILE
// What answering over HTTP costs at the least on this machine: one epoll loop that receives, parses nothing
// and sends the bytes of FILE, head included. Prints {"port":N} and serves until it is killed.
#include <array>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "flv_film.h"

namespace luso::bench {
namespace {

void watch(int poll, int socket) {
  epoll_event event{.events = EPOLLIN | EPOLLET, .data = {.fd = socket}};
  if (epoll_ctl(poll, EPOLL_CTL_ADD, socket, &event) != 0) die("epoll_ctl failed");
}

int listen_on_loopback() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0 || listen(listener, 1'024) != 0) {
    die("no port to listen on");
  }
  getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
  std::printf("{\"port\":%u}\n", static_cast<unsigned>(ntohs(address.sin_port)));
  std::fflush(stdout);
  return listener;
}

void accept_all(int poll, int listener) {
  const int on = 1;
  for (int client = 0; (client = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
    setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    watch(poll, client);
  }
}

[[noreturn]] void serve(const std::string& answer) {
  const int poll = epoll_create1(0);
  const int listener = listen_on_loopback();
  watch(poll, listener);
  std::array<epoll_event, 128> events{};
  std::array<char, 4'096> request{};
  for (;;) {
    const int count = epoll_wait(poll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int client = events.at(static_cast<std::size_t>(i)).data.fd;
      if (client == listener) {
        accept_all(poll, listener);
      } else if (recv(client, request.data(), request.size(), 0) <= 0) {
        close(client);
      } else {
        send(client, answer.data(), answer.size(), MSG_NOSIGNAL);
      }
    }
  }
}

}  // namespace
}  // namespace luso::bench

int main(int argc, char** argv) {
  if (argc != 3 || std::strcmp(argv[1], "--answer") != 0) luso::bench::die("--answer is needed");
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  std::ifstream file(argv[2], std::ios::binary);
  luso::bench::serve({std::istreambuf_iterator<char>(file), {}});
}
