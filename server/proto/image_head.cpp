#include "proto/image_head.h"

#include <algorithm>
#include <array>
#include <optional>

namespace luso::proto {
namespace {

constexpr std::array<std::uint8_t, 8> kPngSignature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
constexpr std::uint32_t kSideMax = 0x3FFFFFFF;  // Beyond it the sides of a picture do not multiply safely.
constexpr std::size_t kExifEntriesMax = 256;    // Cameras write a dozen or two.

tl::unexpected<Error> broken(std::string detail) {
  return fail(ErrorKind::invalid, "pictures.broken", std::move(detail));
}

bool starts_with(ByteView bytes, std::string_view text) {
  return bytes.size() >= text.size() && as_text(bytes.first(text.size())) == text;
}

// Fields in the byte order that the TIFF header names; nothing when they lie outside.
class Tiff {
 public:
  explicit Tiff(ByteView bytes) : bytes_(bytes), little_(starts_with(bytes, "II")) {}

  [[nodiscard]] bool is_valid() const { return (little_ || starts_with(bytes_, "MM")) && field(2, 2) == 42U; }

  [[nodiscard]] std::optional<std::uint32_t> field(std::size_t at, std::size_t width) const {
    if (at > bytes_.size() || width > bytes_.size() - at) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      value = value << 8U | bytes_[at + (little_ ? width - 1 - i : i)];
    }
    return value;
  }

 private:
  ByteView bytes_;
  bool little_;
};

// TIFF 6.0, section 2: the first directory's tag 274. A damaged EXIF block is no reason to refuse a picture.
Orientation orientation_in(ByteView exif) {
  constexpr std::uint32_t kOrientationTag = 274;
  constexpr std::size_t kEntryBytes = 12;
  if (starts_with(exif, std::string_view("Exif\0\0", 6))) exif = exif.subspan(6);
  const Tiff tiff(exif);
  if (!tiff.is_valid()) return Orientation::upright;
  const std::size_t directory = tiff.field(4, 4).value_or(0);
  const std::size_t count = std::min<std::size_t>(tiff.field(directory, 2).value_or(0), kExifEntriesMax);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t entry = directory + 2 + i * kEntryBytes;
    if (tiff.field(entry, 2) != kOrientationTag) continue;
    const std::uint32_t value = tiff.field(entry + 8, 2).value_or(1);
    if (value >= 1 && value <= 8) return static_cast<Orientation>(value);
  }
  return Orientation::upright;
}

Result<ImageHead> checked(ImageHead head) {
  if (head.width == 0 || head.height == 0 || head.width > kSideMax || head.height > kSideMax)
    return broken("no size");
  return head;
}

// SOF0 to SOF15 but for DHT, JPG and DAC, which share the range: ITU-T T.81, table B.1.
bool is_start_of_frame(std::uint8_t marker) {
  return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
}

// Behind a scan's header: up to the next marker that is neither a stuffed zero nor a restart.
void skip_entropy_coded(ByteReader& in) {
  const ByteView rest = in.rest();
  std::size_t at = 0;
  while (at + 1 < rest.size()) {
    const bool is_marker = rest[at] == 0xFF && rest[at + 1] != 0 && rest[at + 1] != 0xFF &&
                           (rest[at + 1] < 0xD0 || rest[at + 1] > 0xD7);
    if (is_marker) break;
    ++at;
  }
  in.skip(at + 1 < rest.size() ? at : rest.size());
}

// ITU-T T.81, B.1.1.
Result<ImageHead> parse_jpeg(ByteView file) {
  constexpr std::uint8_t kEndOfImage = 0xD9;
  constexpr std::uint8_t kStartOfScan = 0xDA;
  constexpr std::uint8_t kApp1 = 0xE1;
  ImageHead head;
  head.type = ImageType::jpeg;
  ByteReader in(file);
  in.skip(2);
  while (!in.empty()) {
    if (in.u8() != 0xFF) return broken("no JPEG marker");
    std::uint8_t marker = 0xFF;
    while (marker == 0xFF && !in.empty()) marker = in.u8();
    if (marker == kEndOfImage) {
      head.first_frame = file.first(file.size() - in.remaining());
      return checked(head);
    }
    const std::size_t length = in.u16();
    if (length < 2) return broken("a JPEG segment without length");
    const ByteView segment = in.take(length - 2);
    if (in.failed()) break;
    if (is_start_of_frame(marker)) {
      ByteReader frame(segment);
      frame.skip(1);
      const std::uint32_t height = frame.u16();
      const std::uint32_t width = frame.u16();
      // A second frame of another size is how a small header would hide a large picture.
      if (head.width != 0 && (head.width != width || head.height != height)) return broken("two sizes");
      head.width = width;
      head.height = height;
    }
    if (marker == kApp1 && starts_with(segment, "Exif")) head.orientation = orientation_in(segment);
    if (marker == kStartOfScan) skip_entropy_coded(in);
  }
  return broken("a JPEG without end");
}

// PNG 1.2, 3.2 and 11.2.2.
Result<ImageHead> parse_png(ByteView file) {
  ImageHead head;
  head.type = ImageType::png;
  ByteReader in(file);
  in.skip(kPngSignature.size());
  for (bool is_first = true; !in.empty(); is_first = false) {
    const std::size_t length = in.u32();
    const ByteView name = in.take(4);
    const ByteView data = in.take(length);
    in.skip(4);
    if (in.failed() || is_first != (as_text(name) == "IHDR")) return broken("a PNG with a chunk astray");
    if (is_first) {
      ByteReader header(data);
      head.width = header.u32();
      head.height = header.u32();
    }
    if (as_text(name) == "acTL") head.is_animated = true;
    if (as_text(name) == "eXIf") head.orientation = orientation_in(data);
    if (as_text(name) == "IEND") {
      head.first_frame = file.first(file.size() - in.remaining());
      return checked(head);
    }
  }
  return broken("a PNG without end");
}

std::uint32_t little_endian(ByteView bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) value = value << 8U | bytes[i - 1];
  return value;
}

struct Chunk {
  std::string_view name;
  ByteView data;
};

// A RIFF chunk and its padding; an empty name when the bytes do not hold one.
Chunk take_chunk(ByteReader& in) {
  const ByteView name = in.take(4);
  const std::size_t length = little_endian(in.take(4));
  const ByteView data = in.take(length);
  if (in.failed()) return {};
  if (length % 2 == 1 && !in.empty()) in.skip(1);
  return {.name = as_text(name), .data = data};
}

// RFC 6386, 9.1, and the WebP lossless bitstream, 3: what the picture's own header says.
void read_bitstream_size(const Chunk& chunk, ImageHead& head) {
  if (head.width != 0) return;  // Decoders take the first picture, so its size is the one that counts.
  if (chunk.name == "VP8 " && chunk.data.size() >= 10) {
    head.width = little_endian(chunk.data.subspan(6, 2)) & 0x3FFFU;
    head.height = little_endian(chunk.data.subspan(8, 2)) & 0x3FFFU;
  }
  if (chunk.name == "VP8L" && chunk.data.size() >= 5) {
    const std::uint32_t bits = little_endian(chunk.data.subspan(1, 4));
    head.width = (bits & 0x3FFFU) + 1;
    head.height = (bits >> 14U & 0x3FFFU) + 1;
  }
}

// The first frame of an animation: sixteen bytes of place and time, then the chunks of a still picture.
void read_first_animation_frame(ByteView frame, ImageHead& head) {
  constexpr std::size_t kFrameHeaderBytes = 16;
  if (frame.size() < kFrameHeaderBytes) return;
  head.first_frame = frame.subspan(kFrameHeaderBytes);
  ByteReader in(head.first_frame);
  while (!in.empty()) {
    const Chunk chunk = take_chunk(in);
    if (chunk.name.empty()) return;
    read_bitstream_size(chunk, head);
  }
}

Result<ImageHead> parse_webp(ByteView file) {
  constexpr std::size_t kRiffHeaderBytes = 8;
  const std::size_t length = little_endian(file.subspan(4, 4));
  if (length < 4 || length > file.size() - kRiffHeaderBytes) return broken("a WebP without end");
  ImageHead head;
  head.type = ImageType::webp;
  head.first_frame = file.first(kRiffHeaderBytes + length);
  ByteReader in(head.first_frame.subspan(kRiffHeaderBytes + 4));
  while (!in.empty()) {
    const Chunk chunk = take_chunk(in);
    if (chunk.name.empty()) return broken("a WebP with a chunk astray");
    if (!head.is_animated) read_bitstream_size(chunk, head);
    if (chunk.name == "EXIF") head.orientation = orientation_in(chunk.data);
    if (chunk.name == "ANMF" && !head.is_animated) {
      head.is_animated = true;
      read_first_animation_frame(chunk.data, head);
    }
  }
  return checked(head);
}

}  // namespace

Result<ImageHead> parse_image_head(ByteView file) {
  if (file.size() >= 3 && file[0] == 0xFF && file[1] == 0xD8 && file[2] == 0xFF) return parse_jpeg(file);
  if (file.size() >= kPngSignature.size() && std::ranges::equal(file.first(8), kPngSignature))
    return parse_png(file);
  if (file.size() >= 12 && starts_with(file, "RIFF") && starts_with(file.subspan(8), "WEBP"))
    return parse_webp(file);
  return fail(ErrorKind::invalid, "pictures.wrong_type");
}

}  // namespace luso::proto
