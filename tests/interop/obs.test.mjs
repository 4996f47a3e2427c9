// A real OBS 29 with its default settings (B-frames on): publishes, reconnects, is refused.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Obs } from "../lib/obs.mjs";
import { World, ffprobe, until } from "../lib/world.mjs";

let world, ana, obs;
before(async () => {
  world = await World.start();
  ana = await world.user("ana");
});
after(async () => {
  await obs?.stop();
  await world?.stop();
});

test("OBS publishes with the service file the studio gives, B-frames and all", async () => {
  const service = await ana.get("/api/v1/channel/obs/service.json");
  obs = await Obs.start(world.dir, service);

  const id = await until("OBS to be live", async () => (await ana.get("/api/v1/channels/ana")).live_stream_id, { timeoutMs: 90_000, child: obs.child });
  await world.live(id);

  const { streams } = ffprobe(`${world.origin}/hls/${id}/index.m3u8`);
  assert.deepEqual(streams.map((s) => s.codec_name).sort(), ["aac", "h264"]);
  const health = await until("health figures", async () => { const h = await ana.get(`/api/v1/streams/${id}/health`); return h.video_bitrate_kbps > 0 && h; });
  assert.match(health.encoder, /obs|libobs/i);
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
