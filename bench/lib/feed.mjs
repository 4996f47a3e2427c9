// A creator's stream in a world of its own, published from the bench's film, and the tools that do it.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { until } from "../../tests/lib/world.mjs";
import { film } from "./film.mjs";

// Builds a load tool of bench/*.cpp and says where it is.
export function buildTool(name) {
  const done = spawnSync("cmake", ["--build", "--preset", "release", "--target", name], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`${name} did not build: ${done.stdout.slice(-2000)}`);
  return resolve("build/release/bench", name);
}

// Publishes the film for `secs` seconds and waits until it can be watched. t0: when its first frame left, in
// milliseconds since 1970; the film repeats after span milliseconds.
export async function startFeed(world, { secs, gopS = 1 }) {
  const ana = await world.user("ana");
  const { stream, publish } = await ana.post("/api/v1/streams", { title: "Medida", category: "conversa", language: "pt-PT" });
  const names = join(world.dir, "names.txt");
  const t0File = join(world.dir, "t0.json");
  writeFileSync(names, publish.obs_key);
  const publisher = spawn(buildTool("rtmp_load"), ["--url", world.rtmp, "--names", names, "--film", film({ gopS }), "--secs", String(secs), "--t0-file", t0File], { stdio: ["ignore", "ignore", "inherit"] });
  await world.live(stream.id);
  const { t0_ms: t0, span_ms: span } = await until("the first frame's time", () => JSON.parse(readFileSync(t0File, "utf8")));
  return { id: stream.id, t0, span, stop: () => publisher.kill() };
}
