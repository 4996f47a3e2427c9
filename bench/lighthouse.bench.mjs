// Lighthouse's mobile preset (slow 4G, a quarter of this CPU, simulated) on home, a category, a live channel and one that is
// away: four scores and three times each, from the middle one of several visits, and the JavaScript before interaction.
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { World } from "../tests/lib/world.mjs";
import { BUDGET_KB, costOf } from "../web/scripts/budget.mjs";

const kVisits = 3;
const kScores = { performance: 95, accessibility: 100, "best-practices": 95, seo: 100 };   // The goals.
const kScoreMin = 90;   // The gate: the machine has moods.
const kPages = [["home", "/"], ["category", "/categories/fado"], ["channel, live", "/@ana"], ["channel, away", "/@rui"]];

async function lighthouse(url, out) {
  await promisify(execFile)(process.execPath, [resolve("node_modules/lighthouse/cli/index.js"), url, "--quiet", "--output=json", `--output-path=${out}`, `--only-categories=${Object.keys(kScores).join()}`, "--chrome-flags=--headless=new --no-sandbox --disable-gpu --disable-background-networking --disable-component-update --disable-sync"], {
    env: { ...process.env, CHROME_PATH: "/usr/bin/chromium" }, timeout: 180_000, maxBuffer: 64 << 20,
  });
  return JSON.parse(readFileSync(out, "utf8"));
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
  return reports.sort((a, b) => a.categories.performance.score - b.categories.performance.score)[(kVisits - 1) / 2];
}

const percent = (report, category) => Math.round(report.categories[category].score * 100);
const seconds = (report, audit) => report.audits[audit].numericValue / 1000;
const milliseconds = (report, audit) => Math.round(report.audits[audit].numericValue);
// What kept a score from being whole, by name.
const faults = (report, category) => report.categories[category].auditRefs
  .filter(({ id, weight }) => weight > 0 && report.audits[id].score !== null && report.audits[id].score < 0.9).map(({ id }) => id).join(", ");

async function figuresOf(world, [name, path], floor, packed) {
  const report = await visit(world.origin + path, join(world.dir, "lighthouse.json"));
  const cost = await costOf(world.origin, path, { packed });
  return [
    ...Object.entries(kScores).map(([category, goal]) => ({ what: `${name}: ${category}`, value: percent(report, category), goal, atLeast: kScoreMin, detail: [faults(report, category), category === "performance" ? floor : ""].filter(Boolean).join("; ") })),
    { what: `${name}: largest contentful paint`, value: seconds(report, "largest-contentful-paint"), unit: "s", goal: 1.5, atMost: 2 },
    { what: `${name}: layout shift`, value: report.audits["cumulative-layout-shift"].numericValue, atMost: 0.05 },
    { what: `${name}: blocked`, value: milliseconds(report, "total-blocking-time"), unit: "ms", goal: 200, atMost: 300, detail: floor },
    { what: `${name}: HTML, brotli`, value: cost.html, unit: "KB", atMost: BUDGET_KB.html },
    { what: `${name}: JavaScript before interaction, brotli`, value: cost.script, unit: "KB", atMost: BUDGET_KB.script },
  ];
}

export default async function run() {
  const world = await World.start({ web: true });
  const empty = await emptyPage();
  try {
    const ana = await world.user("ana");
    await world.user("rui");
    const { stream, publish } = await ana.post("/api/v1/streams", { title: "Fado à janela", category: "fado", language: "pt-PT" });
    world.publish(publish.obs_key);
    await world.live(stream.id);
    const nothing = await visit(empty.url, join(world.dir, "empty.json"));
    const floor = `an empty page: ${percent(nothing, "performance")}, blocked ${milliseconds(nothing, "total-blocking-time")} ms`;
    const figures = [], packed = new Map();
    for (const page of kPages) figures.push(...await figuresOf(world, page, floor, packed));
    return figures;
  } finally {
    empty.close();
    await world.stop();
  }
}
