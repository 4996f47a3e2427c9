// A viewer in Chromium: the picture plays, and goes on playing through what breaks beside it.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { World, until } from "../lib/world.mjs";
import { words } from "../lib/words.mjs";

const t = words("en");
let world, ana, browser, page, created;
before(async () => {
  world = await World.start({ web: true, config: { grace_window_s: 90 } });
  ana = await world.user("ana");
  created = await ana.post("/api/v1/streams", { title: "Fado à janela", category: "fado", language: "pt-PT" });
  browser = await launchChromium();
  page = await browser.newPage({ locale: "en-US", viewport: { width: 1280, height: 800 } });
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

const video = () => page.evaluate(() => { const v = document.querySelector("video"); return v && { time: v.currentTime, width: v.videoWidth, paused: v.paused, ready: v.readyState, frames: v.getVideoPlaybackQuality().totalVideoFrames }; });
// The picture moves: frames are decoded and the clock runs.
async function plays(what) {
  const first = await until(`${what}: a picture`, async () => { const v = await video(); return v?.width > 0 && v.ready >= 2 && v; }, { timeoutMs: 60_000 });
  await until(`${what}: the picture to move`, async () => { const v = await video(); return v.frames > first.frames + 20 && v.time > first.time; }, { timeoutMs: 60_000 });
}

// Pictures shown from now on, whatever way they come; more of them than a buffer could have held when something broke.
const kNewPictures = 180;
async function playsOn(what) {
  const before = await page.evaluate(() => {
    if (window.shown === undefined) {
      window.shown = 0;
      const count = () => { window.shown++; document.querySelector("video")?.requestVideoFrameCallback(count); };
      document.querySelector("video").requestVideoFrameCallback(count);
    }
    return window.shown;
  });
  await until(`${what}: pictures that are new`, async () => await page.evaluate(() => window.shown) > before + kNewPictures, { timeoutMs: 90_000 });
}

test("an offline channel is a page, not an empty black box", async () => {
  await page.goto(`${world.origin}/@ana`);

  await page.getByText(t("live.offline", { channel: "ana" })).first().waitFor();
  assert.equal(await page.locator("video").count(), 0);
});

test("the home page says when nobody is live", async () => {
  await page.goto(`${world.origin}/`);

  await page.getByText(t("home.empty_text")).waitFor();
});

test("the channel page plays the live picture", async () => {
  world.publish(created.publish.obs_key);
  await world.live(created.stream.id);

  await page.goto(`${world.origin}/@ana`);

  await plays("after opening the page");
  assert.equal((await video()).width, 640);
  await page.getByRole("heading", { name: "Fado à janela" }).waitFor();
});

test("the player's heartbeats make one viewer", async () => {
  await until("one viewer", async () => (await world.stream(created.stream.id)).viewer_count === 1, { timeoutMs: 60_000 });
  assert.equal((await world.stream(created.stream.id)).peak_viewers, 1);
});

test("the live card is on the home page and leads to the channel", async () => {
  const second = await browser.newPage({ locale: "en-US" });
  await second.goto(`${world.origin}/`);

  await second.getByRole("link", { name: /Fado à janela/ }).first().click();

  await second.waitForURL(/\/@ana/);
  await second.close();
});

test("an encoder that is killed and comes back within the window: the same page plays on", async () => {
  await page.evaluate(() => { window.samePage = true; });
  await world.children.at(-1).stop("SIGKILL");
  await until("the stream to wait", async () => (await world.stream(created.stream.id)).state === "reconnecting");

  world.publish(created.publish.obs_key);

  await until("the stream to be live", async () => (await world.stream(created.stream.id)).state === "live");
  await playsOn("after the encoder came back");
  assert.equal(await page.evaluate(() => window.samePage), true, "without a reload");
});

test("a server that is killed and started again: the same page plays on and stays one viewer", async () => {
  const encoder = world.children.at(-1);
  await world.server.stop("SIGKILL");
  await encoder.ended;
  await world.startServer();
  world.publish(created.publish.obs_key);
  await world.live(created.stream.id);

  await playsOn("after the server came back");

  assert.equal(await page.evaluate(() => window.samePage), true, "without a reload");
  assert.equal((await world.stream(created.stream.id)).total_viewers, 1);
});

test("keys work, and leave fields alone", async () => {
  await page.locator("body").click({ position: { x: 2, y: 2 } });
  const paused = async () => (await video()).paused;
  const before = await paused();
  await page.keyboard.press("k");
  await until("k to toggle", async () => (await paused()) !== before);
  await page.keyboard.press("k");
  await until("k to toggle back", async () => (await paused()) === before);
  await page.keyboard.press("?");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
});

test("ending the stream shows its end", async () => {
  await ana.post(`/api/v1/streams/${created.stream.id}/end`);

  await page.getByText(t("player.ended")).first().waitFor({ timeout: 60_000 });
});
