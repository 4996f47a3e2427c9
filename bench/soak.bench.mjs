// Twenty minutes of a live in Chromium, hls.js with its defaults: how often the picture stood still. Minutes by SOAK_MINUTES.
// Not run unless it is named: ./luso bench soak
import { World, fixture } from "../tests/lib/world.mjs";
import { rssMb } from "./lib/cpu.mjs";
import { openPlayer } from "./lib/player.mjs";

export const onlyByName = true;
const kMinutes = Number(process.env.SOAK_MINUTES ?? 20);

// Runs in the page: a stall is half a second in which the clock of a playing video stands still.
async function soak({ url, minutes }) {
  const video = document.querySelector("video");
  const hls = new window.Hls();
  const errors = {};
  hls.on(window.Hls.Events.ERROR, (_, data) => { errors[data.details] = (errors[data.details] ?? 0) + 1; });
  hls.loadSource(url);
  hls.attachMedia(video);
  await video.play();
  await new Promise((done) => { video.addEventListener("timeupdate", done, { once: true }); });
  const end = performance.now() + minutes * 60_000;
  const stalls = [];
  let last = video.currentTime;
  let since = performance.now();
  while (performance.now() < end) {
    await new Promise((done) => setTimeout(done, 100));
    if (video.currentTime !== last) {
      if (performance.now() - since > 500) stalls.push(Math.round(performance.now() - since));
      last = video.currentTime;
      since = performance.now();
    }
  }
  const { droppedVideoFrames, totalVideoFrames } = video.getVideoPlaybackQuality();
  return { stalls, errors, latency: hls.latency, droppedVideoFrames, totalVideoFrames };
}

export default async function run() {
  const world = await World.start();
  const player = await openPlayer();
  try {
    const ana = await world.user("ana");
    const { stream, publish } = await ana.post("/api/v1/streams", { title: "Vinte minutos", category: "conversa", language: "pt-PT" });
    world.publish(publish.obs_key, fixture("plain", { seconds: 60 }));
    await world.live(stream.id);
    const before = rssMb(world.server.pid);
    const found = await player.tab.evaluate(soak, { url: `${world.origin}/hls/${stream.id}/index.m3u8`, minutes: kMinutes });
    return [{
      what: `stalls over 0.5 s in ${kMinutes} minutes`, value: found.stalls.length, atMost: 0,
      detail: `${found.totalVideoFrames} frames, ${found.droppedVideoFrames} dropped, ${found.latency.toFixed(2)} s behind at the end, server ${Math.round(before)} MB then ${Math.round(rssMb(world.server.pid))} MB, stalls [${found.stalls}] ms, hls.js said ${JSON.stringify(found.errors)}`,
    }];
  } finally {
    await player.stop();
    await world.stop();
  }
}
