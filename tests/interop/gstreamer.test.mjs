// GStreamer's rtmp2sink publishes, is refused, and comes back.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Child, World, ffprobe, until } from "../lib/world.mjs";

let world, ana, created;
before(async () => {
  world = await World.start();
  ana = await world.user("ana");
  created = await ana.post("/api/v1/streams", { title: "GStreamer", category: "conversa", language: "pt-PT" });
});
after(() => world?.stop());

function gstreamer(key) {
  const pipeline = `flvmux name=mux streamable=true ! rtmp2sink location=${world.rtmp}/${key} videotestsrc is-live=true ! video/x-raw,width=640,height=360,framerate=30/1 ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=60 bitrate=600 ! h264parse ! mux. audiotestsrc is-live=true ! audioconvert ! avenc_aac ! aacparse ! mux.`;
  const child = new Child("gst-launch-1.0", ["gst-launch-1.0", "-q", ...pipeline.split(" ")], { log: join(world.dir, "gst.log") });
  world.children.push(child);
  return child;
}

test("rtmp2sink publishes and the picture plays", async () => {
  gstreamer(created.publish.obs_key);
  await world.live(created.stream.id);

  const { streams } = ffprobe(`${world.origin}/hls/${created.stream.id}/index.m3u8`);

  assert.deepEqual(streams.map((s) => s.codec_name).sort(), ["aac", "aac", "h264"]);
});

test("rtmp2sink reconnects within the grace window to the same stream", async () => {
  await world.children.at(-1).stop("SIGKILL");
  await until("reconnecting", async () => (await world.stream(created.stream.id)).state === "reconnecting");

  gstreamer(created.publish.obs_key);

  await until("live again", async () => (await world.stream(created.stream.id)).state === "live");
  await world.children.at(-1).stop("SIGKILL");
});

test("rtmp2sink is told when it is refused", async () => {
  const { code } = await gstreamer("chave_errada?token=x.y.z").ended;

  assert.notEqual(code, 0);
});
