#include "io/http_content.h"

#include <filesystem>
#include <fstream>
#include <rapidcheck.h>
#include <zlib.h>

#include <gtest/gtest.h>

#include "base/text.h"

namespace luso::io {
namespace {

HttpRequest get_with(std::string name, std::string value) {
  HttpRequest request;
  request.method = "GET";
  request.headers.add(std::move(name), std::move(value));
  return request;
}

std::string body_of(const HttpResponse& response) {
  std::string all;
  for (const SharedBytes& piece : std::get<std::vector<SharedBytes>>(response.body)) all += as_text(*piece);
  return all;
}

HttpResponse alphabet() {
  return HttpResponse::shared("text/plain",
                              {share({'a', 'b', 'c'}), share({'d', 'e', 'f'}), share({'g', 'h', 'i'})});
}

std::string unpack(ByteView packed) {
  std::string out(1 << 20, '\0');
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  stream.next_in = const_cast<std::uint8_t*>(packed.data());
  stream.avail_in = static_cast<unsigned>(packed.size());
  stream.next_out = reinterpret_cast<std::uint8_t*>(out.data());
  stream.avail_out = static_cast<unsigned>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(HttpContent, AClientThatHasItGets304) {
  HttpResponse fresh = alphabet();
  HttpResponse stale = alphabet();

  make_conditional(fresh, get_with("If-None-Match", "\"old\", W/\"tag\""), "\"tag\"");
  make_conditional(stale, get_with("If-None-Match", "\"old\""), "\"tag\"");

  EXPECT_EQ(fresh.status, 304);
  EXPECT_EQ(fresh.headers.get("ETag"), "\"tag\"");
  EXPECT_FALSE(fresh.headers.has("Content-Type"));
  EXPECT_EQ(stale.status, 200);
}

TEST(HttpContent, TagsTellBytesApart) {
  EXPECT_EQ(etag_of(as_bytes("hello world")), etag_of(as_bytes("hello world")));
  EXPECT_NE(etag_of(as_bytes("hello world")), etag_of(as_bytes("hello worle")));
  EXPECT_NE(etag_of(as_bytes("")), etag_of(ByteView(Bytes(1))));
  EXPECT_NE(etag_of(Bytes(8)), etag_of(Bytes(16)));
  EXPECT_EQ(etag_of({}).size(), 18U);
}

TEST(HttpContent, ARangeOfPiecesKeepsTheWholeOnesShared) {
  HttpResponse response = alphabet();
  const SharedBytes middle = std::get<std::vector<SharedBytes>>(response.body)[1];

  apply_range(response, get_with("Range", "bytes=2-6"));

  EXPECT_EQ(response.status, 206);
  EXPECT_EQ(response.headers.get("Content-Range"), "bytes 2-6/9");
  EXPECT_EQ(body_of(response), "cdefg");
  EXPECT_EQ(std::get<std::vector<SharedBytes>>(response.body)[1], middle);
}

TEST(HttpContent, RangesAreReadAsTheStandardSays) {
  const auto ask = [](std::string value) {
    HttpResponse response = alphabet();
    apply_range(response, get_with("Range", std::move(value)));
    return response.status == 416 ? "416 " + std::string(response.headers.get("Content-Range"))
                                  : std::to_string(response.status) + ' ' + body_of(response);
  };
  EXPECT_EQ(ask("bytes=0-0"), "206 a");
  EXPECT_EQ(ask("bytes=7-"), "206 hi");
  EXPECT_EQ(ask("bytes=-2"), "206 hi");
  EXPECT_EQ(ask("bytes=-20"), "206 abcdefghi");
  EXPECT_EQ(ask("bytes=5-99"), "206 fghi");
  EXPECT_EQ(ask("bytes=9-"), "416 bytes */9");
  EXPECT_EQ(ask("bytes=-0"), "416 bytes */9");
  EXPECT_EQ(ask("bytes=3-2"), "200 abcdefghi");
  EXPECT_EQ(ask("bytes=0-1,3-4"), "200 abcdefghi");
  EXPECT_EQ(ask("lines=0-1"), "200 abcdefghi");
  EXPECT_EQ(ask("bytes=99999999999999999999-"), "200 abcdefghi");
}

TEST(HttpContent, AnyRangeIsThatPartOfTheWhole) {
  rc::check([] {
    const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::nonEmpty<std::string>());
    std::string all;
    std::vector<SharedBytes> shared;
    for (const std::string& piece : pieces) {
      all += piece;
      shared.push_back(share(Bytes(piece.begin(), piece.end())));
    }
    RC_PRE(!all.empty());
    const auto first = *rc::gen::inRange<std::size_t>(0, all.size());
    const auto last = *rc::gen::inRange<std::size_t>(first, all.size());
    HttpResponse response = HttpResponse::shared("a/b", std::move(shared));

    apply_range(response, get_with("Range", "bytes=" + std::to_string(first) + '-' + std::to_string(last)));

    RC_ASSERT(body_of(response) == all.substr(first, last - first + 1));
  });
}

TEST(HttpContent, IfRangeMustNameWhatWeHave) {
  const auto status_with = [](std::string tag) {
    HttpResponse response = alphabet();
    response.headers.add("ETag", "\"now\"");
    HttpRequest request = get_with("Range", "bytes=0-0");
    request.headers.add("If-Range", std::move(tag));
    apply_range(response, request);
    return response.status;
  };
  EXPECT_EQ(status_with("\"now\""), 206);
  EXPECT_EQ(status_with("\"then\""), 200);
}

TEST(HttpContent, ARangeOfAFileMovesItsWindow) {
  const auto path = std::filesystem::temp_directory_path() / ("luso_content_" + std::to_string(::getpid()));
  std::ofstream(path) << "0123456789";
  HttpResponse response{
      .status = 200, .headers = {}, .body = FileBody{.path = path, .offset = 2, .length = 6}};

  apply_range(response, get_with("Range", "bytes=-2"));

  EXPECT_EQ(std::get<FileBody>(response.body).offset, 6U);
  EXPECT_EQ(std::get<FileBody>(response.body).length, 2U);
  EXPECT_EQ(response.headers.get("Content-Range"), "bytes 4-5/6");
  std::filesystem::remove(path);
}

TEST(HttpContent, CodingsAreAcceptedByNameAndWeight) {
  EXPECT_TRUE(accepts_coding(get_with("Accept-Encoding", "gzip, deflate, br"), "br"));
  EXPECT_TRUE(accepts_coding(get_with("Accept-Encoding", "GZIP;q=0.5"), "gzip"));
  EXPECT_TRUE(accepts_coding(get_with("Accept-Encoding", "*"), "gzip"));
  EXPECT_FALSE(accepts_coding(get_with("Accept-Encoding", "gzip;q=0.000, br"), "gzip"));
  EXPECT_FALSE(accepts_coding(get_with("Accept-Encoding", "identity"), "gzip"));
  EXPECT_FALSE(accepts_coding(HttpRequest{}, "gzip"));
}

TEST(HttpContent, LongTextIsCompressedForThoseWhoAccept) {
  const std::string text(5000, 'x');
  HttpResponse packed = HttpResponse::json(200, text);
  HttpResponse plain = HttpResponse::json(200, text);
  HttpResponse picture = HttpResponse::text(200, "image/png", text);

  compress_text(packed, get_with("Accept-Encoding", "gzip"));
  compress_text(plain, HttpRequest{});
  compress_text(picture, get_with("Accept-Encoding", "gzip"));

  EXPECT_EQ(packed.headers.get("Content-Encoding"), "gzip");
  EXPECT_EQ(unpack(as_bytes(std::get<std::string>(packed.body))), text);
  EXPECT_EQ(plain.headers.get("Vary"), "Accept-Encoding");
  EXPECT_EQ(std::get<std::string>(plain.body), text);
  EXPECT_FALSE(picture.headers.has("Content-Encoding"));
}

}  // namespace
}  // namespace luso::io
