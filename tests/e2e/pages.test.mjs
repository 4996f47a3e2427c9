// Every page at 360 px and at 1440 px, in light and dark, in three languages: nothing spills over the side, every control
// has a name, nothing is asked of another host, and the console is silent.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { World } from "../lib/world.mjs";

let world, browser, ana;
before(async () => {
  world = await World.start({ web: true });
  ana = await world.user("ana");
  const { stream, publish } = await ana.post("/api/v1/streams", { title: "Uma emissão com um título comprido que não cabe numa linha de telemóvel", category: "fado", language: "pt-PT" });
  world.publish(publish.obs_key);
  await world.live(stream.id);
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

const kOpen = ["/", "/pt-pt", "/pt-br", "/en", "/@ana", "/register", "/sign-in", "/forgot"];
const kPrivate = ["/account", "/studio"];

async function inspect(page, path) {
  const problems = [];
  page.on("console", (message) => { if (message.type() === "error") problems.push(`console: ${message.text()}`); });
  page.on("pageerror", (error) => problems.push(`error: ${error.message}`));
  page.on("request", (request) => { if (/^https?:/.test(request.url()) && !request.url().startsWith(world.origin)) problems.push(`asks ${request.url()}`); });
  const answer = await page.goto(world.origin + path, { waitUntil: "load" });
  if (answer.status() !== 200) problems.push(`status ${answer.status()}`);
  const found = await page.evaluate(() => {
    const nameless = [...document.querySelectorAll("button, a[href], input:not([type=hidden]), select, textarea")].filter((element) => {
      if (!element.checkVisibility()) return false;
      const labels = element.labels?.length ? [...element.labels].map((l) => l.textContent).join("") : "";
      return !(element.getAttribute("aria-label") || element.getAttribute("aria-labelledby") || labels.trim() || element.textContent.trim() || element.querySelector("img[alt]:not([alt=''])"));
    });
    return {
      spill: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      nameless: nameless.map((element) => element.outerHTML.slice(0, 120)),
      headings: document.querySelectorAll("h1").length,
      lang: document.documentElement.lang,
    };
  });
  if (found.spill > 0) problems.push(`spills ${found.spill} px over the side`);
  if (found.headings !== 1) problems.push(`${found.headings} h1`);
  if (!found.lang) problems.push("no lang");
  problems.push(...found.nameless.map((html) => `no name: ${html}`));
  return problems.map((problem) => `${path}: ${problem}`);
}

for (const width of [360, 1440]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`${width} px, ${colorScheme}`, async () => {
      const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, locale: "pt-PT" });
      const [name, value] = ana.cookie.split("=");
      const problems = [];
      for (const path of [...kOpen, ...kPrivate]) {
        if (path === kPrivate[0]) await context.addCookies([{ name, value, url: world.origin }]);
        const page = await context.newPage();
        problems.push(...await inspect(page, path));
        await page.close();
      }
      await context.close();
      assert.deepEqual(problems, []);
    });
  }
}

test("each browser is spoken to in its language", async () => {
  for (const [asked, lang] of [["pt-PT", "pt-PT"], ["pt-BR", "pt-BR"], ["pt-AO", "pt-PT"], ["en-GB", "en"]]) {
    const context = await browser.newContext({ locale: asked });
    const page = await context.newPage();
    await page.goto(`${world.origin}/`);
    assert.equal(await page.evaluate(() => document.documentElement.lang), lang, asked);
    await context.close();
  }
});

test("pages defend themselves: CSP, no framing, no sniffing", async () => {
  const { headers } = await fetch(`${world.origin}/`);
  assert.match(headers.get("content-security-policy"), /default-src 'self'/);
  assert.match(headers.get("content-security-policy"), /frame-ancestors/);
  assert.equal(headers.get("x-content-type-options"), "nosniff");
});
