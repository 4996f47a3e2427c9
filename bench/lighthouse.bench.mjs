// Lighthouse's mobile preset (slow 4G, a quarter of this CPU) on home and on the watch page, and the JavaScript before
// interaction as brotli bytes.
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { World } from "../tests/lib/world.mjs";

function lighthouse(url, out) {
  const done = spawnSync(process.execPath, [resolve("node_modules/lighthouse/cli/index.js"), url, "--quiet", "--output=json", `--output-path=${out}`, "--only-categories=performance,accessibility", "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync"], {
    encoding: "utf8", env: { ...process.env, CHROME_PATH: "/usr/bin/chromium" }, timeout: 180_000,
  });
  if (done.status !== 0) throw new Error(`lighthouse ${url}: ${done.stderr.slice(-2000)}`);
  return JSON.parse(readFileSync(out, "utf8"));
}

// The scripts a page asks for before anybody touches it.
async function scriptBytes(origin, path) {
  // A connection of its own each time: the ones kept from before Lighthouse's minutes are closed by now.
  const get = (url) => fetch(url, { headers: { Connection: "close" } });
  const html = await (await get(origin + path)).text();
  const urls = new Set([...html.matchAll(/<script[^>]+src="([^"]+)"(?![^>]*noModule)/g)].map((match) => match[1]));
  let total = 0;
  for (const url of urls) total += brotliCompressSync(Buffer.from(await (await get(new URL(url, origin))).arrayBuffer())).length;
  return total;
}

export default async function run() {
  const world = await World.start({ web: true });
  try {
    const ana = await world.user("ana");
    const { stream, publish } = await ana.post("/api/v1/streams", { title: "Fado à janela", category: "fado", language: "pt-PT" });
    world.publish(publish.obs_key);
    await world.live(stream.id);
    const figures = [];
    for (const [name, path] of [["home", "/"], ["watch", "/@ana"]]) {
      const report = lighthouse(world.origin + path, join(world.dir, `${name}.json`));
      figures.push({ what: `${name}: performance`, value: report.categories.performance.score * 100, atLeast: 90 });
      figures.push({ what: `${name}: accessibility`, value: report.categories.accessibility.score * 100, atLeast: 95 });
      figures.push({ what: `${name}: largest contentful paint`, value: report.audits["largest-contentful-paint"].numericValue / 1000, unit: "s", atMost: 2 });
      figures.push({ what: `${name}: JavaScript before interaction, brotli`, value: (await scriptBytes(world.origin, path)) / 1000, unit: "KB", atMost: 150 });
    }
    return figures;
  } finally {
    await world.stop();
  }
}
