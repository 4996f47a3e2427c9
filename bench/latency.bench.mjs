// Glass to glass in Chromium, by WHEP and by LL-HLS (hls.js with its defaults): the wall clock at which a frame is shown,
// less the one at which it was handed to our socket. Encoder excluded; network, server, player buffer and decoder
// included. And by WHEP over a bad network: how long the picture stands still.
import { World } from "../tests/lib/world.mjs";
import { startBadNetwork } from "./lib/bad_network.mjs";
import { startFeed } from "./lib/feed.mjs";
import { kFps } from "./lib/film.mjs";
import { openPlayer } from "./lib/player.mjs";

const kWarmS = 8;
const kMeasureS = 30;
const kBadMeasureS = 60;
const kLossPercent = 5;
const kRttMs = 50;
const kPlayerDelayMs = 10;  // What our player asks for, so that the picture waits for its sound.

// Each runs in the page.
async function watchHls({ url, ...watch }) {
  const video = document.querySelector("video");
  const found = window.watchFrames(video, watch);
  const hls = new window.Hls();
  hls.loadSource(url);
  hls.attachMedia(video);
  await video.play();
  return found;
}

async function watchWhep({ url, port, ...watch }) {
  const video = document.querySelector("video");
  const found = window.watchFrames(video, watch);
  const peer = await window.playWhep(video, url, port);
  const seen = await found;
  const inbound = [...(await peer.getStats()).values()].find((one) => one.type === "inbound-rtp" && one.kind === "video");
  peer.close();
  return { ...seen, inbound };
}

// The server's UDP port, as its answer's candidates tell it.
async function mediaPort(tab, url) {
  return tab.evaluate(async (whep) => {
    const peer = new RTCPeerConnection();
    peer.addTransceiver("video", { direction: "recvonly" });
    await peer.setLocalDescription();
    const answer = await fetch(whep, { method: "POST", headers: { "Content-Type": "application/sdp" }, body: peer.localDescription.sdp });
    const sdp = await answer.text();
    await fetch(new URL(answer.headers.get("Location"), whep), { method: "DELETE" });
    peer.close();
    return Number(/^a=candidate:\S+ 1 udp \d+ \S+ (\d+)/im.exec(sdp)[1]);
  }, url);
}

function quantiles(how, { latency }, secs) {
  if (latency.length < secs * kFps * 0.5) throw new Error(`only ${latency.length} frames were shown ${how} in ${secs} s`);
  const sorted = [...latency].sort((a, b) => a - b);
  return (q) => sorted[Math.floor((sorted.length - 1) * q)];
}

export default async function run() {
  // One reactor: every viewer's media comes from the same port, which the bad network stands before.
  const world = await World.start({ config: { reactors: 1, webrtc_addresses: "127.0.0.1" } });
  const player = await openPlayer();
  let feed;
  let network;
  try {
    feed = await startFeed(world, { secs: 4 * kWarmS + 3 * kMeasureS + kBadMeasureS + 60 });
    const watch = { t0: feed.t0, span: feed.span, warm: kWarmS, secs: kMeasureS };
    const whepUrl = `${world.origin}/whep/${feed.id}`;

    const whep = await player.tab.evaluate(watchWhep, { url: whepUrl, ...watch });
    const asked = await player.tab.evaluate(watchWhep, { url: `${whepUrl}?playout_delay_ms=${kPlayerDelayMs}`, ...watch });
    network = await startBadNetwork({ port: await mediaPort(player.tab, whepUrl), lossPercent: kLossPercent, rttMs: kRttMs });
    const bad = await player.tab.evaluate(watchWhep, { url: whepUrl, port: network.port, ...watch, secs: kBadMeasureS });
    await player.tab.reload();
    const hls = await player.tab.evaluate(watchHls, { url: `${world.origin}/hls/${feed.id}/index.m3u8`, ...watch });

    const [ofWhep, ofAsked, ofBad, ofHls] = [quantiles("by WHEP", whep, kMeasureS), quantiles("by WHEP with a delay", asked, kMeasureS), quantiles("over the bad network", bad, kBadMeasureS), quantiles("by LL-HLS", hls, kMeasureS)];
    const { lost, forwarded } = network.counts;
    return [
      { what: "glass to glass by WHEP, p50", value: ofWhep(0.5), unit: "ms", atMost: 60, detail: `first frame after ${Math.round(whep.firstFrameMs)} ms, ${whep.latency.length} frames in ${kMeasureS} s, longest gap ${Math.round(whep.freezeMs)} ms` },
      { what: "glass to glass by WHEP, p95", value: ofWhep(0.95), unit: "ms", atMost: 120 },
      { what: `the same with the ${kPlayerDelayMs} ms of playout delay our player asks for, p50`, value: ofAsked(0.5), unit: "ms", atMost: 60, detail: `p95 ${Math.round(ofAsked(0.95))} ms, longest gap ${Math.round(asked.freezeMs)} ms` },
      {
        what: `longest freeze by WHEP in ${kBadMeasureS} s of ${kLossPercent} % loss and ${kRttMs} ms RTT`, value: bad.freezeMs, unit: "ms", atMost: 500,
        detail: `a relay lost ${lost} of ${lost + forwarded} datagrams, both ways; ${bad.latency.length} frames, p50 ${Math.round(ofBad(0.5))} ms, p95 ${Math.round(ofBad(0.95))} ms, ${bad.inbound.nackCount} NACKs, ${bad.inbound.pliCount} PLIs, ${bad.inbound.freezeCount} freezes by Chromium's count`,
      },
      { what: "glass to glass by LL-HLS, hls.js defaults, p50", value: ofHls(0.5) / 1000, unit: "s", atMost: 2.5, detail: `p95 ${(ofHls(0.95) / 1000).toFixed(2)} s, first frame after ${(hls.firstFrameMs / 1000).toFixed(2)} s, ${hls.latency.length} frames in ${kMeasureS} s` },
    ];
  } finally {
    network?.stop();
    feed?.stop();
    await player.stop();
    await world.stop();
  }
}
