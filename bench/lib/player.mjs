// A browser with a page of our own for benches that watch: a <video>, hls.js as window.Hls, and a few functions
// that read what is shown.
import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { launchChromium } from "../../tests/lib/browser.mjs";
import { kBits, kFps } from "./film.mjs";

// Runs in the page before anything else.
function install({ fps, bits }) {
  // Watches the film's frame numbers for `warm` and then `secs` seconds. latency: milliseconds from when each frame
  // shown after the warm-up left its encoder; freezeMs: how long the picture stood still at the longest.
  window.watchFrames = (video, { t0, span, warm, secs }) => {
    const canvas = new OffscreenCanvas(bits * 4, 4);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const began = performance.now();
    const found = { latency: [], firstFrameMs: 0, freezeMs: 0 };
    let last = 0;
    const read = () => {
      const now = performance.now();
      found.firstFrameMs ||= now - began;
      context.drawImage(video, 0, 0, bits * 40 * (video.videoWidth / 1280), 40 * (video.videoHeight / 720), 0, 0, bits * 4, 4);
      const pixels = context.getImageData(0, 2, bits * 4, 1).data;
      let frame = 0;
      for (let i = 0; i < bits; ++i) frame = frame * 2 + (pixels[(i * 4 + 2) * 4] > 125 ? 1 : 0);
      const latency = performance.timeOrigin + now - (t0 + (frame * 1000) / fps);
      if (now - began > warm * 1000) {
        found.latency.push(((latency % span) + span) % span);
        if (last) found.freezeMs = Math.max(found.freezeMs, now - last);
        last = now;
      }
      video.requestVideoFrameCallback(read);
    };
    video.requestVideoFrameCallback(read);
    return new Promise((done) => setTimeout(() => {
      found.freezeMs = Math.max(found.freezeMs, last ? performance.now() - last : secs * 1000);
      done(found);
    }, (warm + secs) * 1000));
  };

  // Plays by WHEP; by way of another UDP port of this machine when one is named.
  window.playWhep = async (video, url, port) => {
    const peer = new RTCPeerConnection();
    const stream = new MediaStream();
    peer.ontrack = ({ track }) => stream.addTrack(track);
    video.srcObject = stream;
    peer.addTransceiver("audio", { direction: "recvonly" });
    peer.addTransceiver("video", { direction: "recvonly" });
    await peer.setLocalDescription();
    const answer = await fetch(url, { method: "POST", headers: { "Content-Type": "application/sdp" }, body: peer.localDescription.sdp });
    if (answer.status !== 201) throw new Error(`WHEP answered ${answer.status}: ${await answer.text()}`);
    let sdp = await answer.text();
    if (port) sdp = sdp.split("\r\n").filter((line) => !/^a=candidate.* tcp /i.test(line)).map((line) => line.replace(/^(a=candidate:\S+ \d+ udp \d+) \S+ \d+/i, `$1 127.0.0.1 ${port}`)).join("\r\n");
    await peer.setRemoteDescription({ type: "answer", sdp });
    await video.play();
    return peer;
  };
}

export async function openPlayer() {
  const page = createServer((request, response) => {
    const isScript = request.url === "/hls.js";
    response.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    response.end(isScript ? readFileSync(createRequire(resolve("web/package.json")).resolve("hls.js/dist/hls.min.js")) : "<!doctype html><video muted playsinline></video><script src=/hls.js></script>");
  }).listen(0, "127.0.0.1");
  const browser = await launchChromium();
  const tab = await browser.newPage();
  await tab.addInitScript(install, { fps: kFps, bits: kBits });
  await tab.goto(`http://127.0.0.1:${page.address().port}/`);
  return { tab, stop: async () => { await browser.close(); page.close(); } };
}
