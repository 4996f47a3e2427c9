// Lighthouse's mobile preset (slow 4G, a quarter of this CPU) on home and on the watch page, and the JavaScript before
// interaction as brotli bytes.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { brotliCompressSync } from "node:zlib";
import { World } from "../tests/lib/world.mjs";

const kVisits = 5;

async function lighthouse(url, out) {
  await promisify(execFile)(process.execPath, [resolve("node_modules/lighthouse/cli/index.js"), url, "--quiet", "--output=json", `--output-path=${out}`, "--only-categories=performance,accessibility", "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync"], {
    env: { ...process.env, CHROME_PATH: "/usr/bin/chromium" }, timeout: 180_000, maxBuffer: 64 << 20,
  });
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

// What Lighthouse says of nothing at all, in the same minutes: how much of a figure is this machine.
async function emptyPage() {
  const server = createServer((_, response) => response.setHeader("content-type", "text/html")
    .end('<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Empty</title><h1>An empty page</h1>'));
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}

// The middle one of several visits: one visit is a throw of dice.
async function visit(url, out) {
  const reports = [];
  for (let n = 0; n < kVisits; n++) reports.push(await lighthouse(url, out));
  const score = ({ categories }) => categories.performance.score;
  return reports.sort((a, b) => score(a) - score(b))[(kVisits - 1) / 2];
}

const seconds = (report, audit) => report.audits[audit].numericValue / 1000;

export default async function run() {
  const world = await World.start({ web: true });
  const empty = await emptyPage();
  try {
    const ana = await world.user("ana");
    const { stream, publish } = await ana.post("/api/v1/streams", { title: "Fado à janela", category: "fado", language: "pt-PT" });
    world.publish(publish.obs_key);
    await world.live(stream.id);
    const floor = await visit(empty.url, join(world.dir, "empty.json"));
    const detail = `an empty page: ${Math.round(floor.categories.performance.score * 100)}, blocked ${Math.round(seconds(floor, "total-blocking-time") * 1000)} ms`;
    const figures = [];
    for (const [name, path] of [["home", "/"], ["watch", "/@ana"]]) {
      const report = await visit(world.origin + path, join(world.dir, `${name}.json`));
      figures.push({ what: `${name}: performance`, value: report.categories.performance.score * 100, atLeast: 90, detail: `blocked ${Math.round(seconds(report, "total-blocking-time") * 1000)} ms; ${detail}` });
      figures.push({ what: `${name}: accessibility`, value: report.categories.accessibility.score * 100, atLeast: 95 });
      figures.push({ what: `${name}: largest contentful paint`, value: seconds(report, "largest-contentful-paint"), unit: "s", atMost: 2 });
      figures.push({ what: `${name}: JavaScript before interaction, brotli`, value: (await scriptBytes(world.origin, path)) / 1000, unit: "KB", atMost: 150 });
    }
    return figures;
  } finally {
    empty.close();
    await world.stop();
  }
}
