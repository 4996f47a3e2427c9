// Glass to glass by LL-HLS in Chromium, hls.js with its defaults: the wall clock at which a frame is shown, less the one
// at which it was handed to our socket. Encoder excluded; network, server, player buffer and decoder included.
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { World, until } from "../tests/lib/world.mjs";
import { kBits, kFps, film, loadTool } from "./lib/film.mjs";
import { launchChromium } from "../tests/lib/browser.mjs";

const kWarmS = 8;
const kMeasureS = 30;

// Runs in the page: plays `url` and returns [seconds since warm-up, latency ms] of every frame shown.
async function watch({ url, t0, span, fps, bits, warm, secs }) {
  const video = document.querySelector("video");
  const canvas = new OffscreenCanvas(bits * 4, 4);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  const samples = [];
  const began = performance.now();
  let firstFrameMs = 0;
  const read = () => {
    const shown = performance.timeOrigin + performance.now();
    firstFrameMs ||= performance.now() - began;
    context.drawImage(video, 0, 0, bits * 40 * (video.videoWidth / 1280), 40 * (video.videoHeight / 720), 0, 0, bits * 4, 4);
    const pixels = context.getImageData(0, 2, bits * 4, 1).data;
    let frame = 0;
    for (let i = 0; i < bits; ++i) frame = frame * 2 + (pixels[(i * 4 + 2) * 4] > 125 ? 1 : 0);
    const latency = shown - (t0 + (frame * 1000) / fps);
    samples.push([(performance.now() - began) / 1000, ((latency % span) + span) % span]);
    video.requestVideoFrameCallback(read);
  };
  video.requestVideoFrameCallback(read);
  const hls = new window.Hls();
  hls.loadSource(url);
  hls.attachMedia(video);
  await video.play();
  await new Promise((done) => setTimeout(done, (warm + secs) * 1000));
  return { samples: samples.filter(([at]) => at > warm), firstFrameMs, stalls: hls.stalls ?? null };
}

export default async function run() {
  const world = await World.start();
  const page = createServer((request, response) => {
    const isScript = request.url === "/hls.js";
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? readFileSync(createRequire(resolve("web/package.json")).resolve("hls.js/dist/hls.min.js")) : "<!doctype html><video muted playsinline></video><script src=/hls.js></script>");
  }).listen(0, "127.0.0.1");
  const browser = await launchChromium();
  let publisher;
  try {
    const ana = await world.user("ana");
    const { stream, publish } = await ana.post("/api/v1/streams", { title: "Latência", category: "conversa", language: "pt-PT" });
    const names = join(world.dir, "names.txt");
    const t0File = join(world.dir, "t0.json");
    writeFileSync(names, publish.obs_key);
    publisher = spawn(loadTool(), ["--url", world.rtmp, "--names", names, "--film", film(), "--secs", String(kWarmS + kMeasureS + 30), "--t0-file", t0File]);
    await world.live(stream.id);
    const { t0_ms, span_ms } = await until("the first frame's time", () => JSON.parse(readFileSync(t0File, "utf8")));
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${page.address().port}/`);
    const { samples, firstFrameMs } = await tab.evaluate(watch, { url: `${world.origin}/hls/${stream.id}/index.m3u8`, t0: t0_ms, span: span_ms, fps: kFps, bits: kBits, warm: kWarmS, secs: kMeasureS });
    const sorted = samples.map(([, ms]) => ms).sort((a, b) => a - b);
    if (sorted.length < kMeasureS * kFps * 0.5) throw new Error(`only ${sorted.length} frames were shown in ${kMeasureS} s`);
    const quantile = (q) => sorted[Math.floor((sorted.length - 1) * q)] / 1000;
    return [{ what: "glass to glass by LL-HLS, hls.js defaults, p50", value: quantile(0.5), unit: "s", atMost: 2.5, detail: `p95 ${quantile(0.95).toFixed(2)} s, first frame after ${(firstFrameMs / 1000).toFixed(2)} s, ${sorted.length} frames in ${kMeasureS} s` }];
  } finally {
    publisher?.kill();
    await browser.close();
    page.close();
    await world.stop();
  }
}
