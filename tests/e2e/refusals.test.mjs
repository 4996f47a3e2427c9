// A page whose own data is refused says so, with its status and its way on: too many visits, a fault of ours, a house that is
// starting. A page that lacks but a list goes on without it.
import assert from "node:assert/strict";
import { createServer, request } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { words } from "../lib/words.mjs";
import { database, freePort, until, World } from "../lib/world.mjs";

const t = words("pt-PT");
let world, proxy, browser, signedIn;

// Stands between the pages and the server: everything is passed on but what `refuse` has an answer for.
async function startProxy(target) {
  const stage = { refuse: () => null, asked: new Set() };
  const server = createServer((incoming, outgoing) => {
    const path = new URL(incoming.url, target).pathname;
    stage.asked.add(path);
    const refused = stage.refuse(path);
    if (refused) return outgoing.writeHead(refused.status, { "content-type": "application/json", ...refused.headers }).end(JSON.stringify({ error: { reason: refused.reason, message: "" } }));
    incoming.pipe(request(target + incoming.url, { method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.pipe(outgoing);
    }).on("error", () => outgoing.destroy()));
  });
  const port = await freePort();
  await new Promise((listening) => server.listen(port, "127.0.0.1", listening));
  return Object.assign(stage, { url: `http://127.0.0.1:${port}`, close: () => { server.closeAllConnections(); server.close(); } });
}

before(async () => {
  world = await World.start();
  proxy = await startProxy(world.origin);
  await world.startWeb({ LUSO_API_URL: proxy.url });
  const ana = await world.user("ana");
  signedIn = ana.cookie;
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  proxy?.close();
  await world?.stop();
});

beforeEach(() => { proxy.refuse = () => null; });

const visit = async (path, { as } = {}) => {
  const answer = await fetch(world.origin + path, { redirect: "manual", headers: { "accept-language": "pt-PT", ...(as ? { cookie: as } : {}) } });
  return { status: answer.status, wait: answer.headers.get("retry-after"), html: await answer.text() };
};
const kPages = {
  "/": "/api/v1/front-page", "/categories": "/api/v1/categories", "/categories/fado": "/api/v1/streams", "/regions/cv": "/api/v1/streams", "/search?q=fado": "/api/v1/search",
  "/@ana": "/api/v1/channels/ana", "/embed/@ana": "/api/v1/channels/ana", "/emotes": "/api/v1/emotes",
};
const kOwnPages = {
  "/following": ["/api/v1/following", "/api/v1/account"], "/account": ["/api/v1/categories", "/api/v1/account"], "/account/security": ["/api/v1/sessions", "/api/v1/account"],
  "/studio": ["/api/v1/memberships", "/api/v1/account"], "/studio/schedule": ["/api/v1/channel/schedule", "/api/v1/account"],
};
const kAll = [...Object.entries(kPages).map(([path, call]) => ({ path, call })), ...Object.entries(kOwnPages).flatMap(([path, calls]) => calls.map((call) => ({ path, call, isOwn: true })))];
const kRefusals = [
  { status: 429, reason: "api.rate_limited", headers: { "retry-after": "90" }, title: "site.too_many_title", wait: "90" },
  { status: 500, reason: "api.internal", title: "site.error_title", wait: null },
  { status: 503, reason: "io.busy", title: "site.resting_title", wait: "5" },
];

for (const { status, title, wait, ...said } of kRefusals) {
  test(`what is refused with ${status} is a page that says so, wherever it is`, { timeout: 240_000 }, async () => {
    for (const { path, call, isOwn } of kAll) {
      proxy.asked.clear();
      proxy.refuse = (asked) => (asked === call ? { status, ...said } : null);
      const page = await visit(path, { as: isOwn && signedIn });
      assert.ok(proxy.asked.has(call), `${path} never asks ${call}`);
      assert.deepEqual([page.status, page.wait], [status, wait], `${path} without ${call}`);
      assert.ok(page.html.includes(t(title)), `${path} without ${call}`);
    }
    proxy.refuse = () => null;
    for (const { path, isOwn } of kAll) assert.equal((await visit(path, { as: isOwn && signedIn })).status, 200, path);
  });
}

test("a page that lacks only a list, a count or a name goes on without it", { timeout: 240_000 }, async () => {
  const spare = {
    "/": ["/api/v1/categories", "/api/v1/regions", "/api/v1/streams", "/api/v1/schedule", "/api/v1/account"], "/categories": ["/api/v1/regions"],
    "/categories/fado": ["/api/v1/upcoming"], "/regions/cv": ["/api/v1/categories", "/api/v1/regions"], "/search?q=fado": ["/api/v1/categories"],
    "/@ana": ["/api/v1/categories", "/api/v1/streams", "/api/v1/channels/ana/about", "/api/v1/channels/ana/schedule"],
  };
  for (const [path, calls] of Object.entries(spare)) {
    for (const call of calls) {
      proxy.refuse = (asked) => (asked === call ? { status: 500, reason: "api.internal" } : null);
      const page = await visit(path, { as: signedIn });
      assert.equal(page.status, 200, `${path} without ${call}`);
    }
  }
  proxy.refuse = () => null;
});

test("someone who waits is let in by the page alone; after a fault of ours the reader asks again", { timeout: 180_000 }, async () => {
  const page = await (await browser.newContext({ locale: "pt-PT", viewport: { width: 360, height: 740 } })).newPage();
  proxy.refuse = (path) => (path === "/api/v1/front-page" ? { status: 429, reason: "api.rate_limited", headers: { "retry-after": "2" } } : null);
  await page.goto(`${world.origin}/`);
  await page.getByRole("heading", { level: 1, name: t("site.too_many_title") }).waitFor();
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  proxy.refuse = () => null;
  await page.getByRole("heading", { name: t("home.live_now") }).first().waitFor({ timeout: 60_000 });

  proxy.refuse = (path) => (path === "/api/v1/front-page" ? { status: 500, reason: "api.internal" } : null);
  await page.goto(`${world.origin}/`);
  proxy.refuse = () => null;
  await page.getByRole("link", { name: t("site.retry") }).click();
  await page.getByRole("heading", { name: t("home.live_now") }).first().waitFor({ timeout: 60_000 });
  await page.context().close();
});

test("whoever really searches too fast reads how long to wait", { timeout: 120_000 }, async () => {
  let isOver = false;
  const ask = async () => { while (!isOver) await (await fetch(`${world.origin}/api/v1/search?q=`)).arrayBuffer(); };   // Charged before it is read.
  const flood = Promise.all(Array.from({ length: 24 }, ask));
  try {
    const refused = await until("a search page that is refused", async () => {
      const page = await visit("/search?q=fado");
      return page.status === 429 && page;
    }, { timeoutMs: 90_000 });
    assert.ok(Number(refused.wait) >= 1, refused.wait);
    assert.ok(refused.html.includes(t("site.too_many_title")));
  } finally {
    isOver = true;
    await flood;
  }
});

test("with the database gone every page says that the house is waking, and comes back with it", { timeout: 180_000 }, async () => {
  const name = `world_${world.id}`;
  const allow = (may) => database().psql("postgres", `ALTER DATABASE "${name}" ALLOW_CONNECTIONS ${may}; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
  allow(false);
  for (const path of ["/", "/categories", "/categories/fado", "/regions/cv", "/search?q=fado", "/@ana"]) {
    const page = await visit(path);
    assert.deepEqual([page.status, page.wait], [503, "5"], path);
    assert.ok(page.html.includes(t("site.resting_title")), path);
  }
  allow(true);
  await until("the home page again", async () => (await visit("/")).status === 200, { timeoutMs: 60_000 });
});
