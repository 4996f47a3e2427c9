#include "io/udp_send_queue.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <utility>

#include "base/check.h"

namespace luso::io {

namespace {

// What a kernel says that cannot segment: no offload on this device (EIO), no such option, a size that does
// not fit the path's MTU (EINVAL, EMSGSIZE).
bool is_about_segmentation(int error) {
  return error == EIO || error == EINVAL || error == EMSGSIZE || error == EOPNOTSUPP || error == ENOPROTOOPT;
}

// Writes ancillary data into a message's control buffer, one after the other.
class ControlWriter {
 public:
  explicit ControlWriter(std::span<std::uint8_t> into) : into_(into) {}

  template <typename T>
  void add(int level, int type, const T& value) {
    LUSO_CHECK(size_ + CMSG_SPACE(sizeof value) <= into_.size());
    cmsghdr header{};
    header.cmsg_len = CMSG_LEN(sizeof value);
    header.cmsg_level = level;
    header.cmsg_type = type;
    std::memcpy(into_.data() + size_, &header, sizeof header);
    std::memcpy(into_.data() + size_ + CMSG_LEN(0), &value, sizeof value);
    size_ += CMSG_SPACE(sizeof value);
  }

  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::span<std::uint8_t> into_;
  std::size_t size_ = 0;
};

void add_source_address(ControlWriter& control, const UdpPath& to) {
  if (to.local.is_unspecified()) return;
  if (to.local.is_v4()) {
    in_pktinfo info{};
    const auto bytes = to.local.to_v4().to_bytes();
    std::memcpy(&info.ipi_spec_dst, bytes.data(), bytes.size());
    control.add(IPPROTO_IP, IP_PKTINFO, info);
    return;
  }
  in6_pktinfo info{};
  const auto bytes = to.local.to_v6().to_bytes();
  std::memcpy(&info.ipi6_addr, bytes.data(), bytes.size());
  control.add(IPPROTO_IPV6, IPV6_PKTINFO, info);
}

}  // namespace

UdpSendQueue::UdpSendQueue(Settings settings, Send send)
    : settings_(settings),
      send_(std::move(send)),
      buffer_(settings.bytes_max),
      headers_(kMessagesPerCallMax),
      pieces_(kMessagesPerCallMax),
      controls_(kMessagesPerCallMax) {}

void UdpSendQueue::begin(const UdpPath& to) {
  to_ = to;
  continues_ = false;
}

std::span<std::uint8_t> UdpSendQueue::room(std::size_t bytes_max) {
  if (bytes_max > buffer_.size() - used_) flush();
  if (bytes_max > buffer_.size() - used_) {
    ++stats_.dropped_full;
    return {};
  }
  return std::span(buffer_).subspan(used_, bytes_max);
}

bool UdpSendQueue::fits(const Message& run, std::size_t bytes) const {
  return settings_.segmentation && !run.closed && bytes <= run.segment && run.datagrams < kRunDatagramsMax &&
         run.bytes + bytes <= kRunBytesMax;
}

void UdpSendQueue::add(std::size_t bytes) {
  LUSO_CHECK(bytes > 0 && bytes <= kDatagramBytesMax && bytes <= buffer_.size() - used_);
  if (continues_ && fits(messages_.back(), bytes)) {
    Message& run = messages_.back();
    run.closed = bytes < run.segment;
    run.bytes += static_cast<std::uint32_t>(bytes);
    ++run.datagrams;
  } else {
    messages_.push_back({.to = to_,
                         .offset = static_cast<std::uint32_t>(used_),
                         .bytes = static_cast<std::uint32_t>(bytes),
                         .datagrams = 1,
                         .segment = static_cast<std::uint16_t>(bytes)});
    continues_ = true;
  }
  used_ += bytes;
}

bool UdpSendQueue::resume() {
  blocked_ = false;
  return flush();
}

bool UdpSendQueue::flush() {
  if (blocked_) return false;
  while (first_ < messages_.size()) {
    const int taken = send_(prepare());
    ++stats_.calls;
    if (taken > 0) {
      take_accepted(static_cast<std::size_t>(taken));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      blocked_ = true;
      forget_sent();
      return false;
    } else if (errno != EINTR) {
      take_refusal(errno);
    }
  }
  forget_sent();
  return true;
}

std::span<mmsghdr> UdpSendQueue::prepare() {
  const std::size_t count = std::min(messages_.size() - first_, kMessagesPerCallMax);
  for (std::size_t i = 0; i < count; ++i) prepare(messages_[first_ + i], i);
  return std::span(headers_).first(count);
}

void UdpSendQueue::prepare(const Message& message, std::size_t index) {
  pieces_[index] = {.iov_base = buffer_.data() + message.offset, .iov_len = message.bytes};
  ControlWriter control(controls_[index].bytes);
  if (message.datagrams > 1) control.add(IPPROTO_UDP, UDP_SEGMENT, message.segment);
  add_source_address(control, message.to);
  msghdr& header = headers_[index].msg_hdr;
  header = {};
  header.msg_name = const_cast<void*>(static_cast<const void*>(message.to.remote.data()));
  header.msg_namelen = static_cast<socklen_t>(message.to.remote.size());
  header.msg_iov = &pieces_[index];
  header.msg_iovlen = 1;
  header.msg_control = control.size() > 0 ? controls_[index].bytes : nullptr;
  header.msg_controllen = control.size();
}

void UdpSendQueue::take_accepted(std::size_t messages) {
  for (std::size_t i = 0; i < messages; ++i) {
    stats_.sent += messages_[first_ + i].datagrams;
    stats_.bytes += messages_[first_ + i].bytes;
  }
  stats_.messages += messages;
  first_ += messages;
}

void UdpSendQueue::take_refusal(int error) {
  if (messages_[first_].datagrams > 1 && is_about_segmentation(error)) {
    // A path whose MTU is too small concerns one peer; anything else, every one.
    if (error != EINVAL && error != EMSGSIZE) settings_.segmentation = false;
    split_first();
    return;
  }
  stats_.dropped_failed += messages_[first_].datagrams;
  ++first_;
}

void UdpSendQueue::split_first() {
  const Message run = messages_[first_];
  std::vector<Message> singles;
  for (std::uint32_t done = 0; done < run.bytes; done += run.segment) {
    const std::uint32_t bytes = std::min<std::uint32_t>(run.segment, run.bytes - done);
    singles.push_back({.to = run.to,
                       .offset = run.offset + done,
                       .bytes = bytes,
                       .datagrams = 1,
                       .segment = static_cast<std::uint16_t>(bytes),
                       .closed = true});
  }
  const auto at = messages_.begin() + static_cast<std::ptrdiff_t>(first_);
  messages_.insert(messages_.erase(at), singles.begin(), singles.end());
  ++stats_.runs_split;
}

// What is left moves to the front, so that the room behind it can be used while the socket is full.
void UdpSendQueue::forget_sent() {
  messages_.erase(messages_.begin(), messages_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
  if (messages_.empty()) {
    used_ = 0;
    continues_ = false;
    return;
  }
  const std::uint32_t gone = messages_.front().offset;
  std::memmove(buffer_.data(), buffer_.data() + gone, used_ - gone);
  used_ -= gone;
  for (Message& message : messages_) message.offset -= gone;
}

}  // namespace luso::io
