#include "io/udp.h"

#include <algorithm>
#include <arpa/inet.h>
#include <chrono>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "io/scope.h"

namespace luso::io {
namespace {
namespace asio = boost::asio;
using namespace std::chrono_literals;

constexpr auto kLongEnough = 20s;

UdpEndpoint loopback(std::uint16_t port = 0) {
  return {asio::ip::address_v4::loopback(), port};
}

// A blocking socket of somebody else.
class PlainSocket {
 public:
  explicit PlainSocket(const UdpEndpoint& address = loopback()) : socket_(context_, address) {
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  [[nodiscard]] UdpPath path() const { return {.remote = socket_.local_endpoint(), .local = {}}; }

  void send(const std::string& bytes, const UdpEndpoint& to) { socket_.send_to(asio::buffer(bytes), to); }

  std::string receive(UdpEndpoint* from = nullptr) {
    std::string bytes(4'096, 0);
    UdpEndpoint sender;
    const ssize_t size = [&] {
      socklen_t length = static_cast<socklen_t>(sender.capacity());
      return ::recvfrom(socket_.native_handle(), bytes.data(), bytes.size(), 0, sender.data(), &length);
    }();
    if (size < 0) return "nothing came";
    if (from != nullptr) *from = sender;
    bytes.resize(static_cast<std::size_t>(size));
    return bytes;
  }

 private:
  asio::io_context context_;
  asio::ip::udp::socket socket_;
};

class UdpTest : public ::testing::Test {
 protected:
  UdpTest() { reactors_.start(); }

  ~UdpTest() override {
    if (!socket_) return;
    on_reactor([this]() -> Task<void> {
      socket_->close();
      co_await scope_->close();
      socket_.reset();
    });
  }

  void on_reactor(std::function<Task<void>()> body) {
    asio::co_spawn(reactors_.home().context(), std::move(body), asio::use_future).get();
  }

  void open(const UdpEndpoint& at, UdpSocket::Settings settings = {}) {
    auto opened = UdpSocket::open(reactors_.home(), at, settings);
    ASSERT_TRUE(opened) << opened.error().detail;
    socket_ = std::move(*opened);
  }

  void serve(UdpSocket::Handler handler) {
    reactors_.home().post([this, handler = std::move(handler)]() mutable {
      scope_->spawn([this, handler] { return socket_->receive(handler); });
    });
  }

  Reactors reactors_{{.count = 1, .blocking_threads = 1}};
  std::unique_ptr<Scope> scope_ = std::make_unique<Scope>(reactors_.home().executor());
  std::unique_ptr<UdpSocket> socket_;
};

TEST_F(UdpTest, RunsToSeveralPeersArriveAsTheDatagramsTheyWere) {
  open(loopback());
  std::vector<std::unique_ptr<PlainSocket>> peers;
  for (int i = 0; i < 5; ++i) peers.push_back(std::make_unique<PlainSocket>());

  on_reactor([&]() -> Task<void> {
    for (std::size_t peer = 0; peer < peers.size(); ++peer) {
      socket_->begin(peers[peer]->path());
      for (std::size_t i = 0; i < 7; ++i) {
        const std::size_t size = i < 6 ? 1'200 : 300;
        const auto room = socket_->room(size);
        std::ranges::fill(room, static_cast<std::uint8_t>('a' + peer + i));
        socket_->add(size);
      }
    }
    socket_->flush();
    co_return;
  });

  for (std::size_t peer = 0; peer < peers.size(); ++peer) {
    for (std::size_t i = 0; i < 7; ++i) {
      EXPECT_EQ(peers[peer]->receive(), std::string(i < 6 ? 1'200 : 300, static_cast<char>('a' + peer + i)));
    }
  }
  EXPECT_EQ(socket_->sent().sent, 35U);
  if (socket_->segmentation()) {
    EXPECT_EQ(socket_->sent().messages, 5U);
  }
}

TEST_F(UdpTest, WhatComesCarriesItsSourceItsTimeAndTheAddressItWasSentTo) {
  open({asio::ip::address_v4::any(), 0});
  std::promise<std::pair<std::string, UdpPath>> came;
  const MonoTime before = std::chrono::steady_clock::now();
  MonoTime arrived;
  serve([&](std::span<UdpDatagram> batch) {
    arrived = batch.front().arrived;
    came.set_value({std::string(batch.front().bytes.begin(), batch.front().bytes.end()), batch.front().path});
  });
  PlainSocket peer;

  peer.send("bom dia", {asio::ip::make_address("127.0.0.2"), socket_->local().port()});
  auto future = came.get_future();
  ASSERT_EQ(future.wait_for(kLongEnough), std::future_status::ready);

  const auto [text, path] = future.get();
  EXPECT_EQ(text, "bom dia");
  EXPECT_EQ(path.remote, peer.path().remote);
  EXPECT_EQ(path.local, asio::ip::make_address("127.0.0.2"));
  EXPECT_LE(before, arrived);
  EXPECT_LE(arrived, std::chrono::steady_clock::now());
}

TEST_F(UdpTest, AnAnswerLeavesFromTheAddressThatWasAsked) {
  open({asio::ip::address_v4::any(), 0});
  serve([&](std::span<UdpDatagram> batch) {
    for (const UdpDatagram& datagram : batch) socket_->send(datagram.path, datagram.bytes);
  });
  PlainSocket peer;
  const UdpEndpoint asked(asio::ip::make_address("127.0.0.3"), socket_->local().port());

  peer.send("eco", asked);
  UdpEndpoint from;

  EXPECT_EQ(peer.receive(&from), "eco");
  EXPECT_EQ(from, asked);
}

TEST_F(UdpTest, ADualSocketTalksToBothFamilies) {
  auto opened = UdpSocket::open(reactors_.home(), {asio::ip::address_v6::any(), 0}, {});
  if (!opened) GTEST_SKIP() << "this machine has no IPv6: " << opened.error().detail;
  socket_ = std::move(*opened);
  serve([&](std::span<UdpDatagram> batch) {
    for (const UdpDatagram& datagram : batch) {
      socket_->begin(datagram.path);
      for (int i = 0; i < 2; ++i) {
        std::ranges::copy(datagram.bytes, socket_->room(datagram.bytes.size()).begin());
        socket_->add(datagram.bytes.size());
      }
    }
  });
  PlainSocket four;
  PlainSocket six({asio::ip::address_v6::loopback(), 0});

  four.send("4", loopback(socket_->local().port()));
  six.send("6", {asio::ip::address_v6::loopback(), socket_->local().port()});

  for (int i = 0; i < 2; ++i) EXPECT_EQ(four.receive(), "4");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(six.receive(), "6");
}

TEST_F(UdpTest, ATakenPortIsAnErrorAndATooLongDatagramIsCounted) {
  open(loopback());
  EXPECT_FALSE(UdpSocket::open(reactors_.home(), socket_->local(), {}));
  std::promise<std::string> came;
  serve([&](std::span<UdpDatagram> batch) {
    for (const UdpDatagram& datagram : batch) {
      came.set_value(std::string(datagram.bytes.begin(), datagram.bytes.end()));
    }
  });
  PlainSocket peer;

  peer.send(std::string(UdpSocket::kDatagramBytesMax + 1, 'x'), socket_->local());
  peer.send("short", socket_->local());

  EXPECT_EQ(came.get_future().get(), "short");
  EXPECT_EQ(socket_->received().truncated, 1U);
  EXPECT_GT(socket_->receive_buffer_bytes(), 0U);
  EXPECT_GT(socket_->send_buffer_bytes(), 0U);
}

}  // namespace
}  // namespace luso::io
