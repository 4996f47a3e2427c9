#include "io/udp_send_queue.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <deque>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace luso::io {
namespace {
namespace asio = boost::asio;

// What the kernel would have put on the wire.
struct Datagram {
  std::uint16_t port = 0;
  std::string bytes;
  friend bool operator==(const Datagram&, const Datagram&) = default;
};

// A kernel that takes messages, and refuses when it is told to.
class FakeKernel {
 public:
  static constexpr int kTakeAll = 0;

  int send(std::span<mmsghdr> messages) {
    const int plan = plan_.empty() ? kTakeAll : plan_.front();
    if (!plan_.empty()) plan_.pop_front();
    if (plan < 0) {
      errno = -plan;
      return -1;
    }
    if (no_offload_ && segment_of(messages.front().msg_hdr) > 0) {
      errno = EIO;
      return -1;
    }
    const std::size_t count = plan == kTakeAll
                                  ? messages.size()
                                  : std::min<std::size_t>(static_cast<std::size_t>(plan), messages.size());
    std::size_t taken = 0;
    for (; taken < count; ++taken) {
      if (no_offload_ && segment_of(messages[taken].msg_hdr) > 0) break;
      take(messages[taken].msg_hdr);
    }
    return static_cast<int>(taken);
  }

  // The outcomes of the next calls: a number of messages taken, or a negative errno.
  void plan(std::deque<int> outcomes) { plan_ = std::move(outcomes); }

  void have_no_offload() { no_offload_ = true; }

  [[nodiscard]] const std::vector<Datagram>& sent() const { return sent_; }

 private:
  static std::size_t segment_of(const msghdr& header) {
    const cmsghdr* control = CMSG_FIRSTHDR(&header);
    if (control == nullptr || control->cmsg_type != UDP_SEGMENT) return 0;
    std::uint16_t bytes = 0;
    std::memcpy(&bytes, CMSG_DATA(control), sizeof bytes);
    return bytes;
  }

  void take(const msghdr& header) {
    sockaddr_in to{};
    std::memcpy(&to, header.msg_name, sizeof to);
    const std::string_view bytes(static_cast<const char*>(header.msg_iov->iov_base), header.msg_iov->iov_len);
    const std::size_t segment = segment_of(header);
    for (std::size_t at = 0; at < bytes.size(); at += segment == 0 ? bytes.size() : segment) {
      sent_.push_back({.port = ntohs(to.sin_port),
                       .bytes = std::string(bytes.substr(at, segment == 0 ? bytes.npos : segment))});
    }
  }

  std::deque<int> plan_;
  bool no_offload_ = false;
  std::vector<Datagram> sent_;
};

UdpPath peer(std::uint16_t port) {
  return {.remote = {asio::ip::address_v4::loopback(), port}, .local = {}};
}

class UdpSendQueueTest : public ::testing::Test {
 protected:
  void put(const std::string& bytes) {
    const auto into = queue_.room(bytes.size());
    if (into.empty()) return;
    std::ranges::copy(bytes, into.begin());
    queue_.add(bytes.size());
    wanted_.push_back({.port = port_, .bytes = bytes});
  }

  void begin(std::uint16_t port) {
    port_ = port;
    queue_.begin(peer(port));
  }

  FakeKernel kernel_;
  UdpSendQueue queue_{{.bytes_max = 4'096, .segmentation = true},
                      [this](std::span<mmsghdr> messages) { return kernel_.send(messages); }};
  std::uint16_t port_ = 0;
  std::vector<Datagram> wanted_;
};

TEST_F(UdpSendQueueTest, EqualDatagramsToOnePeerLeaveAsOneMessage) {
  begin(1);
  for (const char* bytes : {"aaaa", "bbbb", "cccc", "dd"}) put(bytes);

  EXPECT_TRUE(queue_.flush());

  EXPECT_EQ(kernel_.sent(), wanted_);
  EXPECT_EQ(queue_.stats().messages, 1U);
  EXPECT_EQ(queue_.stats().sent, 4U);
}

TEST_F(UdpSendQueueTest, ALongerOneOrOneBehindAShorterOneStartsAnotherMessage) {
  begin(1);
  for (const char* bytes : {"aa", "bbbb", "cccc", "d", "e"}) put(bytes);

  EXPECT_TRUE(queue_.flush());

  EXPECT_EQ(kernel_.sent(), wanted_);
  EXPECT_EQ(queue_.stats().messages, 3U);
}

TEST_F(UdpSendQueueTest, PeersAreNeverMixed) {
  begin(1), put("aaaa");
  begin(2), put("bbbb");
  begin(2), put("cccc");

  EXPECT_TRUE(queue_.flush());

  EXPECT_EQ(kernel_.sent(), wanted_);
  EXPECT_EQ(queue_.stats().messages, 3U);
  EXPECT_EQ(queue_.stats().calls, 1U);
}

TEST_F(UdpSendQueueTest, ARunEndsAtWhatTheKernelCuts) {
  begin(1);
  for (std::size_t i = 0; i <= UdpSendQueue::kRunDatagramsMax; ++i) put("abcd");

  EXPECT_TRUE(queue_.flush());

  EXPECT_EQ(kernel_.sent(), wanted_);
  EXPECT_EQ(queue_.stats().messages, 2U);
}

TEST_F(UdpSendQueueTest, WithoutOffloadEverythingStillArrivesAndRunsAreNotMadeAgain) {
  kernel_.have_no_offload();
  begin(1), put("aaaa"), put("bbbb"), put("cc");
  begin(2), put("dddd"), put("eeee");

  EXPECT_TRUE(queue_.flush());
  EXPECT_FALSE(queue_.segmentation());
  begin(3), put("ffff"), put("gggg");
  EXPECT_TRUE(queue_.flush());

  EXPECT_EQ(kernel_.sent(), wanted_);
  EXPECT_EQ(queue_.stats().runs_split, 2U);
  EXPECT_EQ(queue_.stats().dropped_failed, 0U);
}

TEST_F(UdpSendQueueTest, APathTooNarrowForARunConcernsThatPeerOnly) {
  kernel_.plan({-EINVAL});
  begin(1), put("aaaa"), put("bbbb");

  EXPECT_TRUE(queue_.flush());

  EXPECT_EQ(kernel_.sent(), wanted_);
  EXPECT_TRUE(queue_.segmentation());
}

TEST_F(UdpSendQueueTest, ARefusedDatagramIsCountedAndTheRestGoesOn) {
  kernel_.plan({-ENETUNREACH});
  begin(1), put("aaaa");
  begin(2), put("bbbb");

  EXPECT_TRUE(queue_.flush());

  EXPECT_EQ(kernel_.sent(), (std::vector<Datagram>{{.port = 2, .bytes = "bbbb"}}));
  EXPECT_EQ(queue_.stats().dropped_failed, 1U);
}

TEST_F(UdpSendQueueTest, AFullKernelKeepsWhatIsLeftUntilItIsWritable) {
  kernel_.plan({1, -EAGAIN});
  for (std::uint16_t port = 1; port <= 3; ++port) begin(port), put("aaaa"), put("bb");

  EXPECT_FALSE(queue_.flush());
  begin(4), put("cccc");
  EXPECT_FALSE(queue_.flush());
  EXPECT_EQ(queue_.stats().sent, 2U);
  EXPECT_TRUE(queue_.resume());

  EXPECT_EQ(kernel_.sent(), wanted_);
  EXPECT_TRUE(queue_.empty());
}

TEST_F(UdpSendQueueTest, AFullQueueBehindAFullKernelDropsAndCounts) {
  kernel_.plan({-EAGAIN});
  begin(1);
  put(std::string(1'000, 'a'));
  EXPECT_FALSE(queue_.flush());

  for (int i = 0; i < 9; ++i) put(std::string(1'000, 'b'));
  EXPECT_EQ(queue_.stats().dropped_full, 6U);
  EXPECT_EQ(queue_.stats().calls, 1U);
  EXPECT_TRUE(queue_.resume());

  EXPECT_EQ(kernel_.sent(), wanted_);
}

TEST_F(UdpSendQueueTest, AFullBufferIsSentToMakeRoom) {
  begin(1);
  for (int i = 0; i < 10; ++i) put(std::string(1'000, 'a'));
  EXPECT_TRUE(queue_.flush());

  EXPECT_EQ(kernel_.sent(), wanted_);
  EXPECT_EQ(queue_.stats().dropped_full, 0U);
  EXPECT_EQ(queue_.stats().messages, 3U);
}

}  // namespace
}  // namespace luso::io
