// Ingest: CPU per publisher at 1.5 Mbit/s with HLS written, against nginx-rtmp doing the same, 100 publishers on one core.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { World } from "../tests/lib/world.mjs";
import { cpuSeconds, family, rssMb, sleep } from "./lib/cpu.mjs";
import { buildTool } from "./lib/feed.mjs";
import { film } from "./lib/film.mjs";
import { startNginx } from "./lib/nginx.mjs";

const kPublishers = 100;
const kSettleMs = 8_000;
const kWindowMs = 20_000;

async function measure(url, names, dir, pids) {
  const list = join(dir, "names.txt");
  writeFileSync(list, names.join("\n"));
  const tool = spawn(buildTool("rtmp_load"), ["--url", url, "--names", list, "--film", film(), "--secs", String((kSettleMs + kWindowMs) / 1000 + 4)], { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  tool.stdout.on("data", (chunk) => { output += chunk; });
  const ended = new Promise((resolve) => tool.once("close", resolve));
  await sleep(kSettleMs);
  const before = cpuSeconds(...pids());
  const began = performance.now();
  await sleep(kWindowMs);
  const cores = (cpuSeconds(...pids()) - before) / ((performance.now() - began) / 1000);
  const rss = Math.max(...pids().map(rssMb));
  await ended;
  return { cores, rss, ...JSON.parse(output) };
}

export default async function run() {
  const world = await World.start({ config: { reactors: 1, publishers_max: 200, streams_per_day: 1000 } });
  const nginx = await startNginx();
  try {
    const names = [];
    for (let i = 0; i < kPublishers; ++i) {
      const api = await world.user(`criador${i}`, "creator", { network: `10.${i}.0.1` });
      names.push((await api.post("/api/v1/streams", { title: `Medida ${i}`, category: "conversa", language: "pt-BR" })).publish.obs_key);
    }
    const ours = await measure(world.rtmp, names, world.dir, () => [world.server.pid]);
    const theirs = await measure(nginx.rtmp, names.map((_, i) => `medida${i}`), nginx.dir, () => family(nginx.child.pid));
    for (const result of [ours, theirs]) if (result.publishing !== kPublishers) throw new Error(`only ${result.publishing} of ${kPublishers} published: ${JSON.stringify(result)}`);
    const per = (result) => `${((result.cores * 1000) / kPublishers).toFixed(2)} ms/s a publisher, ${Math.round(result.rss)} MB`;
    return [
      { what: "CPU per publisher at 1.5 Mbit/s with HLS, against nginx-rtmp", value: ours.cores / theirs.cores, unit: "x", atMost: 1, detail: `${per(ours)} against ${per(theirs)}` },
      { what: `cores that ${kPublishers} publishers take`, value: ours.cores, atMost: 1 },
    ];
  } finally {
    await nginx.stop();
    await world.stop();
  }
}
