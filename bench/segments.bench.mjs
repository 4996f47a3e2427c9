// Serving: CPU per megabyte of a 100 KB segment against nginx sending the same bytes, and CPU per playlist.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { World, fixture, until } from "../tests/lib/world.mjs";
import { cpuSeconds, family } from "./lib/cpu.mjs";
import { startNginx } from "./lib/nginx.mjs";

const kConnections = 50;
const kSeconds = 6;

// Fetches `url` as fast as one wrk thread can and returns the server's CPU per request and per megabyte of body.
function load(url, pids, header = []) {
  const before = cpuSeconds(...pids);
  const done = spawnSync("wrk", ["-t1", `-c${kConnections}`, `-d${kSeconds}s`, ...header, url], { encoding: "utf8" });
  const cpu = cpuSeconds(...pids) - before;
  const [, requests] = /(\d+) requests in/.exec(done.stdout) ?? [];
  if (!requests || /Non-2xx/.test(done.stdout)) throw new Error(`wrk ${url}: ${done.stdout}${done.stderr}`);
  return { microsPerRequest: (cpu * 1e6) / Number(requests), requests: Number(requests) };
}

export default async function run() {
  const world = await World.start({ config: { reactors: 1 } });
  const nginx = await startNginx();
  try {
    const ana = await world.user("ana");
    const { stream, publish } = await ana.post("/api/v1/streams", { title: "Medida", category: "conversa", language: "pt-PT" });
    const encoder = world.publish(publish.obs_key, fixture("plain", { size: "640x360", seconds: 12 }));
    await world.live(stream.id);
    const name = await until("a segment of about 100 KB", async () => {
      for (const [segment] of (await world.playlist(stream.id)).matchAll(/seg-\d+\.m4s/g)) {
        const size = (await (await fetch(`${world.origin}/hls/${stream.id}/${segment}`)).arrayBuffer()).byteLength;
        if (size > 70_000) return segment;
      }
    });
    const segmentUrl = `${world.origin}/hls/${stream.id}/${name}`;
    const bytes = Buffer.from(await (await fetch(segmentUrl)).arrayBuffer());
    writeFileSync(join(nginx.dir, "www", "segment.m4s"), bytes);
    await encoder.stop("SIGKILL");
    const text = await world.playlist(stream.id);
    writeFileSync(join(nginx.dir, "www", "live.m3u8"), text);

    const mb = bytes.length / 1e6;
    const rounds = [];
    for (let round = 0; round < 3; ++round) { // Alternating, so that a busy moment of the machine meets both.
      const ours = load(segmentUrl, [world.server.pid]).microsPerRequest / mb;
      const theirs = load(`${nginx.http}/segment.m4s`, family(nginx.child.pid)).microsPerRequest / mb;
      rounds.push({ ours, theirs });
    }
    const best = (key) => Math.min(...rounds.map((round) => round[key]));
    const staticPlaylist = load(`${nginx.http}/live.m3u8`, family(nginx.child.pid));
    const playlist = load(`${world.origin}/hls/${stream.id}/live.m3u8`, [world.server.pid], ["-H", "Accept-Encoding: gzip"]);
    return [
      { what: `CPU per MB of a ${Math.round(bytes.length / 1000)} KB segment, against nginx`, value: best("ours") / best("theirs"), unit: "x", atMost: 1.2, detail: `${Math.round(best("ours"))} against ${Math.round(best("theirs"))} us/MB` },
      { what: "CPU per playlist", value: playlist.microsPerRequest, unit: "us", atMost: 15, detail: `nginx takes ${staticPlaylist.microsPerRequest.toFixed(1)} us to send a file of the same ${text.length} bytes` },
    ];
  } finally {
    await nginx.stop();
    await world.stop();
  }
}
