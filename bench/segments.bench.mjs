// Serving: CPU per megabyte of a 100 KB segment against nginx sending the same bytes, and CPU per playlist beside nginx
// and a bare epoll loop.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { World, fixture, until } from "../tests/lib/world.mjs";
import { cpuSeconds, family, kernelTicks, median } from "./lib/cpu.mjs";
import { buildTool } from "./lib/feed.mjs";
import { startNginx } from "./lib/nginx.mjs";

const kConnections = 50;
const kSeconds = 3;
const kRounds = 7;
const kVideoKbps = 300; // With the sound, two seconds are about 100 KB.

// Fetches `url` as fast as one wrk thread can: the server's CPU per request, and the kernel's share of it.
function load(url, pids, header = []) {
  const [cpuBefore, ticksBefore] = [cpuSeconds(...pids), kernelTicks(...pids)];
  const done = spawnSync("wrk", ["-t1", `-c${kConnections}`, `-d${kSeconds}s`, ...header, url], { encoding: "utf8" });
  const [cpu, ticks] = [cpuSeconds(...pids) - cpuBefore, kernelTicks(...pids)];
  const [, requests] = /(\d+) requests in/.exec(done.stdout) ?? [];
  if (!requests || /Non-2xx|Socket errors/.test(done.stdout)) throw new Error(`wrk ${url}: ${done.stdout}${done.stderr}`);
  return { micros: (cpu * 1e6) / Number(requests), kernelShare: (ticks.kernel - ticksBefore.kernel) / Math.max(1, ticks.all - ticksBefore.all) };
}

// All in turn, several times, so that a busy moment of the machine meets all of them.
function alternate(ours, theirs, least) {
  const rounds = Array.from({ length: kRounds }, () => ({ ours: ours(), theirs: theirs(), least: least?.() }));
  const of = (read) => median(rounds.map(read));
  return {
    ours: of((round) => round.ours.micros), theirs: of((round) => round.theirs.micros), ratio: of((round) => round.ours.micros / round.theirs.micros),
    kernel: of((round) => round.ours.kernelShare), theirKernel: of((round) => round.theirs.kernelShare), least: of((round) => round.least?.micros),
  };
}

// A server that parses nothing and always sends what ours answered to this request, head and body.
async function startFloor(world, path, headers) {
  const asked = request(`${world.origin}${path}`, { headers }).end();
  const [answer] = await once(asked, "response");
  const body = Buffer.concat(await answer.toArray());
  const head = [`HTTP/1.1 ${answer.statusCode} OK`];
  for (let i = 0; i < answer.rawHeaders.length; i += 2) head.push(`${answer.rawHeaders[i]}: ${answer.rawHeaders[i + 1]}`);
  const file = join(world.dir, "answer");
  writeFileSync(file, Buffer.concat([Buffer.from(`${head.filter((line) => !/^connection:/i.test(line)).join("\r\n")}\r\n\r\n`), body]));
  const child = spawn(buildTool("http_floor"), ["--answer", file], { stdio: ["ignore", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  return { child, url: `http://127.0.0.1:${JSON.parse(line).port}/` };
}

export default async function run() {
  const world = await World.start({ config: { reactors: 1 } });
  const nginx = await startNginx();
  let floor;
  try {
    const ana = await world.user("ana");
    const { stream, publish } = await ana.post("/api/v1/streams", { title: "Medida", category: "conversa", language: "pt-PT" });
    const encoder = world.publish(publish.obs_key, fixture("plain", { size: "640x360", seconds: 12, kbps: kVideoKbps }));
    await world.live(stream.id);
    const { name, bytes } = await until("a segment of about 100 KB", async () => {
      for (const [name] of (await world.playlist(stream.id)).matchAll(/seg-\d+\.m4s/g)) {
        const bytes = Buffer.from(await (await fetch(`${world.origin}/hls/${stream.id}/${name}`)).arrayBuffer());
        if (bytes.length > 80_000 && bytes.length < 120_000) return { name, bytes };
      }
    });
    await encoder.stop("SIGKILL");
    const text = await world.playlist(stream.id);
    writeFileSync(join(nginx.dir, "www", "segment.m4s"), bytes);
    writeFileSync(join(nginx.dir, "www", "live.m3u8"), text);

    const ourPids = [world.server.pid], theirPids = family(nginx.child.pid);
    const gzip = ["-H", "Accept-Encoding: gzip"];
    floor = await startFloor(world, `/hls/${stream.id}/live.m3u8`, { "Accept-Encoding": "gzip" });
    const segment = alternate(() => load(`${world.origin}/hls/${stream.id}/${name}`, ourPids), () => load(`${nginx.http}/segment.m4s`, theirPids));
    const playlist = alternate(() => load(`${world.origin}/hls/${stream.id}/live.m3u8`, ourPids, gzip), () => load(`${nginx.http}/live.m3u8`, theirPids, gzip), () => load(floor.url, [floor.child.pid], gzip));
    const perMb = (micros) => Math.round(micros / (bytes.length / 1e6));
    const percent = (share) => `${Math.round(share * 100)} %`;
    return [
      { what: `CPU per MB of a ${Math.round(bytes.length / 1000)} KB segment, against nginx`, value: segment.ratio, unit: "x", atMost: 1.2, detail: `${perMb(segment.ours)} against ${perMb(segment.theirs)} us/MB, of which the kernel takes ${percent(segment.kernel)} and ${percent(segment.theirKernel)}` },
      { what: "CPU per playlist", value: playlist.ours, unit: "us", atMost: 15, detail: `the kernel takes ${percent(playlist.kernel)} of it; nginx takes ${playlist.theirs.toFixed(1)} us to send a file of the same ${text.length} bytes, a loop that parses nothing ${playlist.least.toFixed(1)} us to send the same answer` },
    ];
  } finally {
    floor?.child.kill();
    await nginx.stop();
    await world.stop();
  }
}
