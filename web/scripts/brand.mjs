// Draws the icons and the social card from the mark and the tokens, with the browser the tests use, into public/:
//   node scripts/brand.mjs
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const css = readFileSync("src/ui/tokens.css", "utf8");
const token = (name) => {
  const [, light] = new RegExp(`--${name}:\\s*(?:light-dark\\()?(#[\\da-f]{6})`).exec(css) ?? [];
  if (!light) throw new Error(`no token --${name}`);
  return light;
};
const words = JSON.parse(readFileSync("src/text/pt-PT/site.json", "utf8"));
const font = readFileSync("src/ui/fonts/gabarito-700.woff2").toString("base64");
const [wall, sun, paper, ink, onWall] = ["wall", "sun", "paper", "ink", "on-wall"].map(token);

const WAVES = `<path d="M2 18.400q4.700-5.600 9.300 0t9.300 0 9.400 0M2 25.200q4.700-5.600 9.300 0t9.300 0 9.400 0" fill="none" stroke="${paper}" stroke-width="3.100"/>`;
const LONG_WAVES = WAVES.replaceAll("M2 ", "M-16.600 ").replaceAll("t9.300 0 9.400 0", "t9.300 0 9.300 0 9.300 0 9.300 0 9.300 0");
const SUN = `<circle cx="22" cy="9.800" r="4.300" fill="${sun}"/>`;
const svg = (inside, box = "0 0 32 32") => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${box}" width="100%" height="100%" style="display:block">${inside}</svg>`;
const MARK = svg(`<rect width="32" height="32" rx="8" fill="${wall}"/>${SUN}${WAVES}`);
const SQUARE = svg(`<rect width="32" height="32" fill="${wall}"/>${SUN}${WAVES}`);                       // The system cuts the corners.
const MASKABLE = svg(`<rect x="-8" y="-8" width="48" height="48" fill="${wall}"/>${SUN}${LONG_WAVES}`, "-6 -6 44 44");   // Within the safe circle of 80 %.
const MONOCHROME = svg(`<g transform="translate(-.5 0)">${SUN}${WAVES}</g>`.replaceAll(sun, "#fff").replaceAll(paper, "#fff"), "-6 -6 44 44");

// The azulejo quarter of src/ui/azulejo.tsx, turned and repeated.
const azulejo = readFileSync("src/ui/azulejo.tsx", "utf8");
const quarter = [...azulejo.slice(azulejo.indexOf("azulejo-quarter"), azulejo.indexOf("</g>")).matchAll(/<path[^>]+\/>/g)]
  .map(([path]) => path.replaceAll("currentColor", onWall).replaceAll("fillOpacity", "fill-opacity")).join("");
const row = "q60-52 120 0t120 0 120 0 120 0 120 0 120 0 120 0 120 0 120 0 120 0 120 0 120 0";
const CARD = `<style>@font-face{font-family:G;src:url(data:font/woff2;base64,${font})}*{margin:0}body{width:1200px;height:630px;background:${wall};color:${onWall};font-family:G;overflow:hidden;position:relative}svg{position:absolute;inset:0}
  h1{position:absolute;left:72px;top:76px;display:flex;align-items:center;gap:28px;font-size:76px;letter-spacing:-.02em}h1 svg{position:static;width:112px;height:112px}p{position:absolute;left:72px;top:226px;max-width:760px;font-size:58px;line-height:1.12;letter-spacing:-.01em;text-wrap:balance}</style>
  <svg viewBox="0 0 1200 630"><defs><g id="q" fill="none" stroke="${onWall}" stroke-width="1.4">${quarter}</g><pattern id="a" width="96" height="96" patternUnits="userSpaceOnUse" patternTransform="scale(1.25)"><g opacity=".42">${[0, 90, 180, 270].map((angle) => `<use href="#q" transform="rotate(${angle} 48 48)"/>`).join("")}</g><circle cx="48" cy="48" r="3.6" fill="${sun}"/></pattern>
  <linearGradient id="f" x1="0" x2="1"><stop offset=".3" stop-color="${wall}"/><stop offset=".95" stop-color="${wall}" stop-opacity="0"/></linearGradient></defs>
  <rect width="1200" height="630" fill="url(#a)"/><rect width="1200" height="630" fill="url(#f)"/><circle cx="985" cy="470" r="168" fill="${sun}"/>
  ${[[440, paper], [482, ink], [520, paper], [560, ink], [598, paper]].map(([y, fill], n) => `<path d="M${-120 - n * 24} ${y}${row}V700H-300z" fill="${fill}"/>`).join("")}</svg>
  <h1>${MARK}${words["site.name"]}</h1><p>${words["site.tagline"]}</p>`;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: false, args: ["--headless=new", "--no-sandbox", "--disable-gpu"] });
const page = await browser.newPage();
async function draw(file, width, height, html, more = {}) {
  await page.setViewportSize({ width, height });
  await page.setContent(`<!doctype html><html><body style="margin:0;overflow:hidden">${html}</body></html>`);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `public/${file}`, clip: { x: 0, y: 0, width, height }, omitBackground: true, ...more });
}
await draw("icon-192.png", 192, 192, MARK);
await draw("icon-512.png", 512, 512, MARK);
await draw("icon-maskable-192.png", 192, 192, MASKABLE);
await draw("icon-maskable-512.png", 512, 512, MASKABLE);
await draw("icon-monochrome-96.png", 96, 96, MONOCHROME);
await draw("apple-touch-icon.png", 180, 180, SQUARE);
await draw("favicon-32.png", 32, 32, MARK);
await draw("social-card.jpg", 1200, 630, CARD, { type: "jpeg", quality: 86, omitBackground: false });
await browser.close();
