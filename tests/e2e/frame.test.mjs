// What stands around every page: who may do what with it, which language it speaks and how it asks, and what a visitor
// reads when there is nothing to show.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { axe, listen, settled } from "../lib/inspect.mjs";
import { words } from "../lib/words.mjs";
import { World } from "../lib/world.mjs";

let world, browser, ana;
before(async () => {
  world = await World.start({ web: true, webEnv: { LUSO_DESIGN_PAGE: "1" } });
  ana = await world.user("ana");
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

const get = (path, headers = {}) => fetch(world.origin + path, { redirect: "manual", headers: { "accept-language": "pt-PT", ...headers } });
async function visitor({ locale = "pt-PT", viewport = { width: 1280, height: 800 }, as } = {}) {
  const context = await browser.newContext({ locale, viewport });
  if (as) {
    const [name, value] = as.cookie.split("=");
    await context.addCookies([{ name, value, url: world.origin }]);
  }
  return { context, page: await context.newPage() };
}
const cookie = async (context, name) => (await context.cookies(world.origin)).find((one) => one.name === name)?.value;

test("every kind of page defends itself", async () => {
  const nonces = new Set();
  for (const [path, status] of [["/", 200], ["/en/", 200], ["/@ana", 200], ["/@ninguem", 404], ["/rua", 404], ["/uma/rua", 404], ["/sign-in", 200], ["/design", 200]]) {
    const answer = await get(path), policy = answer.headers.get("content-security-policy"), html = await answer.text();
    assert.equal(answer.status, status, path);
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval|https?:|\*/, path);
    for (const rule of ["default-src 'self'", "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'self'"]) assert.ok(policy.includes(rule), `${path}: ${rule}`);
    const [, nonce] = /script-src [^;]*'nonce-([^']+)'/.exec(policy);
    assert.ok(!nonces.has(nonce), `${path}: a nonce used before`);
    nonces.add(nonce);
    for (const [tag] of html.matchAll(/<(?:script|style)\b[^>]*>/g)) assert.ok(tag.includes(`nonce="${nonce}"`) || /type="application\/ld\+json"/.test(tag), `${path}: ${tag}`);
    assert.doesNotMatch(html, /<[a-z][^<>]* (?:style|on[a-z]+)="/, `${path}: an inline style or handler`);
    assert.equal(answer.headers.get("x-content-type-options"), "nosniff", path);
    assert.equal(answer.headers.get("referrer-policy"), "strict-origin-when-cross-origin", path);
    assert.equal(answer.headers.get("cross-origin-opener-policy"), "same-origin", path);
    assert.match(answer.headers.get("permissions-policy"), /camera=\(self\).*geolocation=\(\)/, path);
  }
});

test("an address that looks like a file's and is none is refused by a page without script", async () => {
  const answer = await get("/nada.png"), html = await answer.text();
  assert.equal(answer.status, 404);
  assert.match(html, /http-equiv="content-security-policy" content="default-src 'none'/);
  assert.doesNotMatch(html, /<script/);
});

test("what is not there is said in full before any script runs, in the reader's language", async () => {
  for (const locale of ["pt-PT", "pt-BR", "en"]) {
    const t = words(locale);
    for (const [path, title] of [["/@ninguem", t("channel.not_found")], ["/rua/que/nao/existe", t("site.not_found_title")], ["/?cursor=!", t("site.not_found_title")]]) {
      const answer = await get(path, { "accept-language": locale }), html = await answer.text();
      assert.equal(answer.status, 404, path);
      assert.match(html, new RegExp(`<html[^>]* lang="${locale}"`), path);
      assert.ok(html.includes(`>${title}</h1>`), `${path}: ${title}`);
    }
  }
});

test("a visitor whose browser leaves us guessing is asked once, and never again", async () => {
  const t = words("pt-PT"), { context, page } = await visitor({ locale: "fr-FR" });
  await page.goto(`${world.origin}/@ana`);
  const bar = page.getByRole("complementary", { name: t("site.language") });
  await bar.getByRole("link", { name: "English" }).click();

  await page.waitForURL(`${world.origin}/@ana`);
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  assert.equal(await cookie(context, "luso_locale"), "en");
  assert.equal(await page.getByRole("complementary", { name: words("en")("site.language") }).count(), 0);
  await context.close();
});

test("a browser that tells is not asked; one that lands on a hub of another language is, and keeps its own", async () => {
  assert.doesNotMatch(await (await get("/", { "accept-language": "pt-BR,pt;q=0.9" })).text(), /<aside/);
  const foreign = await get("/pt-br/", { "accept-language": "pt-PT" });
  assert.match(await foreign.text(), /<aside[^]*Em que língua/);
  assert.equal(foreign.headers.get("set-cookie"), null);
  const chosen = await get("/pt-br/", { "accept-language": "pt-PT", cookie: "luso_locale=en" });
  assert.doesNotMatch(await chosen.text(), /<aside/);
  assert.equal(chosen.headers.get("set-cookie"), null);
});

test("the language is kept in the account, and comes along to another browser", async () => {
  const { context, page } = await visitor({ as: ana });
  await page.goto(`${world.origin}/following`);
  await page.getByRole("button", { name: words("pt-PT")("site.menu") }).click();
  await page.getByRole("link", { name: "English" }).click();
  await page.waitForFunction(() => document.documentElement.lang === "en");
  assert.equal((await ana.get("/api/v1/account")).locale, "en");
  await context.close();

  const other = await visitor({ locale: "pt-BR" }), t = words("pt-BR");
  await other.page.goto(`${world.origin}/sign-in`);
  await other.page.getByLabel(t("auth.login")).fill("ana");
  await other.page.getByLabel(t("auth.password"), { exact: true }).fill(ana.password);
  await other.page.locator("form").getByRole("button", { name: t("auth.signin") }).click();
  await other.page.waitForFunction(() => document.documentElement.lang === "en");
  assert.equal(await cookie(other.context, "luso_locale"), "en");
  await other.context.close();
});

test("somebody else's link changes a browser's language, never an account's", async () => {
  await ana.patch("/api/v1/account", { locale: "pt-PT" });
  const answer = await get("/language/pt-BR", { cookie: ana.cookie, "sec-fetch-site": "cross-site" });
  assert.equal(answer.status, 303);
  assert.equal((await ana.get("/api/v1/account")).locale, "pt-PT");
});

test("the menu opens, is walked through and closes by keyboard; a theme is worn at once and at the next visit", async () => {
  const t = words("pt-PT"), { context, page } = await visitor();
  await page.goto(`${world.origin}/sign-in`);
  const menu = page.getByRole("button", { name: t("site.menu") });
  await settled(page);
  await menu.focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: t("site.theme_contrast") }).focus();
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "contrast");
  await page.keyboard.press("Escape");
  await page.waitForFunction(() => document.activeElement?.getAttribute("popovertarget") === "site-menu");

  await page.reload();
  assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "contrast");
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).color), "rgb(0, 0, 0)");
  await context.close();
});

test("menus, dialogs, tabs and toasts are used by keyboard, give the focus back, and axe finds nothing in them", { timeout: 120_000 }, async () => {
  const { context, page } = await visitor({ locale: "en-US" }), t = words("en");
  const problems = await listen(page, world.origin), focused = (text) => page.waitForFunction((words) => document.activeElement?.textContent.includes(words), text);
  await page.goto(`${world.origin}/design`);
  await settled(page);

  await page.getByRole("button", { name: "Open a menu" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("menu").waitFor();
  await page.keyboard.press("d");
  await focused("Delete");
  problems.push(...await axe(page));
  await page.keyboard.press("Escape");
  await focused("Open a menu");

  await page.getByRole("button", { name: "Open a dialog" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("dialog", { name: "A dialog" }).getByLabel("Name").fill("Ana");
  problems.push(...await axe(page));
  await page.keyboard.press("Escape");
  await focused("Open a dialog");

  await page.getByRole("tab", { name: "One" }).focus();
  await page.keyboard.press("ArrowLeft");
  await page.getByText("The third panel").waitFor();

  for (let n = 0; n < 4; n++) await page.getByRole("button", { name: "Good", exact: true }).press("Enter");
  const notices = page.getByRole("region", { name: t("site.notices") });
  await notices.getByText("Saved").first().waitFor();
  assert.equal(await notices.getAttribute("aria-live"), "polite");
  await page.waitForFunction(() => [...document.querySelectorAll(".toast")].filter((toast) => toast.checkVisibility()).length === 3);
  problems.push(...await axe(page));
  assert.deepEqual(problems, []);
  await context.close();
});

test("without a network the page stays and says so, until it is back", async () => {
  const t = words("pt-PT"), { context, page } = await visitor({ viewport: { width: 360, height: 740 } });
  await page.goto(`${world.origin}/sign-in`);
  await settled(page);
  await context.setOffline(true);
  await page.getByText(t("site.offline")).waitFor();
  await context.setOffline(false);
  await page.getByText(t("site.offline")).waitFor({ state: "detached" });
  await context.close();
});

test("on a phone the main places stand at the thumb, and the one we are at is marked", async () => {
  const t = words("pt-PT"), { context, page } = await visitor({ viewport: { width: 360, height: 740 }, as: ana });
  await page.goto(`${world.origin}/following`);
  const places = page.getByRole("navigation", { name: t("site.quick_nav") });
  assert.deepEqual(await places.getByRole("link").allInnerTexts(), [t("nav.home"), t("nav.following"), t("nav.search"), t("studio.title")]);
  assert.equal(await places.locator("[aria-current=page]").innerText(), t("nav.following"));
  await places.getByRole("link", { name: t("nav.home") }).click();
  await page.waitForURL(`${world.origin}/`);
  assert.equal(await places.locator("[aria-current=page]").innerText(), t("nav.home"));
  await context.close();
});

test("while the engine is away a page says so, answers 503 and comes back by itself", { timeout: 120_000 }, async () => {
  await world.server.stop();
  const direct = `http://127.0.0.1:${world.webPort}`;
  for (const locale of ["pt-PT", "pt-BR", "en"]) {
    const answer = await fetch(`${direct}/`, { headers: { "accept-language": locale } }), html = await answer.text();
    assert.equal(answer.status, 503);
    assert.equal(answer.headers.get("retry-after"), "5");
    assert.ok(html.includes(words(locale)("site.resting_title")), locale);
    assert.match(html, /http-equiv="refresh" content="5"/i);
  }
  await world.startServer();
  assert.equal((await get("/")).status, 200);
});

test("while the web process is away the front door speaks for it, in the reader's language", { timeout: 120_000 }, async () => {
  await world.web.stop();
  for (const locale of ["pt-PT", "pt-BR", "en"]) {
    const answer = await get("/", { "accept-language": locale, accept: "text/html" }), html = await answer.text();
    assert.equal(answer.status, 503);
    assert.ok(answer.headers.has("retry-after"));
    assert.match(html, new RegExp(`<html lang="${locale}">[^]*${words(locale)("site.resting_title")}`), locale);
    assert.match(html, /http-equiv="refresh"/);
  }
  const program = await get("/", { accept: "application/json" });
  assert.equal((await program.json()).error.reason, "io.web_down");
  assert.equal((await get("/api/v1/categories")).status, 200, "the API does not need the web process");
});
