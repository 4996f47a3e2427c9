// A visit to the watch page against the real server by WebRTC: it begins, survives a change of network, and leaves nothing behind.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { moves } from "../lib/player.mjs";
import { UdpRelay } from "../lib/udp_relay.mjs";
import { words } from "../lib/words.mjs";
import { World, freePort, until } from "../lib/world.mjs";

const t = words("en");
const kAtOnceMs = 10_000;   // Far less than the half minute after which a silent viewer is let go.
let world, browser, created, webrtcPort, context, relay;
before(async () => {
  webrtcPort = await freePort();
  world = await World.start({ web: true, config: { reactors: 1, webrtc_port: webrtcPort } });
  const ana = await world.user("ana");
  created = await ana.post("/api/v1/streams", { title: "Fado à janela", category: "fado", language: "pt-PT" });
  world.publish(created.publish.obs_key);
  await world.live(created.stream.id);
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});
afterEach(async () => {
  await context?.close();
  await relay?.stop();
  relay = undefined;
});

async function visitor() {
  context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  page.calls = [];
  page.on("request", (request) => { const { pathname } = new URL(request.url()); if (pathname.startsWith("/whep/")) page.calls.push(`${request.method()} ${pathname.replace(/[\d.]+[\w-]{20}$/, "ID")}`); });
  return page;
}
async function watch(page) {
  await page.goto(`${world.origin}/@ana`, { waitUntil: "commit" });
  await page.locator("video").waitFor({ state: "attached" });
}
const viewers = () => world.metric("luso_media_whep_viewers");
const hasViewers = (n, options) => until(`${n} viewers by WebRTC`, async () => (await viewers()) === n, { timeoutMs: 60_000, ...options });

test("a page that is closed is served no longer", { timeout: 180_000 }, async () => {
  const page = await visitor();
  await watch(page);
  await moves(page, "the picture");
  await hasViewers(1);

  await page.close({ runBeforeUnload: true });

  await hasViewers(0, { timeoutMs: kAtOnceMs });
});

test("a page that goes into the browser's memory is served no longer, and plays again when it comes back", { timeout: 180_000 }, async () => {
  const page = await visitor();
  await watch(page);
  await moves(page, "the picture");
  await hasViewers(1);

  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pagehide", { persisted: true })));
  await hasViewers(0, { timeoutMs: kAtOnceMs });
  await page.evaluate(() => dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true })));

  await hasViewers(1);
  await moves(page, "the picture after coming back");
});

// What the player is told leads through a relay, by UDP only.
async function throughRelay(page, { onPatch }) {
  relay = await UdpRelay.start(webrtcPort);
  await page.route(/\/whep\//, async (route) => {
    const method = route.request().method();
    if (method !== "POST" && method !== "PATCH") return route.continue();
    const response = await route.fetch();
    if (method === "PATCH") onPatch(response.status());
    const body = (await response.text()).replace(/a=candidate:\S+ 1 tcp[^\r\n]*\r\n/g, "").replaceAll(/(a=candidate:\S+ 1 udp \d+ )\S+ \d+/g, `$1127.0.0.1 ${relay.port}`);
    return route.fulfill({ response, body });
  });
}

test("when the network changes the same session goes on over the new one", { timeout: 180_000 }, async () => {
  const page = await visitor();
  await throughRelay(page, { onPatch: (status) => { assert.equal(status, 200); relay.swallows = false; } });   // The new network is there.
  await watch(page);
  await moves(page, "the picture");

  relay.swallows = true;
  await until("ICE to start over", () => page.calls.includes("PATCH /whep/session/ID"), { timeoutMs: 60_000 });

  await moves(page, "the picture over the new network");
  assert.deepEqual(page.calls, [`POST /whep/${created.stream.id}`, "PATCH /whep/session/ID"]);
});

test("when no other way is found the picture comes by HLS", { timeout: 180_000 }, async () => {
  const page = await visitor();
  await throughRelay(page, { onPatch: () => {} });
  await watch(page);
  await moves(page, "the picture");

  relay.swallows = true;
  await until("the session to be given up", () => page.calls.includes("DELETE /whep/session/ID"), { timeoutMs: 60_000 });

  await moves(page, "the picture by HLS");
  assert.deepEqual(page.calls.slice(0, 3), [`POST /whep/${created.stream.id}`, "PATCH /whep/session/ID", "DELETE /whep/session/ID"]);
  assert.ok(await page.evaluate(() => document.querySelector("video").srcObject === null));
});

test("a duplicated tab is another viewer; a reload is the same one", { timeout: 180_000 }, async () => {
  const page = await visitor(), sessions = new Map();
  context.on("request", (request) => {
    if (!request.url().endsWith("/heartbeat")) return;
    const of = request.frame().page();
    sessions.set(of, [...sessions.get(of) ?? [], request.postDataJSON().session_id]);
  });
  const beats = (of, n) => until(`${n} heartbeats`, () => (sessions.get(of)?.length ?? 0) >= n, { timeoutMs: 60_000 });
  await watch(page);
  await beats(page, 1);

  const [copy] = await Promise.all([context.waitForEvent("page"), page.evaluate(() => { open(location.href); })]);   // Takes the tab's storage along.
  await beats(copy, 1);
  await page.reload();
  const before = sessions.get(page).length;
  await page.locator("video").waitFor({ state: "attached" });
  await beats(page, before + 1);

  assert.notEqual(sessions.get(copy)[0], sessions.get(page)[0]);
  assert.equal(new Set(sessions.get(page)).size, 1);
});

test("whoever watches is in the count he sees", { timeout: 180_000 }, async () => {
  await until("those before him to be forgotten", async () => (await world.stream(created.stream.id)).viewer_count === 0, { timeoutMs: 60_000 });
  const page = await visitor();
  await watch(page);
  await moves(page, "the picture");

  const [, ofOne] = /one \{#([^}]*)\}/.exec(t("live.viewers"));
  await page.getByText(`1${ofOne}`, { exact: true }).first().waitFor();
});
