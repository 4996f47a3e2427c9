// What a page costs before anybody touches it: HTML, CSS, fonts and script, brotli, against the budgets.
//   node scripts/budget.mjs http://127.0.0.1:8080 / /@demo
import { brotliCompressSync, constants } from "node:zlib";

const BUDGET_KB = { html: 14, script: 150 };
const [origin, ...paths] = process.argv.slice(2);
if (!origin || paths.length === 0) { console.error("usage: budget.mjs ORIGIN PATH…"); process.exit(2); }

const brotli = (data) => brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length / 1024;
const fetched = async (url) => Buffer.from(await (await fetch(url, { headers: { "accept-encoding": "identity" } })).arrayBuffer());

let isOver = false;
for (const path of paths) {
  const html = await fetched(origin + path);
  const text = html.toString();
  const scripts = new Set([...text.matchAll(/<script[^>]+src="([^"]+\.js[^"]*)"(?![^>]*nomodule)/gi)].filter(([tag]) => !/nomodule/i.test(tag)).map(([, src]) => src));
  const styles = new Set([...text.matchAll(/<link[^>]+href="([^"]+\.css[^"]*)"/g)].map(([, href]) => href));
  const sum = async (urls) => (await Promise.all([...urls].map(async (url) => brotli(await fetched(new URL(url, origin)))))).reduce((a, b) => a + b, 0);
  const cost = { html: brotli(html), style: await sum(styles), script: await sum(scripts) };
  for (const [what, limit] of Object.entries(BUDGET_KB)) if (cost[what] > limit) isOver = true;
  console.log(`${path}: html ${cost.html.toFixed(1)} KB (${BUDGET_KB.html}), css ${cost.style.toFixed(1)} KB, script ${cost.script.toFixed(1)} KB (${BUDGET_KB.script}) in ${scripts.size} files, brotli`);
}
process.exit(isOver ? 1 : 0);
