// WHEP fan-out of one 720p30 stream: CPU per packet against the floor of the same machine in the same run, what a second
// reactor adds, memory, how fast a viewer joins, and what watching suffers from a starved server, a flood of joins and loss.
import { spawn, spawnSync } from "node:child_process";
import { createInterface } from "node:readline";
import { World } from "../tests/lib/world.mjs";
import { median, sleep } from "./lib/cpu.mjs";
import { buildTool, startFeed } from "./lib/feed.mjs";
import { film } from "./lib/film.mjs";

const kViewers = 500;
const kWatchers = 100; // Where other things than cost are looked at.
const kSecs = 15;
const kStarvedMs = 5_000;
const kStarvedSlicesMs = { stopped: 490, running: 10 };
const kFloodJoinsPerS = 200;
const kDropPercent = 5;

// Runs whep_load; `measuring` resolves when all viewers play and the measured seconds begin, `report` at its end.
function load(url, pid, options) {
  const words = Object.entries({ url, pid, ...options }).flatMap(([name, value]) => [`--${name.replaceAll("_", "-")}`, String(value)]);
  const child = spawn(buildTool("whep_load"), words, { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: child.stdout });
  let last;
  const measuring = new Promise((resolve) => lines.on("line", (line) => {
    last = JSON.parse(line);
    if (last.measuring) resolve();
  }));
  const report = new Promise((resolve, reject) => child.once("close", () => {
    if (last?.played === last?.viewers && last?.viewers) resolve(last);
    else reject(new Error(`whep_load: ${last?.played ?? 0} of ${last?.viewers} viewers played, ${JSON.stringify(last?.failures)}`));
  }));
  return { measuring, report };
}

function floor(audioBytes) {
  const words = ["--film", film(), "--viewers", String(kViewers), "--secs", "8", "--audio-bytes", String(audioBytes)];
  const done = spawnSync(buildTool("webrtc_floor"), words, { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`webrtc_floor: ${done.stderr}`);
  return JSON.parse(done.stdout).us_per_packet;
}

async function withStream({ reactors, gopS = 1, secs }, work) {
  const world = await World.start({ config: { reactors, webrtc_addresses: "127.0.0.1", webrtc_joins_per_s: 0, webrtc_address_joins_per_s: 0 } });
  let feed;
  try {
    feed = await startFeed(world, { secs, gopS });
    return await work(`${world.origin}/whep/${feed.id}`, world.server.pid);
  } finally {
    feed?.stop();
    await world.stop();
  }
}

// Cost: one reactor and two, each between two measurements of the floor.
async function fanOut() {
  const measure = (reactors) => withStream({ reactors, secs: 120 }, async (url, pid) => {
    const report = await load(url, pid, { viewers: kViewers, joins_per_s: 50, settle: 4, secs: kSecs }).report;
    return { ...report, micros: report.cpu_us / report.packets };
  });
  const one = await measure(1);
  const sealBytes = 16 + 12 + 8; // The tag, the header and its extension: what the floor adds by itself.
  const audioBytes = Math.round(one.audio_bytes / one.audio_packets) - sealBytes;
  const floors = [floor(audioBytes), floor(audioBytes)];
  const two = await measure(2);
  floors.push(floor(audioBytes));
  const least = median(floors);
  const perS = (report) => Math.round(report.packets / report.secs);
  return [
    { what: `WHEP to ${kViewers} viewers, CPU per packet, against the floor`, value: one.micros / least, unit: "x", atMost: 1.3, detail: `floor ${floors.map((us) => us.toFixed(2)).join(", ")} us` },
    { what: `WHEP to ${kViewers} viewers, CPU per packet`, value: one.micros, unit: "us", atMost: 2, detail: `${perS(one)} packets/s, ${(one.cpu_us / one.secs / 1e4).toFixed(0)} % of a core, ${one.freezes} freezes` },
    { what: "what two reactors carry of what one does, at the same CPU each", value: (2 * one.micros) / two.micros, unit: "x", atLeast: 1.8, detail: `${two.micros.toFixed(2)} us a packet with two, ${two.freezes} freezes` },
    { what: `memory per viewer at ${kViewers}`, value: (one.rss_after_kb - one.rss_before_kb) / kViewers, unit: "KB", atMost: 64, detail: `${Math.round(one.rss_before_kb / 1024)} MB then ${Math.round(one.rss_after_kb / 1024)} MB` },
  ];
}

// The server gets a fiftieth of a core for some seconds: how long until every viewer is in real time again. It settles until
// LL-HLS holds all the segments it will, so that what memory grows by is the starving's.
async function starved() {
  return withStream({ reactors: 1, secs: 90 }, async (url, pid) => {
    const running = load(url, pid, { viewers: kWatchers, joins_per_s: 50, settle: 20, secs: 15 });
    await running.measuring;
    const began = performance.now();
    await sleep(2_000);
    const from = performance.now();
    while (performance.now() - from < kStarvedMs) {
      process.kill(pid, "SIGSTOP");
      await sleep(kStarvedSlicesMs.stopped);
      process.kill(pid, "SIGCONT");
      await sleep(kStarvedSlicesMs.running);
    }
    const freed = (performance.now() - began) / 1000;
    const { series } = await running.report;
    const behind = series.filter(([at, current]) => at > freed && current < kWatchers);
    const recovered = behind.length ? behind.at(-1)[0] - freed : 0;
    const worst = Math.min(...series.filter(([at]) => at > from / 1000 && at < freed).map(([, current]) => current), kWatchers);
    const rss = series.map(([, , , kb]) => kb);
    return [
      { what: `starved of CPU for ${kStarvedMs / 1000} s, until all ${kWatchers} viewers are in real time again`, value: recovered, unit: "s", atMost: 2, detail: `at the worst ${worst} of them were` },
      { what: "memory after it, of that before", value: Math.max(...rss) / rss[0], unit: "x", atMost: 1.1, detail: `${Math.round(rss[0] / 1024)} MB, at most ${Math.round(Math.max(...rss) / 1024)} MB` },
    ];
  });
}

async function joins() {
  return withStream({ reactors: 1, gopS: 2, secs: 120 }, async (url, pid) => {
    const calm = await load(url, pid, { viewers: kWatchers, probes: kWatchers, joins_per_s: 20, settle: 0, secs: 1 }).report;
    const watching = load(url, pid, { viewers: kWatchers, joins_per_s: 50, settle: 2, secs: 8 });
    await watching.measuring;
    const flood = await load(url, 0, { viewers: kFloodJoinsPerS * 5, probes: kFloodJoinsPerS * 5, joins_per_s: kFloodJoinsPerS, leave_after_ms: 200 }).report;
    const watched = await watching.report;
    const { answer, ice, dtls, picture } = calm.join_ms;
    return [
      { what: "join by WHEP at a GOP of 2 s, until the first whole picture is there, p95", value: picture.p95, unit: "ms", atMost: 250, detail: `p50 ${picture.p50} ms: answer ${answer.p50}, ICE ${ice.p50}, DTLS ${dtls.p50}` },
      { what: `freezes over 200 ms of ${kWatchers} viewers while ${kFloodJoinsPerS} others join a second`, value: watched.freezes, atMost: 0, detail: `longest gap between pictures ${watched.gap_ms.max} ms, p99 ${watched.gap_ms.p99} ms; those who joined saw a picture after p50 ${flood.join_ms.picture.p50} ms, p95 ${flood.join_ms.picture.p95} ms` },
    ];
  });
}

async function loss() {
  return withStream({ reactors: 1, secs: 60 }, async (url, pid) => {
    const report = await load(url, pid, { viewers: kWatchers, joins_per_s: 50, settle: 2, secs: 10, drop: kDropPercent }).report;
    const { recovered, lost, retransmitted, recovery_ms: took } = report.loss;
    return [{ what: `lost packets that come again at ${kDropPercent} % loss`, value: (100 * recovered) / (recovered + lost), unit: "%", atLeast: 99.5, detail: `${lost} given up, ${retransmitted} retransmitted, there after p50 ${took.p50} ms, p95 ${took.p95} ms` }];
  });
}

export default async function run() {
  return [...await fanOut(), ...await starved(), ...await joins(), ...await loss()];
}
