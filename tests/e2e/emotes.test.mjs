// The emotes: an API that caches may keep, pictures that are kept for ever, and a page that says what they mean.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { words } from "../lib/words.mjs";
import { until, World } from "../lib/world.mjs";

let world, browser, emotes;
before(async () => {
  world = await World.start({ web: true });
  browser = await launchChromium();
  emotes = (await (await fetch(`${world.origin}/api/v1/emotes`)).json()).items;
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

const ask = (path, headers = {}) => fetch(world.origin + path, { headers });

async function visit(path, { locale = "pt-PT", ...options } = {}) {
  const context = await browser.newContext({ locale, viewport: { width: 360, height: 740 }, permissions: ["clipboard-read", "clipboard-write"], ...options });
  const page = await context.newPage();
  const answer = await page.goto(world.origin + path, { waitUntil: "load" });
  return { context, page, status: answer.status() };
}

test("the list is everybody's, by region or whole, and is not sent twice", async () => {
  assert.equal(emotes.length, 48);
  const first = await ask("/api/v1/emotes?region=gw");
  assert.equal(first.headers.get("cache-control"), "public, max-age=300");
  const { items } = await first.json();
  assert.deepEqual(items.map(({ slug }) => slug), emotes.filter(({ regions }) => regions.length === 0 || regions.includes("gw")).map(({ slug }) => slug));
  const again = await ask("/api/v1/emotes?region=gw", { "If-None-Match": first.headers.get("etag") });
  assert.equal(again.status, 304);
  assert.equal((await ask("/api/v1/emotes?region=us")).status, 400);
});

test("every picture is an SVG that is kept for ever and can do nothing", async () => {
  for (const { slug, url, still_url } of emotes) {
    const answer = await ask(url);
    assert.equal(answer.status, 200, slug);
    assert.equal(answer.headers.get("content-type"), "image/svg+xml");
    assert.equal(answer.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assert.match(answer.headers.get("content-security-policy"), /^default-src 'none';.*sandbox/);
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    assert.equal(still_url.split("#")[0], url);
  }
});

test("what moves, moves; its still does not, and nothing does where less motion is asked for", async () => {
  const moving = emotes.filter(({ animated }) => animated);
  assert.equal(moving.length, 10);
  const draw = async (page, urls) => {
    await page.goto(`${world.origin}/robots.txt`);   // An address of ours without script or style.
    return page.evaluate(async (list) => {
      const images = await Promise.all(list.map(async (url) => { const image = new Image(56, 56); image.src = url; await image.decode(); return image; }));
      document.body.replaceChildren(...images);
      return images.every((image) => image.naturalWidth > 0);
    }, urls);
  };
  // Which of the images look different at some moment of the next seconds.
  const moved = async (page, patience) => {
    const seen = new Set(), images = await page.locator("img").all();
    const shots = await Promise.all(images.map((image) => image.screenshot()));
    const deadline = Date.now() + patience;
    while (seen.size < images.length && Date.now() < deadline) {
      for (const [index, image] of images.entries()) if (!seen.has(index) && !(await image.screenshot()).equals(shots[index])) seen.add(index);
    }
    return seen.size;
  };
  const { context, page } = await visit("/emotes");
  assert.ok(await draw(page, moving.map(({ url }) => url)));
  assert.equal(await moved(page, 30_000), moving.length);
  assert.ok(await draw(page, moving.map(({ still_url }) => still_url)));
  assert.equal(await moved(page, 3_000), 0);
  await context.close();

  const calm = await launchChromium(["--force-prefers-reduced-motion"]);   // The system's setting, as pictures are told it.
  try {
    const resting = await calm.newPage();
    assert.ok(await draw(resting, moving.map(({ url }) => url)));
    assert.equal(await moved(resting, 3_000), 0);
  } finally {
    await calm.close();
  }
});

test("the page shows each with its meaning in the reader's Portuguese", async () => {
  for (const [locale, field] of [["pt-PT", "pt"], ["pt-BR", "pt_br"], ["en-GB", "en"]]) {
    const { context, page, status } = await visit("/emotes", { locale });
    assert.equal(status, 200);
    const cards = await page.locator("main li:has(img)").allInnerTexts();
    const missing = emotes.filter((emote) => !cards.some((card) => card.includes(emote[`name_${field}`]) && card.includes(emote[`context_${field}`]) && card.includes(emote.code)));
    assert.deepEqual(missing.map(({ slug }) => slug), [], locale);
    await context.close();
  }
});

test("pictures are there when they are scrolled to", async () => {
  const { context, page } = await visit("/emotes");
  const images = page.locator("main li img");
  assert.equal(await images.count(), 48);
  for (const image of await images.all()) {
    await image.scrollIntoViewIfNeeded();
    await until("the picture to be drawn", () => image.evaluate((element) => element.complete && element.naturalWidth > 0));
  }
  await context.close();
});

test("a code is copied by its button, and the reader is told", async () => {
  const { context, page } = await visit("/emotes");
  const t = words("pt-PT");
  await until("the code to be copied", async () => {   // The button wakes with the page's script.
    await page.getByRole("button", { name: t("emote.copy", { code: ":saudade:" }), exact: true }).click();
    return (await page.evaluate(() => navigator.clipboard.readText())) === ":saudade:";
  });
  await page.getByText(`${t("emote.copied")} :saudade:`).first().waitFor();
  await context.close();
});

test("regions and rest are links that keep each other", async () => {
  const { context, page } = await visit("/emotes");
  const t = words("pt-PT");
  await page.getByRole("navigation", { name: t("emote.filter") }).getByRole("link", { name: t("region.mz"), exact: true }).click();
  await page.getByRole("heading", { level: 1, name: t("emote.heading_of", { from: t("region.from_mz") }) }).waitFor();
  assert.equal(await page.getByText(":chimarrao:").count(), 0);
  await page.getByRole("link", { name: t("emote.stop") }).click();
  await page.waitForURL(/region=mz&motion=off$/);
  await page.getByRole("link", { name: t("emote.move") }).waitFor();
  assert.ok((await page.locator("main li img").evaluateAll((all) => all.map((image) => image.src))).some((src) => src.endsWith("#e-marrabenta-still")));
  await context.close();
  const lost = await visit("/emotes?region=marte");
  assert.equal(lost.status, 404);
  await lost.context.close();
});
