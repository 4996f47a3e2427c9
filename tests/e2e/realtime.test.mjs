// The player's ladder and the studio in a real Chromium. The other side of WebRTC is a page of the same Chromium, so that it can
// refuse, stay silent and vanish when a test wants it to.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { comesBy as playerComesBy, moves, stat } from "../lib/player.mjs";
import { kWebRtcFlags, StandIn } from "../lib/stand-in.mjs";
import { words } from "../lib/words.mjs";
import { World, until } from "../lib/world.mjs";

const t = words("en");
let world, ana, browser, standIn, created;
before(async () => {
  world = await World.start({ web: true });
  ana = await world.user("ana");
  created = await ana.post("/api/v1/streams", { title: "Fado à janela", category: "fado", language: "pt-PT" });
  world.publish(created.publish.obs_key);
  await world.live(created.stream.id);
  browser = await launchChromium(kWebRtcFlags);
  standIn = await StandIn.open(browser);
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

let context;
afterEach(() => context?.close());
async function visitor(prepare = async () => {}) {
  context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(90_000);
  const page = await context.newPage();
  await prepare(page);
  return page;
}

const comesBy = (page, protocol) => playerComesBy(page, t, protocol);
async function watch(page) {
  await page.goto(`${world.origin}/@ana`, { waitUntil: "commit" });
  await page.locator("video").waitFor({ state: "attached" });
}

test("where WebRTC works the picture comes by it, and the session ends with the visit", async () => {
  const page = await visitor((page) => standIn.serve(page, "/whep/"));
  await watch(page);

  await comesBy(page, "WebRTC");
  await moves(page, "by WebRTC");
  assert.equal(await stat(page, t("player.stat_resolution")).then((text) => text.startsWith("640×360")), true);
  assert.match(await stat(page, t("player.stat_rtt")), /^\d+ ms$/);

  await page.getByRole("link", { name: /LusoTown/ }).first().click();
  const corner = page.getByRole("region", { name: t("mini.region") });
  await corner.waitFor();   // It goes on there, by the same session.
  assert.deepEqual(standIn.calls.map(({ method }) => method).filter((method) => method !== "PATCH"), ["POST"]);
  await corner.getByRole("button", { name: t("mini.close") }).click();
  await until("the session to be ended", () => standIn.calls.some(({ method, path }) => method === "DELETE" && path === "/whep/session/1"));
});

test("where WHEP is refused the picture comes by HLS", async () => {
  const page = await visitor((page) => standIn.refuse(page, "/whep/"));
  await watch(page);

  await comesBy(page, "HLS");
  await moves(page, "by LL-HLS");
  assert.match(await stat(page, t("player.stat_mode")), new RegExp(t("player.stat_rung", { n: "[23]", of: 3 })));
});

test("where UDP is swallowed the picture comes by HLS after three seconds", async () => {
  const page = await visitor((page) => standIn.serve(page, "/whep/", { isSilent: true }));
  await watch(page);

  await comesBy(page, "HLS");
  await moves(page, "by LL-HLS");
  assert.deepEqual(standIn.calls.map(({ method }) => method), ["POST", "DELETE"]);
});

test("a server that vanishes costs a moment: the picture goes on by HLS", async () => {
  const page = await visitor((page) => standIn.serve(page, "/whep/"));
  await watch(page);
  await comesBy(page, "WebRTC");

  await standIn.vanish();

  await comesBy(page, "HLS");
  await moves(page, "after the server vanished");
});

test("a refusal that names a time is asked again, and the better way then takes over the picture that plays", async () => {
  const page = await visitor((page) => standIn.refuse(page, "/whep/", { reason: "media.realtime_preparing", retryAfter: 3 }));
  await watch(page);
  await comesBy(page, "HLS");

  await page.unrouteAll({ behavior: "ignoreErrors" });
  await standIn.serve(page, "/whep/");

  await comesBy(page, "WebRTC");
  await moves(page, "after climbing");
});

test("a viewer chooses the latency, and the choice outlives the visit", async () => {
  const page = await visitor((page) => standIn.serve(page, "/whep/"));
  await watch(page);
  await comesBy(page, "WebRTC");

  await page.locator(".player").hover();
  await page.getByRole("button", { name: t("player.settings") }).click();
  await page.getByRole("button", { name: t("player.mode_stable"), exact: false }).click();
  await comesBy(page, "HLS");
  await moves(page, "in whole segments");

  await page.reload();
  await page.locator("video").waitFor();
  await comesBy(page, "HLS");
  assert.deepEqual(standIn.calls.filter(({ method }) => method === "POST").length, 1);
});

test("a creator goes live from the browser: preview, advice, picture and sound arrive; stopping ends it", async () => {
  const joana = await world.user("joana");
  await joana.patch("/api/v1/account", { locale: "en" });   // Signing in brings the account's language along.
  const page = await visitor((page) => standIn.serve(page, "/whip/"));
  await page.goto(`${world.origin}/sign-in`);
  await page.getByLabel(t("auth.login")).fill("joana");
  await page.getByLabel(t("auth.password"), { exact: true }).fill("uma frase longa e segura");
  await page.locator("form").getByRole("button", { name: t("auth.signin") }).click();
  await page.getByRole("button", { name: t("live.golive") }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(t("golive.stream_title")).fill("Da minha cozinha");
  await dialog.getByRole("button", { name: t("golive.create") }).click();

  await dialog.getByRole("button", { name: t("golive.use_camera") }).click();
  await until("the preview to move", () => dialog.locator("video").evaluate((video) => video.videoWidth > 0));
  await until("the meter to hear something", () => dialog.getByRole("meter").evaluate((meter) => Number(meter.ariaValueNow ?? meter.getAttribute("aria-valuenow")) > 0));
  await dialog.getByText(/Mbit\/s/).first().waitFor({ timeout: 60_000 });
  await dialog.getByRole("button", { name: t("golive.browser_start") }).click();
  await dialog.getByText(t("golive.browser_live")).waitFor({ timeout: 60_000 });

  const { items: [stream] } = await page.evaluate(async () => (await fetch("/api/v1/streams/mine")).json());
  const key = await page.evaluate(async (id) => (await fetch(`/api/v1/streams/${id}/key`)).json(), stream.id);
  assert.deepEqual([standIn.calls[0].method, standIn.calls[0].path], ["POST", `/whip/${key.stream_key}`]);
  assert.match(standIn.calls[0].authorization, /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
  await until("picture and sound to arrive", async () => {
    const got = await standIn.received();
    return got.some(({ kind, framesDecoded, codec }) => kind === "video" && codec === "video/H264" && framesDecoded > 10) && got.some(({ kind, totalAudioEnergy, codec }) => kind === "audio" && codec === "audio/opus" && totalAudioEnergy > 0);
  }, { timeoutMs: 60_000 });

  await dialog.getByRole("button", { name: t("golive.browser_stop") }).click();
  await until("the session to be ended", () => standIn.calls.some(({ method }) => method === "DELETE"));
  await dialog.getByText(t("golive.browser_stopped")).waitFor();
});
