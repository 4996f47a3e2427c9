// Finding what is on air: by search and its suggestions with the keyboard alone, by category, by region, by filter; in a
// list longer than a page, in three languages, where there is nothing, and without script.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { words } from "../lib/words.mjs";
import { World, database, until } from "../lib/world.mjs";

const kOnAir = 66;   // Three pages of a list, and a little.
const t = words("pt-PT");
let world, browser;

before(async () => {
  world = await World.start({ web: true });
  // A town of whole rows: as registration and publishing write them, without 66 encoders.
  database().psql(`world_${world.id}`, `
    INSERT INTO users (username, display_name, email, email_key, password_hash, role)
      SELECT 'canal_' || i, 'Canal ' || i, 'c' || i || '@exemplo.pt', 'c' || i || '@exemplo.pt', '-', 'creator' FROM generate_series(1, ${kOnAir}) i;
    INSERT INTO channels (user_id, display_name, default_title, default_category, region)
      SELECT id, display_name, 'Direto', 'conversa', CASE username WHEN 'canal_1' THEN 'cv' ELSE 'br' END::region FROM users;
    INSERT INTO streams (user_id, title, stream_key, category, language, state, started_at, viewer_count)
      SELECT id, CASE username WHEN 'canal_1' THEN 'São João na Praia: canções e ação' ELSE 'Conversa ' || id END, 'key' || id,
             CASE username WHEN 'canal_1' THEN 'morna-coladeira-funana' WHEN 'canal_2' THEN 'tecnologia-programacao' ELSE 'conversa' END,
             CASE username WHEN 'canal_1' THEN 'pt-PT' ELSE 'pt-BR' END, 'live', now(), id FROM users;
    INSERT INTO streams (user_id, title, stream_key, category, state, started_at, ended_at)
      SELECT id, 'Ontem à noite', 'old' || id, 'fado', 'ended', now() - interval '1 day', now() - interval '22 hours' FROM users WHERE username = 'canal_2';
    INSERT INTO channel_schedule (channel_id, title, category, duration_min, starts_at, next_starts_at, next_ends_at)
      SELECT id, 'Ensaio geral', 'fado', 60, now() + interval '1 day', now() + interval '1 day', now() + interval '25 hours' FROM channels WHERE region = 'cv';`);
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

async function visit(path, { locale = "pt-PT", width = 1440, javaScriptEnabled = true } = {}) {
  const context = await browser.newContext({ locale, viewport: { width, height: 900 }, javaScriptEnabled });
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await page.goto(world.origin + path);
  return page;
}
async function seen(path, options, look) {
  const page = await visit(path, options);
  try { return await look(page); } finally { await page.context().close(); }
}
const titles = (page) => page.locator(".stream-grid .card h3").allTextContents();

test("a live is found without its accents, by the keyboard alone", { timeout: 180_000 }, () => seen("/", {}, async (page) => {
  const field = page.locator("#site-search");
  await until("the page to listen to its keys", async () => {
    await page.keyboard.press("/");
    return field.evaluate((input) => input === document.activeElement);
  }, { timeoutMs: 60_000 });
  await field.pressSequentially("sao joao na pra");
  const option = page.getByRole("option").filter({ hasText: "São João na Praia" });
  await option.waitFor();
  assert.equal(await field.getAttribute("aria-expanded"), "true");

  await page.keyboard.press("ArrowDown");
  assert.equal(await field.getAttribute("aria-activedescendant"), await option.getAttribute("id"));
  await page.keyboard.press("Enter");
  await page.waitForURL(`${world.origin}/@canal_1`);

  await page.goBack();
  await field.fill("cancoes");
  await page.keyboard.press("Escape");
  await field.fill("cancoes");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${world.origin}/search?q=cancoes`);
  assert.deepEqual(await titles(page), ["São João na Praia: canções e ação"]);
}));

test("search knows channels, categories and what was meant, and says so where there is nothing", { timeout: 180_000 }, async () => {
  await seen("/search?q=acao", {}, async (page) => assert.deepEqual(await titles(page), ["São João na Praia: canções e ação"]));
  await seen("/search?q=canal_7", {}, async (page) => assert.ok(await page.getByRole("link", { name: "Canal 7", exact: true }).isVisible()));
  await seen("/search?q=funana", {}, async (page) => assert.ok(await page.locator('.category-card a[href="/categories/morna-coladeira-funana"]').isVisible()));
  await seen("/search?q=praya", {}, async (page) => assert.ok(await page.getByRole("link", { name: t("results.did_you_mean", { query: "praia" }) }).isVisible()));
  await seen("/search?q=zzzzqqq", {}, async (page) => {
    assert.ok(await page.getByRole("heading", { name: t("results.none", { query: "zzzzqqq" }) }).isVisible());
    assert.ok(await page.locator(".chip").count() > 5);
  });
  await seen("/search", { width: 360 }, async (page) => {   // The field has the focus before the script is there.
    await page.waitForFunction(() => document.activeElement?.id === "page-search");
    await page.keyboard.type("funana");
    await page.getByRole("option").first().waitFor();
  });
});

test("by category, by region and by filter, with what comes and what has been", { timeout: 180_000 }, async () => {
  const only = ["São João na Praia: canções e ação"];
  await seen("/categories/morna-coladeira-funana", {}, async (page) => assert.deepEqual(await titles(page), only));
  await seen("/regions/cv", {}, async (page) => {
    assert.equal((await titles(page))[0], only[0]);
    assert.ok(await page.getByRole("link", { name: "Ensaio geral" }).isVisible());
    assert.ok(await page.getByText(/\d Praia$/).isVisible());
  });
  await seen("/?region=cv", {}, async (page) => assert.equal((await titles(page))[0], only[0]));
  await seen("/?ours=1", {}, async (page) => assert.deepEqual((await titles(page)).filter((title) => title.startsWith("Conversa")), []));
  await seen("/?language=pt-PT", {}, async (page) => assert.equal((await titles(page))[0], only[0]));
  await seen("/categories/fado", {}, async (page) => {
    assert.ok(await page.getByRole("heading", { name: t("discover.category_empty") }).isVisible());
    assert.ok(await page.getByText("Ontem à noite").isVisible());
  });
  await seen("/categories", {}, async (page) => assert.equal(await page.locator(".category-card").count(), 30));
  for (const path of ["/categories/nada", "/regions/atlantida"]) assert.equal((await fetch(world.origin + path)).status, 404, path);
});

test("the first page keeps a place for a region that few watch, and says why", { timeout: 120_000 }, () => seen("/", {}, async (page) => {
  const card = page.locator(".card").filter({ hasText: "São João na Praia" }).first();
  await card.getByRole("link", { name: t("list.why_region") }).click();
  await page.waitForURL(`${world.origin}/about/discovery`);
  assert.ok(await page.getByText(t("discover.why_region")).isVisible());
}));

test("a list grows as one reads, names nobody twice, and is as long when one comes back", { timeout: 240_000 }, () => seen("/?language=pt-BR&sort=recent", {}, async (page) => {
  const first = page.locator(".stream-grid").first(), cards = first.locator(".card");
  assert.equal(await cards.count(), 24);
  await until("all of the list", async () => {
    await page.evaluate(() => document.querySelector(".stream-grid > li:last-child")?.scrollIntoView());
    return (await cards.count()) === kOnAir - 1;
  }, { timeoutMs: 90_000 });
  const all = await first.locator(".card h3").allTextContents();
  assert.equal(new Set(all).size, kOnAir - 1);

  const far = cards.nth(50);
  await far.scrollIntoViewIfNeeded();
  const top = await page.evaluate(() => scrollY);
  await far.locator(".card-link").click();
  await page.waitForURL(/\/@canal_/);
  await page.goBack();
  await until("the list as it was", async () => (await cards.count()) === kOnAir - 1, { timeoutMs: 60_000 });
  await until("the place in it", async () => Math.abs(await page.evaluate(() => scrollY) - top) < 400, { timeoutMs: 30_000 });
}));

test("every hub speaks its language and names the others", { timeout: 180_000 }, async () => {
  for (const [hub, locale] of [["/pt-pt", "pt-PT"], ["/pt-br", "pt-BR"], ["/en", "en"]]) {
    const say = words(locale);
    for (const [path, title] of [["/categories", say("nav.categories")], ["/regions/cv", say("discover.region_title", { place: say("region.in_cv") })],
      ["/categories/fado", say("discover.category_title", { category: "Fado" })]]) {
      await seen(hub + path, { locale: "fr-FR" }, async (page) => {
        assert.equal(await page.getAttribute("html", "lang"), locale);
        assert.ok((await page.title()).startsWith(title), `${hub + path}: ${await page.title()}`);
        assert.equal(await page.getAttribute("link[rel=canonical]", "href"), world.origin + hub + path);
        assert.equal(await page.locator("link[rel=alternate][hreflang]").count(), 5);
      });
    }
  }
});

test("without script there are search, filters and further pages all the same", { timeout: 120_000 }, () => seen("/", { javaScriptEnabled: false }, async (page) => {
  await page.locator("#site-search").fill("sao joao");
  await page.keyboard.press("Enter");
  await page.waitForURL(`${world.origin}/search?q=sao+joao`);
  assert.deepEqual(await titles(page), ["São João na Praia: canções e ação"]);

  await page.goto(`${world.origin}/`);
  await page.getByRole("link", { name: t("list.more") }).click();
  await page.waitForURL(/cursor=/);
  assert.ok((await titles(page)).length > 10);
}));
