#include "proto/fixtures_test.h"

#include <bit>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <unistd.h>

#include <gtest/gtest.h>

#include "base/check.h"
#include "base/text.h"

namespace luso::proto::testing {

Bytes hex(std::string_view digits) {
  std::string packed;
  for (const char c : digits)
    if (c != ' ' && c != '\n') packed += c;
  const auto decoded = hex_decode(packed);
  LUSO_CHECK(decoded.has_value());
  return *decoded;
}

Bytes fixture(std::string_view name) {
  std::ifstream file(std::string(LUSO_PROTO_TESTDATA) + "/" + std::string(name), std::ios::binary);
  LUSO_CHECK(file.good());
  return Bytes{std::istreambuf_iterator<char>(file), {}};
}

// Adobe FLV 10.1, E.3 and E.4.
std::vector<FlvTag> read_flv(ByteView file) {
  constexpr unsigned kAudio = 8, kVideo = 9;
  std::vector<FlvTag> tags;
  ByteReader reader(file);
  reader.skip(9 + 4);
  while (!reader.empty()) {
    const unsigned type = reader.u8();
    const std::size_t size = reader.u24();
    const std::uint32_t low = reader.u24(), high = reader.u8();
    reader.skip(3);
    ByteReader body(reader.take(size));
    reader.skip(4);
    FlvTag tag;
    tag.is_video = type == kVideo;
    tag.dts_ms = high << 24U | low;
    if (type != kVideo && type != kAudio) continue;
    body.skip(1);
    tag.is_config = body.u8() == 0;
    if (tag.is_video) tag.cts_ms = static_cast<std::int32_t>(body.u24());
    tag.payload = body.rest();
    if (!tag.payload.empty()) tags.push_back(tag);
  }
  return tags;
}

bool have_ffprobe() {
  return std::system("command -v ffprobe >/dev/null 2>&1") == 0;
}

std::string ffprobe(ByteView file, std::string_view arguments) {
  std::string path = ::testing::TempDir() + "luso_proto_XXXXXX";
  const int descriptor = mkstemp(path.data());
  LUSO_CHECK(descriptor >= 0);
  LUSO_CHECK(::write(descriptor, file.data(), file.size()) == static_cast<ssize_t>(file.size()));
  ::close(descriptor);
  const std::string command = "ffprobe -v error " + std::string(arguments) + " " + path + " 2>&1";
  std::string output;
  FILE* pipe = popen(command.c_str(), "r");
  LUSO_CHECK(pipe != nullptr);
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
  pclose(pipe);
  ::unlink(path.c_str());
  return output;
}

BitWriter& BitWriter::bits(std::uint64_t value, unsigned count) {
  for (unsigned i = count; i > 0; --i) {
    if (used_ % 8 == 0) bytes_.push_back(0);
    if ((value >> (i - 1) & 1U) != 0) bytes_.back() |= static_cast<std::uint8_t>(0x80U >> (used_ % 8));
    ++used_;
  }
  return *this;
}

BitWriter& BitWriter::ue(std::uint32_t value) {
  const std::uint64_t code = std::uint64_t{value} + 1;
  const auto width = static_cast<unsigned>(std::bit_width(code));
  return bits(0, width - 1).bits(code, width);
}

BitWriter& BitWriter::trailing() {
  return bits(1, 1).bits(0, (8 - used_ % 8) % 8);
}

Bytes escape(ByteView payload) {
  Bytes out;
  unsigned zeros = 0;
  for (const std::uint8_t byte : payload) {
    if (zeros >= 2 && byte <= 3) {
      out.push_back(3);
      zeros = 0;
    }
    zeros = byte == 0 ? zeros + 1 : 0;
    out.push_back(byte);
  }
  return out;
}

}  // namespace luso::proto::testing
