// A broadcast from its first picture to its end, as an encoder and a viewer meet it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { captioned, popOn } from "../lib/captions.mjs";
import { World, ffprobe, fixture, until } from "../lib/world.mjs";

let world, ana, created;
before(async () => {
  world = await World.start({ config: { grace_window_s: 20 } });
  ana = await world.user("ana");
  created = await ana.post("/api/v1/streams", { title: "Fado à janela", category: "fado", language: "pt-PT" });
});
after(() => world?.stop());

const tags = (playlist, name) => playlist.split("\n").filter((line) => line.startsWith(`#${name}`));
const number = (playlist, name) => Number(tags(playlist, name)[0]?.split(":")[1]);

test("a new stream waits, with a key that fits OBS", async () => {
  const { stream, publish } = created;

  assert.equal(stream.state, "waiting");
  assert.ok(publish.stream_key.length <= 50);
  assert.equal(publish.obs_key, `${publish.stream_key}?token=${publish.token}`);
  assert.equal(publish.token.split(".").length, 3);
});

test("publishing makes it live, listed and playable", async () => {
  const { id } = created.stream;
  world.publish(created.publish.obs_key);
  await world.live(id);

  const list = await (await fetch(`${world.origin}/api/v1/streams?live=true`)).json();
  assert.deepEqual(list.items.map((item) => item.id), [id]);
  assert.equal(list.items[0].channel.username, "ana");
  const { streams } = ffprobe(`${world.origin}/hls/${id}/index.m3u8`);
  assert.deepEqual(streams.map((s) => s.codec_name).sort(), ["aac", "aac", "h264"]);
  assert.equal(streams.find((s) => s.codec_type === "video").width, 640);
});

test("the playlist is low-latency HLS as a player needs it", async () => {
  const { id } = created.stream;
  const master = await (await fetch(`${world.origin}/hls/@ana/index.m3u8`)).text();
  const playlist = await world.playlist(id);

  assert.match(master, /CODECS="avc1\.[0-9a-f]{6},mp4a\.40\.2"/);
  assert.match(master, /RESOLUTION=640x360/);
  assert.match(master, /FRAME-RATE=30\.000/);
  assert.match(playlist, /#EXT-X-SERVER-CONTROL:.*CAN-BLOCK-RELOAD=YES/);
  assert.match(playlist, /#EXT-X-PRELOAD-HINT:TYPE=PART/);
  assert.match(playlist, /#EXT-X-PROGRAM-DATE-TIME:20\d\d-/);
  for (const part of tags(playlist, "EXT-X-PART:")) assert.ok(Number(/DURATION=([\d.]+)/.exec(part)[1]) <= 0.334 + 1e-9, part);
});

test("a blocking reload answers with the part it was asked for", async () => {
  const { id } = created.stream;
  const before = await world.playlist(id);
  const msn = number(before, "EXT-X-MEDIA-SEQUENCE") + tags(before, "EXTINF").length;

  const after = await world.playlist(id, `?_HLS_msn=${msn + 1}&_HLS_part=0`);

  assert.ok(after.includes(`part-${msn + 1}.0`), after.slice(-600));
  const tooFar = await fetch(`${world.origin}/hls/${id}/live.m3u8?_HLS_msn=${msn + 1000}`);
  assert.equal(tooFar.status, 400);
});

test("segments are immutable, playlists are not, and both may be read from anywhere", async () => {
  const { id } = created.stream;
  const playlist = await until("a whole segment", async () => { const text = await world.playlist(id); return text.includes("seg-") && text; });
  const segment = await fetch(`${world.origin}/hls/${id}/${/seg-\d+\.m4s/.exec(playlist)[0]}`);
  const index = await fetch(`${world.origin}/hls/${id}/live.m3u8`);

  assert.match(segment.headers.get("cache-control"), /immutable/);
  assert.doesNotMatch(index.headers.get("cache-control"), /immutable/);
  for (const answer of [segment, index]) assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  assert.equal((await fetch(`${world.origin}/hls/${id}/live.m3u8`, { headers: { "If-None-Match": '"nothing"' } })).status, 200);
  assert.equal((await fetch(`${world.origin}/hls/999999/index.m3u8`)).status, 404);
});

test("title and category change while it is live", async () => {
  const { id } = created.stream;

  await ana.patch(`/api/v1/streams/${id}`, { title: "Fado e guitarradas", category: "conversa" });

  const stream = await world.stream(id);
  assert.equal(stream.title, "Fado e guitarradas");
  assert.equal(stream.category, "conversa");
  assert.ok(stream.is_live);
});

test("a dropped encoder that comes back continues the same stream with a discontinuity", async () => {
  const { id } = created.stream;
  const sequenceBefore = number(await world.playlist(id), "EXT-X-MEDIA-SEQUENCE");

  await world.children.at(-1).stop("SIGKILL");
  await until("the grace window to open", async () => (await world.stream(id)).state === "reconnecting");
  assert.ok(Date.parse((await world.stream(id)).grace_ends_at) > Date.now());
  world.publish(created.publish.obs_key);
  await until("the stream to be live again", async () => (await world.stream(id)).state === "live");

  const playlist = await until("a discontinuity", async () => { const text = await world.playlist(id); return text.includes("#EXT-X-DISCONTINUITY\n") && text; });
  assert.ok(number(playlist, "EXT-X-MEDIA-SEQUENCE") >= sequenceBefore);
});

test("the same key publishing again takes over", async () => {
  const first = world.children.at(-1);
  world.publish(created.publish.obs_key);

  await first.ended;

  assert.equal((await world.stream(created.stream.id)).is_live, true);
  assert.match(world.log, /taken_over/);
});

test("a codec or size change goes on as a new generation", async () => {
  const { id } = created.stream;
  world.publish(created.publish.obs_key, fixture("plain", { size: "320x180" }));

  await until("the new size in the master playlist", async () => (await (await fetch(`${world.origin}/hls/${id}/index.m3u8`)).text()).includes("RESOLUTION=320x180"));

  const playlist = await until("a second init segment", async () => { const text = await world.playlist(id); return new Set(text.match(/init-\d+\.mp4/g)).size >= 2 && text; });
  assert.match(playlist, /#EXT-X-MAP/);
});

test("thumbnails are pictures", async () => {
  const { id } = created.stream;
  const url = await until("a thumbnail", async () => (await world.stream(id)).thumbnail_url);

  const answer = await fetch(world.origin + url);

  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get("content-type"), "image/jpeg");
  const bytes = new Uint8Array(await answer.arrayBuffer());
  assert.deepEqual([...bytes.slice(0, 2)], [0xff, 0xd8]);
});

test("ending it disconnects the encoder and closes the playlist", async () => {
  const { id } = created.stream;
  const encoder = world.children.at(-1);

  await ana.post(`/api/v1/streams/${id}/end`);

  await encoder.ended;
  const stream = await world.stream(id);
  assert.equal(stream.state, "ended");
  assert.equal(stream.is_live, false);
  assert.ok(stream.ended_at);
  assert.match(await world.playlist(id), /#EXT-X-ENDLIST/);
});

test("captions in the pictures reach the viewer, and the master playlist says so once there are some", async () => {
  const { stream, publish } = await (await world.user("legendas")).post("/api/v1/streams", { title: "Com legendas", category: "conversa", language: "pt-PT" });
  const master = async () => (await fetch(`${world.origin}/hls/${stream.id}/index.m3u8`)).text();
  const encoder = world.publish(publish.obs_key, captioned("live", [[4, popOn("Boa noite, Lisboa")]]));
  const before = await until("a playlist before the first caption", async () => { const text = await master(); return text.includes("sound/") && text; });

  const after = await until("captions in the master playlist", async () => { const text = await master(); return text.includes("INSTREAM-ID=\"CC1\"") && text; });

  assert.equal(before.match(/,CLOSED-CAPTIONS=NONE$/gm)?.length, 2, before);
  assert.match(after, /CLOSED-CAPTIONS="cc"\nlive\.m3u8/);
  assert.doesNotMatch(after, /NONE/);
  await world.live(stream.id);
  const shown = await until("a caption's bytes in the segments", () => {
    const { frames } = ffprobe(`${world.origin}/hls/${stream.id}/live.m3u8`, ["-select_streams", "v", "-show_frames", "-read_intervals", "%+6"]);
    return frames.filter((frame) => frame.side_data_list?.some((data) => data.side_data_type.includes("Closed Captions"))).length;
  }, { timeoutMs: 60_000 });
  assert.ok(shown > 10, `${shown} pictures with captions`);
  await encoder.stop("SIGKILL");
});

test("sound alone has a playlist and segments of its own", async () => {
  const { stream, publish } = await (await world.user("radio")).post("/api/v1/streams", { title: "Rádio", category: "conversa", language: "pt-PT" });
  const encoder = world.publish(publish.obs_key);
  await world.live(stream.id);

  const playlist = await (await fetch(`${world.origin}/hls/${stream.id}/sound/live.m3u8`)).text();
  const { streams } = ffprobe(`${world.origin}/hls/${stream.id}/sound/live.m3u8`);

  assert.match(playlist, /#EXT-X-PART:/);
  assert.deepEqual(streams.map((s) => s.codec_name), ["aac"]);
  const named = await (await fetch(`${world.origin}/hls/@radio/index.m3u8`)).text();
  assert.match(named, new RegExp(`\n\\.\\./${stream.id}/sound/live\\.m3u8\n`));
  assert.equal((await fetch(`${world.origin}/hls/${stream.id}/sound/index.m3u8`)).status, 404);
  await encoder.stop("SIGKILL");
});

for (const film of ["audioOnly", "videoOnly", "bframes"]) {
  test(`a stream that is ${film} plays`, async () => {
    const { stream, publish } = await (await world.user(film.toLowerCase())).post("/api/v1/streams", { title: film, category: "conversa", language: "pt-BR" });
    const encoder = world.publish(publish.obs_key, fixture(film));
    await world.live(stream.id);

    const { streams } = ffprobe(`${world.origin}/hls/${stream.id}/index.m3u8`);

    const kinds = streams.map((s) => s.codec_type).sort();
    assert.deepEqual(kinds, { audioOnly: ["audio"], videoOnly: ["video"], bframes: ["audio", "audio", "video"] }[film]);
    await encoder.stop("SIGKILL");
  });
}
