// ffmpeg's own RTMP client, with the ways people really use it.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Child, World, ffprobe, fixture, freePort, until } from "../lib/world.mjs";

let world, rtmpsPort;
before(async () => {
  rtmpsPort = await freePort();
  const folder = join(process.env.LUSOTEST_SCRATCH ?? "/tmp", "tls");
  mkdirSync(folder, { recursive: true });
  const made = spawnSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")]);
  assert.equal(made.status, 0);
  world = await World.start({ config: { rtmps_port: rtmpsPort, tls_certificate: join(folder, "cert.pem"), tls_key: join(folder, "key.pem"), https_port: await freePort() } });
});
after(() => world?.stop());

async function channel(name) {
  const api = await world.user(name);
  return { api, ...(await api.post("/api/v1/streams", { title: name, category: "conversa", language: "pt-BR" })) };
}

test("RTMPS carries the same stream", async () => {
  const { stream, publish } = await channel("tls");
  world.publish(publish.obs_key, fixture(), { url: `rtmps://127.0.0.1:${rtmpsPort}/live` });

  await world.live(stream.id);

  assert.equal(ffprobe(`${world.origin}/hls/${stream.id}/index.m3u8`).streams.length, 3);   // The picture with its sound, and the sound alone.
});

test("a certificate that changed on disk is served after SIGHUP", async () => {
  const folder = join(process.env.LUSOTEST_SCRATCH ?? "/tmp", "tls");
  spawnSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=renovado.example", "-keyout", join(folder, "key.pem"), "-out", join(folder, "cert.pem")]);

  world.server.process.kill("SIGHUP");

  await until("the new certificate", () => {
    const shown = spawnSync("openssl", ["s_client", "-connect", `127.0.0.1:${rtmpsPort}`, "-brief"], { input: "", encoding: "utf8" });
    return /renovado\.example/.test(shown.stdout + shown.stderr);
  });
});

test("B-frames keep their order: presentation times rise by one frame", async () => {
  const { stream, publish } = await channel("bframes");
  world.publish(publish.obs_key, fixture("bframes"));
  await world.live(stream.id);

  const probe = ffprobe(`${world.origin}/hls/${stream.id}/index.m3u8`, ["-select_streams", "v", "-show_frames", "-read_intervals", "%+#60"]);

  const times = probe.frames.map((frame) => Number(frame.pts_time));
  for (let i = 1; i < times.length; ++i) assert.ok(Math.abs(times[i] - times[i - 1] - 1 / 30) < 0.005, `frame ${i}: ${times[i - 1]} then ${times[i]}`);
});

test("sound and picture stay together within 40 ms", async () => {
  const { stream, publish } = await channel("sinc");
  world.publish(publish.obs_key);
  await world.live(stream.id);

  const { streams } = ffprobe(`${world.origin}/hls/${stream.id}/index.m3u8`);

  const [audio, video] = ["audio", "video"].map((kind) => Number(streams.find((s) => s.codec_type === kind).start_time));
  assert.ok(Math.abs(audio - video) < 0.04, `audio starts at ${audio}, video at ${video}`);
});

test("the persistent channel key makes a stream by itself", async () => {
  const api = await world.user("fixa");
  await api.patch("/api/v1/channel", { default_title: "Todos os dias às nove", default_category: "fado", language: "pt-PT" });
  const { obs_key } = await api.get("/api/v1/channel/key");

  world.publish(obs_key);

  const id = await until("the channel to go live", async () => (await api.get("/api/v1/channels/fixa")).live_stream_id);
  const stream = await world.stream(id);
  assert.equal(stream.title, "Todos os dias às nove");
  assert.equal(stream.category, "fado");
});

test("an encoder that says goodbye ends after the grace window like any other", async () => {
  const { stream, publish } = await channel("adeus");
  const encoder = world.publish(publish.obs_key, fixture(), { loop: false });
  await world.live(stream.id);

  await encoder.ended;

  await until("the window to open", async () => (await world.stream(stream.id)).state === "reconnecting");
});

test("ffmpeg prints the refusal", async () => {
  const encoder = world.publish("errada?token=x.y.z");
  const { code } = await encoder.ended;

  assert.notEqual(code, 0);
  assert.match(readFileSync(encoder.logFile, "utf8"), /stream key is wrong/i);
});
