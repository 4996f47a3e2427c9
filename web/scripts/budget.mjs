// What a page costs before anybody touches it: HTML, CSS, fonts and script, brotli, against the budgets.
//   node scripts/budget.mjs http://127.0.0.1:8080 / /@demo
import { pathToFileURL } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

export const BUDGET_KB = { html: 14, script: 150 };

const brotli = (data) => brotliCompressSync(data, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length / 1024;

// packed: sizes of files already met, so that a walk over many pages packs the framework once.
export async function costOf(origin, path, { headers = {}, packed = new Map() } = {}) {
  const fetched = async (url, more = {}) => Buffer.from(await (await fetch(url, { headers: { "accept-encoding": "identity", connection: "close", ...more } })).arrayBuffer());
  const html = await fetched(origin + path, headers);
  const text = html.toString();
  const scripts = new Set([...text.matchAll(/<script[^>]+src="([^"]+\.js[^"]*)"(?![^>]*nomodule)/gi)].filter(([tag]) => !/nomodule/i.test(tag)).map(([, src]) => src));
  const styles = new Set([...text.matchAll(/<link[^>]+href="([^"]+\.css[^"]*)"/g)].map(([, href]) => href));
  const sum = async (urls) => {
    let total = 0;
    for (const url of urls) {
      if (!packed.has(url)) packed.set(url, brotli(await fetched(new URL(url, origin))));
      total += packed.get(url);
    }
    return total;
  };
  return { html: brotli(html), style: await sum(styles), script: await sum(scripts), files: scripts.size };
}

export function excessesOf(cost) {
  return Object.entries(BUDGET_KB).filter(([what, limit]) => cost[what] > limit).map(([what, limit]) => `${what} ${cost[what].toFixed(1)} KB of ${limit}`);
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [origin, ...paths] = process.argv.slice(2);
  if (!origin || paths.length === 0) { console.error("usage: budget.mjs ORIGIN PATH…"); process.exit(2); }
  let isOver = false;
  for (const path of paths) {
    const cost = await costOf(origin, path);
    if (excessesOf(cost).length > 0) isOver = true;
    console.log(`${path}: html ${cost.html.toFixed(1)} KB (${BUDGET_KB.html}), css ${cost.style.toFixed(1)} KB, script ${cost.script.toFixed(1)} KB (${BUDGET_KB.script}) in ${cost.files} files, brotli`);
  }
  process.exit(isOver ? 1 : 0);
}
