// A look at a live from its card: by the pointer that rests on it, by a tap on its button where nothing hovers.
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { words } from "../lib/words.mjs";
import { World, until } from "../lib/world.mjs";

const t = words("en");
const kPhone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true };
const kWait = { timeoutMs: 60_000 };
let world, browser, context;
before(async () => {
  world = await World.start({ web: true });
  for (const [name, title] of [["ana", "Fado à janela"], ["bia", "Conversa de café"]]) {
    const { stream, publish } = await (await world.user(name)).post("/api/v1/streams", { title, category: "fado", language: "pt-PT" });
    world.publish(publish.obs_key);
    await world.live(stream.id);
  }
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});
afterEach(() => context?.close());

async function home(options, script) {
  context = await browser.newContext({ locale: "en-US", ...options });
  context.setDefaultTimeout(60_000);
  if (script) await context.addInitScript(script);
  const page = await context.newPage();
  page.asked = [];
  page.on("request", (request) => page.asked.push(new URL(request.url()).pathname));
  await page.goto(`${world.origin}/en/`);
  await page.getByRole("link", { name: /Fado à janela/ }).first().waitFor();
  return page;
}
const peek = (page, title) => page.getByRole("button", { name: t("live.peek", { title }) }).first();
const videos = (page) => page.evaluate(() => [...document.querySelectorAll("video")].map(({ muted, currentTime }) => ({ muted, moves: currentTime > 0 })));
const plays = (page) => until("a moving card", async () => { const all = await videos(page); return all.length === 1 && all[0].moves && all; }, kWait);

test("on touch a card's own button starts and ends a silent look, one at a time", { timeout: 180_000 }, async () => {
  const page = await home(kPhone);
  const button = peek(page, "Fado à janela"), other = peek(page, "Conversa de café");
  await button.waitFor();
  const size = await button.boundingBox();
  assert.ok(size.width >= 44 && size.height >= 44, `${size.width} by ${size.height}`);

  await button.tap();
  assert.deepEqual(await plays(page), [{ muted: true, moves: true }]);
  assert.equal(await button.getAttribute("aria-pressed"), "true");
  assert.equal(new URL(page.url()).pathname, "/en/", "the card was not opened");

  await other.tap();
  await plays(page);
  assert.deepEqual([await button.getAttribute("aria-pressed"), await other.getAttribute("aria-pressed")], ["false", "true"]);

  await other.tap();
  await until("no moving card", async () => (await videos(page)).length === 0, kWait);
  assert.equal(await other.getAttribute("aria-pressed"), "false");
  assert.ok(!page.asked.some((path) => path.endsWith("/heartbeat")), "a look is no viewer");
});

test("who saves data or asked for stillness is offered none", { timeout: 120_000 }, async () => {
  const saver = await home(kPhone, () => { localStorage.setItem("luso.quality.any", "saver"); });
  await saver.waitForLoadState("networkidle");
  assert.equal(await peek(saver, "Fado à janela").isVisible(), false);
  await context.close();

  const still = await home({ ...kPhone, reducedMotion: "reduce" });
  await still.waitForLoadState("networkidle");
  assert.equal(await peek(still, "Fado à janela").isVisible(), false);
});

test("where a pointer hovers it is enough, and there is no button", { timeout: 120_000 }, async () => {
  const page = await home({ viewport: { width: 1280, height: 800 } });
  assert.equal(await peek(page, "Fado à janela").isVisible(), false);

  await page.locator(".card", { hasText: "Fado à janela" }).first().hover();
  assert.deepEqual(await plays(page), [{ muted: true, moves: true }]);

  await page.mouse.move(2, 2);
  await until("no moving card", async () => (await videos(page)).length === 0, kWait);
});
