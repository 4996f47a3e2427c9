// Every page of tests/lib/pages.mjs at three sizes, light, dark and in high contrast: axe finds nothing, nothing spills or
// shifts, the console is silent, everything has a name and Tab gets everywhere, the bytes keep their budget. What was seen
// is kept in var/log/test/screens.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { costOf, excessesOf } from "../../web/scripts/budget.mjs";
import { launchChromium } from "../lib/browser.mjs";
import { axe, colours, layout, listen, names, settled, tabWalk } from "../lib/inspect.mjs";
import { kPages, setTheStage } from "../lib/pages.mjs";
import { World } from "../lib/world.mjs";

const screens = resolve("var/log/test/screens");
const only = process.env.PAGES?.split(",");   // PAGES=home,studio node --test tests/pages/pages.test.mjs
const pages = kPages.filter(({ name }) => !only || only.includes(name));

let world, browser, people;
before(async () => {
  world = await World.start({ web: true, webEnv: { LUSO_DESIGN_PAGE: "1" } });
  people = await setTheStage(world);
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

const kPhone = { width: 360, height: 740 }, kTablet = { width: 768, height: 1024 }, kDesk = { width: 1440, height: 900 };
const kRounds = [
  { size: kPhone, themes: ["light", "dark", "contrast"], gates: [axe, names, tabWalk] },
  { size: kTablet, themes: ["light", "dark"], gates: [] },
  { size: kDesk, themes: ["light", "dark"], gates: [axe, names, tabWalk] },
];
const kPagesAtOnce = 2;

function contextFor({ size, themes: [theme] }, as) {
  const cookies = [`luso_theme=${theme}`, ...(as ? [people[as].cookie] : [])].map((pair) => {
    const [name, value] = pair.split("=");
    return { name, value, url: world.origin };
  });
  return browser.newContext({
    viewport: size, colorScheme: "light", locale: "pt-PT", reducedMotion: "reduce", storageState: { cookies, origins: [] },
    ...(size === kPhone && { isMobile: true, hasTouch: true }),   // A phone has no bar that takes from its width.
  });
}

// A page is loaded once a size, and then dressed in each theme: what the switch in the menu does.
async function dress(page, theme) {
  await page.emulateMedia({ colorScheme: theme === "dark" ? "dark" : "light" });
  await page.evaluate((name) => {
    document.documentElement.dataset.theme = name;
    document.activeElement?.blur();
  }, theme);
  await settled(page);
}

async function visit(context, { name, path, status = 200 }, { size, themes: [first, ...others], gates }) {
  const page = await context.newPage(), folder = (theme) => join(screens, `${size.width}x${size.height}-${theme}`);
  try {
    const problems = await listen(page, world.origin, { expectedStatus: status });
    const answer = await page.goto(world.origin + path, { waitUntil: "load" });
    if (answer.status() !== status) problems.push(`status ${answer.status()}`);
    await settled(page);
    problems.push(...await layout(page));   // First: a picture of the whole page resizes the window.
    await page.screenshot({ path: join(folder(first), `${name}.png`), fullPage: true });
    for (const gate of gates) problems.push(...await gate(page));
    for (const theme of others) {
      await dress(page, theme);
      await page.screenshot({ path: join(folder(theme), `${name}.png`), fullPage: true });
      if (gates.includes(axe)) problems.push(...(await colours(page)).map((problem) => `${theme}: ${problem}`));
    }
    return problems.map((problem) => `${name}: ${problem}`);
  } finally {
    await page.close();
  }
}

for (const round of kRounds) {
  test(`${round.size.width}x${round.size.height}: ${round.themes.join(", ")}`, { timeout: 900_000 }, async () => {
    for (const theme of round.themes) mkdirSync(join(screens, `${round.size.width}x${round.size.height}-${theme}`), { recursive: true });
    const problems = [], waiting = [...pages];
    await Promise.all(Array.from({ length: kPagesAtOnce }, async () => {
      for (let page = waiting.shift(); page; page = waiting.shift()) {
        const context = await contextFor(round, page.as);
        problems.push(...await visit(context, page, round));
        await context.close();
      }
    }));
    assert.deepEqual(problems, []);
  });
}

test("each page keeps its budget of bytes", { timeout: 120_000 }, async (context) => {
  const packed = new Map(), problems = [];
  for (const { name, path, as, isHeavy } of pages) {
    const cost = await costOf(world.origin, path, { packed, headers: { "accept-language": "pt-BR", ...(as && { cookie: people[as].cookie }) } });
    context.diagnostic(`${name}: html ${cost.html.toFixed(1)} KB, css ${cost.style.toFixed(1)} KB, script ${cost.script.toFixed(1)} KB in ${cost.files} files`);
    if (!isHeavy) problems.push(...excessesOf(cost).map((excess) => `${name}: ${excess}`));
  }
  assert.deepEqual(problems, []);
});

test("each browser is spoken to in its language", async () => {
  for (const [asked, lang] of [["pt-PT", "pt-PT"], ["pt-BR", "pt-BR"], ["pt-AO", "pt-PT"], ["en-GB", "en"]]) {
    const html = await (await fetch(`${world.origin}/`, { headers: { "accept-language": asked } })).text();
    assert.match(html, new RegExp(`<html[^>]* lang="${lang}"`), asked);
  }
});
