#include "flv_film.h"

#include <algorithm>
#include <cerrno>  // program_invocation_short_name
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

namespace luso::bench {
namespace {

bool is_sequence_header(const FlvTag& tag) {
  if (tag.body.size() < 2) return false;
  return tag.body[1] == 0 && (tag.type == 9 || tag.body[0] >> 4U == 10);
}

}  // namespace

void die(const std::string& sentence) {
  std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, sentence.c_str());
  std::exit(1);
}

FlvFilm read_flv_film(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) die("cannot read " + path);
  const Bytes bytes{std::istreambuf_iterator<char>(file), {}};
  ByteReader reader(bytes);
  reader.skip(13);
  FlvFilm film;
  while (reader.remaining() >= 15) {
    FlvTag tag;
    tag.type = reader.u8();
    const std::uint32_t size = reader.u24();
    tag.timestamp_ms = reader.u24();
    tag.timestamp_ms |= static_cast<std::uint32_t>(reader.u8()) << 24U;
    reader.skip(3);
    const ByteView body = reader.take(size);
    reader.skip(4);
    if (reader.failed()) break;
    if (tag.type != 8 && tag.type != 9) continue;
    tag.body.assign(body.begin(), body.end());
    film.length_ms = std::max(film.length_ms, tag.timestamp_ms);
    (is_sequence_header(tag) ? film.headers : film.tags).push_back(std::move(tag));
  }
  if (film.tags.empty()) die(path + " has no frames");
  film.length_ms += 33;  // The last frame is shown as long as the others, at 30 fps.
  return film;
}

}  // namespace luso::bench
