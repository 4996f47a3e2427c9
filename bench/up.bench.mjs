// ./luso up from warm to a picture, and what the server weighs with the demo stream and 50 viewers.
import { readFileSync, rmSync } from "node:fs";
import { Child, freePort, until } from "../tests/lib/world.mjs";
import { cpuSeconds, rssMb, sleep } from "./lib/cpu.mjs";

const kViewers = 50;
const kWatchMs = 20_000;

// A viewer as a player is one: blocking reloads, then the part it was told about.
async function view(origin, id, until_) {
  let url = `${origin}/hls/${id}/live.m3u8`;
  let bytes = 0;
  while (Date.now() < until_) {
    const text = await (await fetch(url)).text();
    const parts = [...text.matchAll(/#EXT-X-PART:.*URI="([^"]+)"/g)].map((match) => match[1]);
    if (parts.length) bytes += (await (await fetch(`${origin}/hls/${id}/${parts.at(-1)}`)).arrayBuffer()).byteLength;
    const [, msn, part] = /part-(\d+)\.(\d+)\.m4s"\s*$/m.exec(text.match(/#EXT-X-PRELOAD-HINT.*/)?.[0] ?? "") ?? [];
    url = `${origin}/hls/${id}/live.m3u8${msn ? `?_HLS_msn=${msn}&_HLS_part=${part}` : ""}`;
  }
  return bytes;
}

export default async function run() {
  const [http, rtmp] = [await freePort(), await freePort()];
  const args = ["./luso", "up", "--http-port", String(http), "--rtmp-port", String(rtmp), "--var", "var/bench/up"];
  const facts = () => JSON.parse(readFileSync("var/bench/up/up.json", "utf8"));
  rmSync("var/bench/up/up.json", { force: true });
  const start = async () => {
    const began = performance.now();
    const child = new Child("luso up", args, { log: "var/bench/up.log" });
    await until("a picture", facts, { child, timeoutMs: 300_000 });
    return { child, seconds: (performance.now() - began) / 1000 };
  };
  await (await start()).child.stop("SIGINT"); // Builds, makes the cluster and the accounts: the cold part.
  const { child, seconds } = await start();
  try {
    const { url, demo_stream_id, server_pid } = facts();
    const before = cpuSeconds(server_pid);
    const end = Date.now() + kWatchMs;
    const bytes = await Promise.all(Array.from({ length: kViewers }, () => view(url, demo_stream_id, end)));
    const mbit = (bytes.reduce((a, b) => a + b) * 8) / 1e6 / (kWatchMs / 1000) / kViewers;
    return [
      { what: "./luso up from warm to a picture", value: seconds, unit: "s", atMost: 10 },
      { what: `server memory with the demo and ${kViewers} viewers`, value: rssMb(server_pid), unit: "MB", atMost: 100, detail: `${mbit.toFixed(2)} Mbit/s a viewer, ${(((cpuSeconds(server_pid) - before) / (kWatchMs / 1000)) * 100).toFixed(0)} % of a core` },
    ];
  } finally {
    await child.stop("SIGINT");
    await sleep(0);
  }
}
