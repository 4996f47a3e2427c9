// Reading and listening: captions out of the pictures, and sound without them, in Chromium.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { captioned, erase, popOn, rollUp } from "../lib/captions.mjs";
import { comesBy, moves } from "../lib/player.mjs";
import { words } from "../lib/words.mjs";
import { World, fixture, until } from "../lib/world.mjs";

const t = words("en");
const kWait = { timeoutMs: 60_000 };
let world, browser, context;
const streams = {};
before(async () => {
  world = await World.start({ web: true });
  // Twelve seconds, over and over: captions that pop on, and captions that roll.
  const film = captioned("reading", [[0, popOn("Boa noite, Lisboa", "A canção começa")], [5, erase()], [5.5, rollUp("Isto é em direto")], [7.5, rollUp("palavra a palavra")], [11, erase()]]);
  for (const [name, media] of [["ana", film], ["bia", fixture("plain")], ["mudo", fixture("videoOnly")]]) {
    const { stream, publish } = await (await world.user(name)).post("/api/v1/streams", { title: `De ${name}`, category: "fado", language: "pt-PT" });
    streams[name] = stream.id;
    world.publish(publish.obs_key, media);
  }
  for (const id of Object.values(streams)) await world.live(id);
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});
afterEach(() => context?.close());

async function watch(name, { script } = {}) {
  context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(60_000);
  if (script) await context.addInitScript(script);
  const page = await context.newPage();
  page.asked = [];
  page.on("request", (request) => page.asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.goto(`${world.origin}/@${name}`);
  await moves(page, "the picture");
  return page;
}
const withoutWebRtc = () => { delete window.RTCPeerConnection; };

const settings = (page) => page.getByRole("button", { name: t("player.settings") });
const panel = (page) => page.getByRole("group", { name: t("player.settings") });
async function open(page) {
  await page.mouse.move(400, 300 + (page.moved = (page.moved ?? 0) + 1));   // Controls that rest come back.
  if (await settings(page).getAttribute("aria-expanded") !== "true") await settings(page).click();
}
const captionsEntry = (page) => panel(page).getByRole("button", { name: new RegExp(`^${t("player.captions")}`) });

// What stands on the picture now, as the browser itself says.
const read = (page) => page.evaluate(() => [...document.querySelector("video")?.textTracks ?? []].filter(({ mode }) => mode === "showing").flatMap((track) => [...track.activeCues ?? []].map((cue) => cue.text)).join("\n"));
const reads = (page, text) => until(`the words "${text}"`, async () => (await read(page)).includes(text), kWait);
const hidesAll = (page) => page.evaluate(() => [...document.querySelector("video").textTracks].every(({ mode }) => mode === "disabled"));

test("captions are off until asked for, kept in the browser, and put away by a key", { timeout: 300_000 }, async () => {
  const page = await watch("ana");
  await comesBy(page, t, "WebRTC");
  await page.keyboard.press("Shift+S");
  assert.equal(await read(page), "");

  await open(page);
  await captionsEntry(page).waitFor();
  assert.equal(await captionsEntry(page).getAttribute("aria-pressed"), "false");
  await panel(page).getByText(t("player.captions_hint")).waitFor();
  await captionsEntry(page).click();

  await reads(page, "Boa noite, Lisboa\nA canção começa");
  await reads(page, "Isto é em direto\npalavra a palavra");
  await until("nothing after it was erased", async () => await read(page) === "", kWait);
  assert.equal(await captionsEntry(page).getAttribute("aria-pressed"), "true");
  assert.equal(await page.evaluate(() => localStorage.getItem("luso.captions")), "1");

  page.asked.length = 0;
  await page.reload();
  await reads(page, "A canção começa");
  assert.ok(!page.asked.some((asked) => asked.startsWith("POST /whep/")), "who reads begins where captions can be read");

  await page.keyboard.press("c");
  await until("captions to be put away", () => hidesAll(page), kWait);
  await until("the lowest latency to come back", () => page.asked.some((asked) => asked.startsWith("POST /whep/")), kWait);
  await moves(page, "the picture without captions");
  assert.equal(await page.evaluate(() => localStorage.getItem("luso.captions")), "0");
});

test("with single keys switched off neither C nor the slash does anything", { timeout: 120_000 }, async () => {
  const page = await watch("ana", { script: () => { localStorage.setItem("luso.single_keys", "0"); } });
  const search = page.locator("#site-search");

  await page.keyboard.press("c");
  await page.keyboard.press("/");

  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "BODY");
  await open(page);
  await captionsEntry(page).waitFor();
  assert.equal(await captionsEntry(page).getAttribute("aria-pressed"), "false");
  await panel(page).getByLabel(t("player.shortcuts_on")).check();
  await page.keyboard.press("Escape");
  await page.evaluate(() => document.activeElement?.blur());
  await page.keyboard.press("/");
  assert.ok(await search.evaluate((input) => input === document.activeElement), "switched on again, at once");
});

test("a stream without captions offers none", { timeout: 120_000 }, async () => {
  const page = await watch("bia", { script: () => { localStorage.setItem("luso.captions", "1"); } });
  await open(page);
  await until("the playlist to have been asked", () => page.asked.includes(`GET /hls/${streams.bia}/index.m3u8`), kWait);
  await panel(page).getByRole("button", { name: new RegExp(`^${t("player.audioonly")}`) }).waitFor();

  assert.equal(await captionsEntry(page).count(), 0);
  assert.ok(page.asked.some((asked) => asked.startsWith("POST /whep/")), "and comes by the fastest way");
});

test("where WebRTC is not, sound alone comes by HLS and no picture is fetched", { timeout: 180_000 }, async (context) => {
  const page = await watch("bia", { script: withoutWebRtc });
  const heard = [];
  await open(page);
  await panel(page).getByRole("button", { name: new RegExp(`^${t("player.audioonly")}`) }).click();
  await until("the sound's playlist", () => page.asked.includes(`GET /hls/${streams.bia}/sound/live.m3u8`), kWait);
  page.asked.length = 0;
  page.on("response", async (response) => { if (/\/(part|seg)-/.test(response.url())) heard.push({ path: new URL(response.url()).pathname, bytes: Number(response.headers()["content-length"]) }); });

  const decoded = () => page.evaluate(() => { const video = document.querySelector("video"); return { time: video.currentTime, sound: video.webkitAudioDecodedByteCount, picture: video.videoWidth }; });
  const first = await until("sound", async () => { const now = await decoded(); return now.time > 0 && now.sound > 0 && now; }, kWait);
  await until("the sound to go on", async () => { const now = await decoded(); return now.time > first.time + 3 && now.sound > first.sound && heard.filter(({ path }) => path.includes("/part-")).length > 8; }, kWait);

  await page.getByText(t("player.audioonly_now")).waitFor();
  assert.equal((await decoded()).picture, 0);
  const pictures = page.asked.filter((asked) => asked.startsWith("GET /hls/") && !asked.includes("/sound/") && !asked.includes("thumbnail"));
  assert.deepEqual(pictures, []);
  const parts = heard.filter(({ path }) => path.includes("/part-")), mean = parts.reduce((sum, { bytes }) => sum + bytes, 0) / parts.length;
  context.diagnostic(`${Math.round(mean)} bytes in a part of a third of a second, of ${parts.length}`);
  assert.ok(mean > 1_000 && mean < 6_000, `${mean} bytes a part: 96 kbit/s is 4000, the picture's 800 kbit/s 33000`);
});

test("a stream without sound goes back to its picture and says why", { timeout: 180_000 }, async () => {
  const page = await watch("mudo", { script: withoutWebRtc });
  await open(page);
  await panel(page).getByRole("button", { name: new RegExp(`^${t("player.audioonly")}`) }).click();

  await page.getByText(t("player.audioonly_failed")).waitFor();

  await moves(page, "the lightest picture");
});
