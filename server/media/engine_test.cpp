#include "media/engine.h"

#include <csignal>
#include <curl/curl.h>
#include <future>
#include <spawn.h>
#include <sys/wait.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>
#include <gtest/gtest.h>

#include "base/check.h"
#include "base/metrics.h"
#include "base/random.h"
#include "io/reactor_testing.h"
#include "media/engine_testing.h"
#include "media/publisher.h"

namespace luso::media {
namespace testing {
namespace asio = boost::asio;

namespace {

constexpr std::chrono::seconds kPatience{20};

std::size_t append_body(char* data, std::size_t size, std::size_t count, void* out) {
  static_cast<std::string*>(out)->append(data, size * count);
  return size * count;
}

}  // namespace

void FakeAuthority::remember(std::string what) {
  const std::scoped_lock lock(mutex_);
  told_.push_back(std::move(what));
  changed_.notify_all();
}

Task<Result<PublishGrant>> FakeAuthority::may_publish(PublishRequest request) {
  const auto id = parse_integer<std::int64_t>(request.stream_key);
  if (!id) co_return fail(ErrorKind::forbidden, "live.bad_key");
  co_return PublishGrant{.stream_id = StreamId{*id},
                         .username = "ana" + request.stream_key,
                         .publish_id = std::to_string(next_publish_id_++),
                         .ends_at = std::nullopt};
}

Task<void> FakeAuthority::on_live(PublishGrant grant) {
  remember("live " + std::to_string(grant.stream_id.value));
  co_return;
}

Task<void> FakeAuthority::on_unpublished(PublishGrant grant, UnpublishCause cause) {
  remember("unpublished " + std::to_string(grant.stream_id.value) + " " + std::string(name_of(cause)));
  co_return;
}

Task<void> FakeAuthority::on_ended(StreamId stream_id) {
  remember("ended " + std::to_string(stream_id.value));
  co_return;
}

bool FakeAuthority::was_told(const std::string& what, std::ptrdiff_t times) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, kPatience, [&] { return std::ranges::count(told_, what) >= times; });
}

Process::Process(std::vector<std::string> arguments) {
  std::vector<char*> raw;
  for (std::string& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  LUSO_CHECK(posix_spawnp(&pid_, raw.front(), nullptr, nullptr, raw.data(), environ) == 0);
}

Process::~Process() {
  kill();
}

void Process::kill() {
  if (pid_ < 0) return;
  ::kill(pid_, SIGKILL);
  static_cast<void>(wait());
}

int Process::wait() {
  int status = 0;
  ::waitpid(std::exchange(pid_, -1), &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

World::World(EngineSettings settings) {
  settings.rtmp_address = "127.0.0.1";
  settings.rtmp_port = 0;
  settings.webrtc.address = "127.0.0.1";
  settings.webrtc.port = 0;
  engine = std::make_unique<Engine>(std::move(settings), reactors, authority, clock);
  LUSO_CHECK(engine->start().has_value());
  io::HttpServer::Settings http;
  http.address = "127.0.0.1";
  http_ = std::make_unique<io::HttpServer>(
      reactors, http, [this](io::HttpRequest& request) { return engine->handle(request); });
  LUSO_CHECK(http_->start().has_value());
  reactors.start();
}

void World::stop() {
  if (std::exchange(stopped_, true)) return;
  asio::co_spawn(reactors.home().executor(), engine->stop(), asio::use_future).get();
}

std::optional<IngestFacts> World::facts(StreamId stream_id) {
  return asio::co_spawn(reactors.home().executor(), engine->facts(stream_id), asio::use_future).get();
}

World::~World() {
  stop();
  asio::co_spawn(reactors.home().executor(), http_->drain(std::chrono::seconds(1)), asio::use_future).get();
  reactors.stop();
  reactors.join();
}

std::string World::rtmp_url(const std::string& key) const {
  return "rtmp://127.0.0.1:" + std::to_string(engine->rtmp_port()) + "/live/" + key;
}

std::string World::http_url(const std::string& path) const {
  return "http://127.0.0.1:" + std::to_string(http_->port()) + path;
}

Fetched World::get(const std::string& path, const std::vector<std::string>& headers) const {
  Fetched fetched;
  CURL* curl = curl_easy_init();
  curl_slist* list = nullptr;
  for (const std::string& header : headers) list = curl_slist_append(list, header.c_str());
  curl_easy_setopt(curl, CURLOPT_URL, http_url(path).c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, append_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &fetched.body);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, append_body);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &fetched.headers);
  curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  fetched.status = static_cast<int>(status);
  curl_slist_free_all(list);
  curl_easy_cleanup(curl);
  return fetched;
}

Fetched World::get_until(const std::string& path, const std::string& text) const {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    Fetched fetched = get(path);
    if (fetched.body.find(text) != std::string::npos || std::chrono::steady_clock::now() > deadline)
      return fetched;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

std::vector<std::string> ffmpeg_publish(const std::string& url, const std::vector<std::string>& extra) {
  std::vector<std::string> arguments = {"ffmpeg",
                                        "-nostdin",
                                        "-loglevel",
                                        "error",
                                        "-re",
                                        "-f",
                                        "lavfi",
                                        "-i",
                                        "testsrc2=size=320x180:rate=30",
                                        "-f",
                                        "lavfi",
                                        "-i",
                                        "sine=frequency=440:sample_rate=48000",
                                        "-c:v",
                                        "libx264",
                                        "-preset",
                                        "ultrafast",
                                        "-g",
                                        "30",
                                        "-pix_fmt",
                                        "yuv420p",
                                        "-b:v",
                                        "300k",
                                        "-c:a",
                                        "aac",
                                        "-t",
                                        "60"};
  arguments.insert(arguments.end(), extra.begin(), extra.end());
  arguments.insert(arguments.end(), {"-f", "flv", url});
  return arguments;
}

}  // namespace testing

namespace {

using testing::FakeAuthority;
using testing::Fetched;
using testing::Process;
using testing::World;

// A folder that goes with the test.
class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("luso-media-" + system_random().hex(6))) {
    std::filesystem::create_directories(path_);
  }

  ~Folder() { std::filesystem::remove_all(path_); }

  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  [[nodiscard]] std::string path() const { return path_.string(); }

 private:
  std::filesystem::path path_;
};

std::int64_t number_after(const std::string& text, const std::string& label) {
  const auto at = text.find(label);
  return at == std::string::npos ? -1 : std::stoll(text.substr(at + label.size()));
}

TEST(Engine, APublishedStreamPlaysByLowLatencyHls) {
  World world;
  const Process encoder(testing::ffmpeg_publish(world.rtmp_url("7")));
  ASSERT_TRUE(world.authority.was_told("live 7"));

  const Fetched live = world.get_until("/hls/7/live.m3u8", "seg-1.m4s");

  EXPECT_NE(live.body.find("#EXT-X-PART:"), std::string::npos) << live.body;
  EXPECT_NE(live.body.find("CAN-BLOCK-RELOAD=YES"), std::string::npos);
  EXPECT_NE(live.headers.find("Access-Control-Allow-Origin: *"), std::string::npos) << live.headers;
  const Fetched master = world.get("/hls/7/index.m3u8");
  EXPECT_NE(master.body.find("avc1."), std::string::npos) << master.body;
  EXPECT_NE(master.body.find("mp4a.40.2"), std::string::npos);
  EXPECT_NE(master.body.find("RESOLUTION=320x180"), std::string::npos);
  EXPECT_NE(master.body.find("CODECS=\"mp4a.40.2\",CLOSED-CAPTIONS=NONE\nsound/live.m3u8\n"),
            std::string::npos)
      << master.body;
  const Fetched sound = world.get("/hls/7/sound/seg-0.m4s");
  EXPECT_EQ(sound.status, 200);
  EXPECT_NE(sound.headers.find("audio/mp4"), std::string::npos) << sound.headers;
  const Fetched segment = world.get("/hls/7/seg-0.m4s");
  EXPECT_EQ(segment.status, 200);
  EXPECT_NE(segment.headers.find("immutable"), std::string::npos);
  EXPECT_EQ(world.get("/hls/@ana7/seg-0.m4s").status, 302);
  EXPECT_NE(world.get("/hls/@ana7/index.m3u8").body.find("../7/live.m3u8"), std::string::npos);
  Process probe({"ffprobe", "-v", "error", "-o", "/dev/null", world.http_url("/hls/7/index.m3u8")});
  EXPECT_EQ(probe.wait(), 0);
  const Fetched thumbnail = world.get_until("/hls/7/thumbnail.jpg", "JFIF");
  EXPECT_EQ(thumbnail.status, 200);
  EXPECT_EQ(world.get("/hls/7/thumbnail-320.webp").body.substr(8, 4), "WEBP");
}

TEST(Engine, ABlockingReloadIsAnsweredWhenThePartIsThere) {
  World world;
  const Process encoder(testing::ffmpeg_publish(world.rtmp_url("7")));
  const Fetched now = world.get_until("/hls/7/live.m3u8", "seg-0.m4s");
  const std::int64_t msn = number_after(now.body, "#EXT-X-MEDIA-SEQUENCE:") + 1;

  const Fetched later = world.get("/hls/7/live.m3u8?_HLS_msn=" + std::to_string(msn + 1) + "&_HLS_part=0");

  EXPECT_EQ(later.status, 200);
  EXPECT_NE(later.body.find("part-" + std::to_string(msn + 1) + ".0.m4s"), std::string::npos) << later.body;
  EXPECT_EQ(world.get("/hls/7/live.m3u8?_HLS_msn=999").status, 400);
  EXPECT_EQ(world.get("/hls/7/live.m3u8?_HLS_part=1").status, 400);
  const Fetched hinted =
      world.get("/hls/7/part-" + std::to_string(number_after(later.body, "URI=\"part-")) + ".1.m4s");
  EXPECT_EQ(hinted.status, 200);
}

TEST(Engine, AnEncoderThatComesBackContinuesTheSameStream) {
  World world;
  auto encoder = std::make_unique<Process>(testing::ffmpeg_publish(world.rtmp_url("7")));
  static_cast<void>(world.get_until("/hls/7/live.m3u8", "seg-0.m4s"));
  encoder->kill();
  ASSERT_TRUE(world.authority.was_told("unpublished 7 connection_lost"));
  EXPECT_EQ(world.get("/hls/7/live.m3u8").status, 200);

  encoder = std::make_unique<Process>(testing::ffmpeg_publish(world.rtmp_url("7")));

  ASSERT_TRUE(world.authority.was_told("live 7", 2));
  const Fetched live = world.get_until("/hls/7/live.m3u8", "#EXT-X-DISCONTINUITY\n");
  EXPECT_NE(live.body.find("seg-0.m4s"), std::string::npos) << live.body;
  EXPECT_NE(live.body.find("#EXT-X-DISCONTINUITY\n"), std::string::npos) << live.body;
}

TEST(Engine, TheSameKeyAgainTakesTheStreamOver) {
  World world;
  Process first(testing::ffmpeg_publish(world.rtmp_url("7")));
  ASSERT_TRUE(world.authority.was_told("live 7"));

  const Process second(testing::ffmpeg_publish(world.rtmp_url("7")));

  ASSERT_TRUE(world.authority.was_told("unpublished 7 taken_over"));
  EXPECT_NE(first.wait(), 0) << "the first encoder is sent away";
  EXPECT_TRUE(world.authority.was_told("live 7", 2));
}

TEST(Engine, AWrongKeyIsRefused) {
  World world;
  Process encoder(testing::ffmpeg_publish(world.rtmp_url("nonsense")));

  EXPECT_NE(encoder.wait(), 0);
}

TEST(Engine, RevokingEndsARunningPublisherAtOnce) {
  World world;
  Process encoder(testing::ffmpeg_publish(world.rtmp_url("7")));
  ASSERT_TRUE(world.authority.was_told("live 7"));

  world.engine->revoke(StreamId{7});

  EXPECT_TRUE(world.authority.was_told("unpublished 7 revoked"));
  EXPECT_NE(encoder.wait(), 0);
}

TEST(Engine, AStreamIsOverWhenItsGraceWindowCloses) {
  EngineSettings settings;
  settings.grace = std::chrono::seconds(1);
  World world(settings);
  const metrics::Gauge& live_streams = metrics::registry().gauge("luso_media_live_streams", "");
  Process encoder(testing::ffmpeg_publish(world.rtmp_url("7"), {"-t", "3"}));
  ASSERT_TRUE(world.authority.was_told("live 7"));
  EXPECT_EQ(live_streams.value(), 1);

  ASSERT_TRUE(world.authority.was_told("ended 7"));
  EXPECT_EQ(live_streams.value(), 0);

  EXPECT_NE(world.get_until("/hls/7/live.m3u8", "#EXT-X-ENDLIST").body.find("#EXT-X-ENDLIST"),
            std::string::npos);
}

TEST(Engine, AfterACrashTheRecordingGoesOnAndNumbersContinue) {
  const Folder folder;
  const Folder crashed;
  EngineSettings settings;
  settings.data_dir = folder.path();
  {
    World world(settings);
    const Process encoder(testing::ffmpeg_publish(world.rtmp_url("7")));
    static_cast<void>(world.get_until("/hls/7/live.m3u8", "seg-2.m4s"));
    std::filesystem::copy(folder.path(), crashed.path(), std::filesystem::copy_options::recursive);
  }
  settings.data_dir = crashed.path();
  settings.grace = std::chrono::seconds(60);
  World world(settings);
  EXPECT_NE(world.get_until("/hls/7/dvr.m3u8", "seg-1.m4s").body.find("seg-1.m4s"), std::string::npos);

  const Process encoder(testing::ffmpeg_publish(world.rtmp_url("7")));

  const Fetched live = world.get_until("/hls/7/live.m3u8", "seg-4.m4s");
  EXPECT_NE(live.body.find("seg-1.m4s"), std::string::npos) << live.body;
  EXPECT_NE(live.body.find("#EXT-X-DISCONTINUITY\n"), std::string::npos) << live.body;
  EXPECT_NE(live.body.find("init-1.mp4"), std::string::npos) << live.body;
  EXPECT_EQ(world.get("/hls/7/seg-1.m4s").status, 200);
  EXPECT_EQ(world.get("/hls/7/init-0.mp4").status, 200);
}

TEST(Engine, AStreamThatWasCutOffLongerAgoThanItsGraceIsOverAfterTheRestart) {
  const Folder folder;
  const Folder crashed;
  EngineSettings settings;
  settings.data_dir = folder.path();
  settings.grace = std::chrono::hours(1);
  {
    World world(settings);
    const Process encoder(testing::ffmpeg_publish(world.rtmp_url("7")));
    static_cast<void>(world.get_until("/hls/7/live.m3u8", "seg-1.m4s"));
    std::filesystem::copy(folder.path(), crashed.path(), std::filesystem::copy_options::recursive);
  }
  const std::filesystem::path journal = crashed.path() + "/dvr/7/journal";
  const auto written_at = std::filesystem::last_write_time(journal);
  std::filesystem::last_write_time(journal, written_at - std::chrono::minutes(61));
  settings.data_dir = crashed.path();

  World world(settings);

  EXPECT_TRUE(world.authority.was_told("ended 7"));
}

TEST(Engine, AStreamThatIsOverPlaysFromTheDiskAfterARestart) {
  const Folder folder;
  EngineSettings settings;
  settings.data_dir = folder.path();
  settings.grace = std::chrono::seconds(0);
  {
    World world(settings);
    const Process encoder(testing::ffmpeg_publish(world.rtmp_url("7"), {"-t", "3"}));
    ASSERT_TRUE(world.authority.was_told("ended 7"));
  }
  const World world(settings);

  const Fetched playlist = world.get_until("/hls/7/dvr.m3u8", "#EXT-X-ENDLIST");

  EXPECT_NE(playlist.body.find("seg-0.m4s"), std::string::npos) << playlist.body;
  EXPECT_NE(world.get("/hls/7/index.m3u8").body.find("dvr.m3u8"), std::string::npos);
  EXPECT_EQ(world.get("/hls/7/seg-0.m4s").status, 200);
  EXPECT_EQ(world.get("/hls/7/thumbnail.jpg").status, 200);
}

TEST(Engine, AFullDiskTakesNoNewPublisher) {
  const Folder folder;
  EngineSettings settings;
  settings.data_dir = folder.path();
  settings.disk_percent_max = 0;
  World world(settings);

  Process encoder(testing::ffmpeg_publish(world.rtmp_url("7")));

  EXPECT_NE(encoder.wait(), 0);
}

TEST(Engine, TheServerStoppingIsToldAsSuch) {
  auto world = std::make_unique<World>();
  FakeAuthority& authority = world->authority;
  const Process encoder(testing::ffmpeg_publish(world->rtmp_url("7")));
  ASSERT_TRUE(authority.was_told("live 7"));

  world->stop();

  EXPECT_TRUE(authority.was_told("unpublished 7 server_stopping"));
}

TEST(Engine, PlaylistsAreCompressedAndTagged) {
  World world;
  auto encoder = std::make_unique<Process>(testing::ffmpeg_publish(world.rtmp_url("7")));
  static_cast<void>(world.get_until("/hls/7/live.m3u8", "seg-0.m4s"));
  encoder->kill();
  ASSERT_TRUE(world.authority.was_told("unpublished 7 connection_lost"));

  const Fetched plain = world.get("/hls/7/live.m3u8");
  const auto tag_at = plain.headers.find("ETag: ") + 6;
  const std::string tag = plain.headers.substr(tag_at, plain.headers.find('\r', tag_at) - tag_at);
  const Fetched known = world.get("/hls/7/live.m3u8", {"If-None-Match: " + tag});
  const Fetched zipped = world.get("/hls/7/live.m3u8", {"Accept-Encoding: gzip"});

  EXPECT_EQ(known.status, 304) << tag;
  EXPECT_TRUE(known.body.empty());
  EXPECT_NE(zipped.headers.find("Content-Encoding: gzip"), std::string::npos);
  EXPECT_LT(zipped.body.size(), plain.body.size());
}

TEST(Engine, FactsAreWhatReallyArrives) {
  World world;
  const Process encoder(testing::ffmpeg_publish(world.rtmp_url("7")));
  static_cast<void>(world.get_until("/hls/7/live.m3u8", "seg-1.m4s"));

  const auto facts = world.facts(StreamId{7});

  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->video_codec, "h264");
  EXPECT_EQ(facts->audio_codec, "aac");
  EXPECT_EQ(facts->width, 320);
  EXPECT_NEAR(facts->frame_rate, 30, 2);
  EXPECT_NEAR(facts->keyframe_interval_s, 1, 0.05);
  EXPECT_GT(facts->video_bitrate_kbps, 50);
  EXPECT_FALSE(world.facts(StreamId{8}).has_value());
}

TEST(Engine, WhatNobodySendsIsNotFound) {
  World world;

  for (const char* path : {"/hls/9/index.m3u8", "/hls/@nobody/index.m3u8", "/hls/9/../7/live.m3u8",
                           "/hls/x/live.m3u8", "/hls/9/seg-.m4s", "/hls/9/part-1.m4s", "/hls/"}) {
    EXPECT_EQ(world.get(path).status, 404) << path;
  }
}

TEST(Engine, HlsIsReadOnlyAndSaysSo) {
  World world;
  io::HttpRequest request;
  request.method = "DELETE";
  request.path = "/hls/7/seg-0.m4s";

  const io::HttpResponse response = io::testing::on(
      world.reactors.home(), [&] { return std::move(*world.engine->handle(request).ready()); });

  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(response.headers.get("Allow"), "GET, HEAD, OPTIONS");
}

}  // namespace
}  // namespace luso::media
