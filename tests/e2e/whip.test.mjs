// A publisher in a browser: Chromium sends its (false) camera by WHIP, and others watch by WHEP and by LL-HLS.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { offerOf, publish, rtcPage, stats, watch } from "../lib/webrtc.mjs";
import { World, ffprobe, until } from "../lib/world.mjs";

let world, ana, browser, studio, created, session;
before(async () => {
  world = await World.start({ config: { grace_window_s: 60 } });
  ana = await world.user("ana");
  created = await ana.post("/api/v1/streams", { title: "Do navegador", category: "conversa", language: "pt-PT" });
  // Without the flag for loopback a page with a camera finds no way to a server on a machine that has only "lo".
  browser = await launchChromium(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection"]);
  studio = await rtcPage(browser, world.origin.replace("127.0.0.1", "localhost"));
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

const whip = (key) => `${world.origin}/whip/${key}`;
const offer = (key, { token = created.publish.token, type = "application/sdp", body = offerOf("chromium_whip"), method = "POST" } = {}) =>
  fetch(whip(key), { method, headers: { ...(type && { "Content-Type": type }), ...(token && { Authorization: `Bearer ${token}` }) }, ...(method === "POST" && { body }) });

async function refused(answer, status, reason) {
  assert.equal((await answer.json()).error.reason, reason);
  assert.equal(answer.status, status);
}

test("who may not publish is told why", async () => {
  const { stream_key: key, token } = created.publish;

  const unsigned = await offer(key, { token: "" });
  assert.match(unsigned.headers.get("www-authenticate"), /^Bearer/);
  await refused(unsigned, 401, "api.unauthenticated");
  await refused(await offer(key, { token: "a.b.c" }), 403, "live.bad_token");
  await refused(await offer("chave_que_ninguem_deu", { token: "a.b.c" }), 403, "live.bad_key");
  await refused(await offer(key, { token, type: "text/plain" }), 415, "webrtc.not_sdp");
  await refused(await offer(key, { token, body: "nada" }), 400, "sdp.malformed");
  await refused(await offer(key, { token, body: offerOf("chromium_whep") }), 422, "webrtc.no_media");
  await refused(await offer(key, { token, body: offerOf("obs_whip").replace("H264", "VP8") }), 406, "webrtc.codec_not_offered");
  await refused(await offer(key, { method: "GET", type: "" }), 405, "api.method_not_allowed");
  assert.doesNotMatch(world.log, new RegExp(key.slice(4)), "stream keys never reach the log");
});

test("Chromium publishes", { timeout: 120_000 }, async () => {
  assert.ok(created.publish.whip_url.endsWith(`/whip/${created.publish.stream_key}`));

  session = await publish(studio, whip(created.publish.stream_key), created.publish.token);

  assert.equal(session.status, 201);
  assert.match(session.location, /\/whip\/session\/\d+\.[\w-]{20}$/);
  await until("frames to be sent", async () => (await stats(studio)).video?.framesEncoded > 30);
  await world.live(created.stream.id);
});

test("another page watches it by WHEP", { timeout: 120_000 }, async () => {
  const viewer = await rtcPage(browser, world.origin);

  const joined = await watch(viewer, `${world.origin}/whep/${created.stream.id}`);

  assert.equal(joined.status, 201);
  const first = await until("a picture and sound", async () => { const now = await stats(viewer); return now.video?.framesDecoded > 0 && now.audio?.totalAudioEnergy > 0 && now; });
  await until("both to go on", async () => { const now = await stats(viewer); return now.video.framesDecoded > first.video.framesDecoded + 30 && now.audio.totalAudioEnergy > first.audio.totalAudioEnergy; });
  await viewer.close();
});

test("and LL-HLS carries it: H.264 and Opus", { timeout: 120_000 }, async () => {
  const { streams } = ffprobe(`${world.origin}/hls/${created.stream.id}/live.m3u8`);

  assert.deepEqual(streams.map(({ codec_name }) => codec_name).sort(), ["h264", "opus"]);
});

test("the owner sees what arrives", { timeout: 60_000 }, async () => {
  const health = await until("the health panel to know it", async () => { const now = await ana.get(`/api/v1/streams/${created.stream.id}/health`); return now.video_bitrate_kbps > 0 && now; });

  assert.equal(health.video_codec, "h264");
  assert.equal(health.audio_codec, "opus");
  assert.equal(health.has_b_frames, false);
});

test("a browser makes no keyframes by itself: it is asked for them", { timeout: 60_000 }, async () => {
  const before = (await stats(studio)).video;

  await until("two keyframes more, both asked for", async () => {
    const now = (await stats(studio)).video;
    return now.keyFramesEncoded >= before.keyFramesEncoded + 2 && now.pliCount + (now.firCount ?? 0) >= before.pliCount + (before.firCount ?? 0) + 2;
  });
});

test("DELETE ends the publish; the stream waits for its publisher", { timeout: 60_000 }, async () => {
  assert.equal((await fetch(session.location, { method: "DELETE" })).status, 200);

  await until("the server to hear it", () => /media\.unpublished .*cause="?encoder_finished/.test(world.log));
  assert.equal((await fetch(session.location, { method: "DELETE" })).status, 404);
  await until("the session to be gone", async () => (await world.metric("luso_media_whip_sessions")) === 0);
});

test("several layers of one picture: the best of them is the stream", { timeout: 120_000 }, async () => {
  const layered = await publish(studio, whip(created.publish.stream_key), created.publish.token, { simulcast: true });
  assert.equal(layered.status, 201);
  assert.match(layered.answer, /a=simulcast:recv h;l/);
  await until("the stream to be live again", async () => (await world.stream(created.stream.id)).is_live);
  const viewer = await rtcPage(browser, world.origin);

  const joined = await until("a place to watch from", async () => { const tried = await watch(viewer, `${world.origin}/whep/${created.stream.id}`); return tried.status === 201 && tried; });

  assert.equal(joined.status, 201);
  await until("the picture to move", async () => (await stats(viewer)).video?.framesDecoded > 60);
  await viewer.close();
  assert.equal((await fetch(layered.location, { method: "DELETE" })).status, 200);
});

test("a publisher that never connects takes nobody's place", { timeout: 60_000 }, async () => {
  session = await publish(studio, whip(created.publish.stream_key), created.publish.token);
  await until("the stream to be live again", async () => (await world.stream(created.stream.id)).is_live);

  const silent = await offer(created.publish.stream_key);

  assert.equal(silent.status, 201);
  const before = (await stats(studio)).video.framesEncoded;
  await until("the silent one to be let go", async () => (await world.metric("luso_media_whip_sessions")) === 1, { timeoutMs: 30_000 });
  const now = await stats(studio);
  assert.equal(now.state, "connected");
  assert.ok(now.video.framesEncoded > before);
});

test("the same key again takes over", { timeout: 60_000 }, async () => {
  const other = await rtcPage(browser, world.origin.replace("127.0.0.1", "localhost"));

  const taken = await publish(other, whip(created.publish.stream_key), created.publish.token);

  assert.equal(taken.status, 201);
  await until("the first to be sent away", async () => (await stats(studio)).state !== "connected");
  await other.close();
});
