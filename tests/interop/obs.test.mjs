// A real OBS 29, B-frames on as its own preset has them: publishes, is advised, is watched by WebRTC all the same,
// reconnects, is refused.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { Obs } from "../lib/obs.mjs";
import { rtcPage, stats, watch } from "../lib/webrtc.mjs";
import { World, ffprobe, until } from "../lib/world.mjs";

let world, ana, obs, browser;
before(async () => {
  world = await World.start({ config: { reencode_cpu_percent_max: 100 } });  // The machine that tests is busy testing.
  ana = await world.user("ana");
});
after(async () => {
  await browser?.close();
  await obs?.stop();
  await world?.stop();
});

test("OBS publishes with the service file the studio gives, B-frames and all", async () => {
  const service = await ana.get("/api/v1/channel/obs/service.json");
  obs = await Obs.start(world.dir, service, { x264: "bframes=2" });  // The preset our tests can afford has none.

  const id = await until("OBS to be live", async () => (await ana.get("/api/v1/channels/ana")).live_stream_id, { timeoutMs: 90_000, child: obs.child });
  await world.live(id);

  const { streams } = ffprobe(`${world.origin}/hls/${id}/index.m3u8`);
  assert.deepEqual(streams.map((s) => s.codec_name).sort(), ["aac", "aac", "h264"]);
  const health = await until("health figures", async () => { const h = await ana.get(`/api/v1/streams/${id}/health`); return h.video_bitrate_kbps > 0 && h; });
  assert.match(health.encoder, /obs|libobs/i);
});

test("the studio names the settings of OBS that would be better", async () => {
  const id = (await ana.get("/api/v1/channels/ana")).live_stream_id;

  const health = await until("the advice on B-frames", async () => { const h = await ana.get(`/api/v1/streams/${id}/health`); return h.advice.includes("b_frames") && h; });

  assert.equal(health.has_b_frames, true);
});

test("a viewer by WebRTC is told to wait, and then sees a picture without B-frames", { timeout: 180_000 }, async () => {
  const id = (await ana.get("/api/v1/channels/ana")).live_stream_id;
  browser = await launchChromium();
  const page = await rtcPage(browser, world.origin);
  const url = `${world.origin}/whep/${id}`;

  const refused = await watch(page, url);
  assert.equal(refused.reason, "media.realtime_preparing");
  await until("the picture to be ready", async () => (await watch(page, url)).status === 201, { timeoutMs: 90_000, child: obs.child });
  assert.equal(await world.metric("luso_media_reencodes "), 1);

  // Keyframes come every two seconds, whatever OBS does, and pictures in order.
  const first = await until("the first pictures", async () => { const now = await stats(page); return now.video?.framesDecoded > 0 && now; });
  await until("two more keyframes in 150 pictures", async () => {
    const now = await stats(page);
    return now.video.framesDecoded > first.video.framesDecoded + 150 && now.video.keyFramesDecoded >= first.video.keyFramesDecoded + 2;
  }, { timeoutMs: 90_000 });

  await page.evaluate(async () => window.luso.pc.close());
  await until("the encoder to stop when nobody watches", async () => (await world.metric("luso_media_reencodes ")) === 0, { timeoutMs: 120_000 });
});

test("OBS reconnects after the server was killed, to the same stream", async () => {
  const id = (await ana.get("/api/v1/channels/ana")).live_stream_id;

  await world.server.stop("SIGKILL");
  await obs.says(/[Rr]econnect/);
  await world.startServer();

  await until("the same stream to be live again", async () => (await world.stream(id)).state === "live", { timeoutMs: 60_000, child: obs.child });
  await obs.stop();
});

test("OBS shows a refusal as a refusal", async () => {
  const service = await ana.get("/api/v1/channel/obs/service.json");
  await ana.delete("/api/v1/channel/key");

  obs = await Obs.start(world.dir, service);

  await obs.says(/RTMP_ConnectStream failed|Could not access|Invalid stream key|connection failed|Connection to .* failed|stream key/i);
  await obs.stop();
});
