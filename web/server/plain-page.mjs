// A page that needs nothing: no script, no style sheet, no other file. It stands in when the real one cannot be made (500)
// and, written to .next/static/plain by scripts/plain-pages.mjs, when this process itself is away (the front door's 503).
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

export const LOCALES = ["pt-PT", "pt-BR", "en"];
export const AGAIN_S = 5;

const STYLE = `:root{color-scheme:light dark}
body{display:grid;place-content:center;min-height:100dvh;margin:0;padding:1.5rem;box-sizing:border-box;background:light-dark(#faf6ee,#0a1022);color:light-dark(#101a3a,#f3f0e8);font:1.0625rem/1.5 system-ui,sans-serif;text-align:center}
svg{width:4.5rem;margin:0 auto}h1{max-width:18ch;margin:1.25rem auto .5rem;font-size:1.9rem;line-height:1.15}p{max-width:34ch;margin:0 auto 1.5rem}
a{display:inline-flex;align-items:center;justify-content:center;min-height:2.75rem;padding:0 1.25rem;border-radius:.75rem;background:light-dark(#1c3fae,#3d61d8);color:#fff;font-weight:650;text-decoration:none}
a:focus-visible{outline:3px solid light-dark(#1c3fae,#a3b9ff);outline-offset:3px}`;
const POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'`;
const MARK = readFileSync(new URL("../public/mark.svg", import.meta.url), "utf8").replace(/<\?xml[^>]*>\s*/, "").replace("<svg", '<svg aria-hidden="true"').trim();

const words = Object.fromEntries(LOCALES.map((locale) => [locale, {
  ...JSON.parse(readFileSync(new URL(`../src/text/${locale}/site.json`, import.meta.url), "utf8")),
  ...JSON.parse(readFileSync(new URL(`../src/text/${locale}/error.json`, import.meta.url), "utf8")),
}]));

// error: this page failed; trying again is the reader's decision. away: everything did; the page tries by itself.
// missing: an address that looks like a file's, and is none.
const KINDS = {
  error: ["site.error_title", "site.error_text"],
  away: ["site.resting_title", "error.io.web_down"],
  missing: ["site.not_found_title", "site.not_found_text"],
};

export function plainPage(kind, locale) {
  const t = words[locale], [title, text] = KINDS[kind].map((key) => t[key]);
  return `<!DOCTYPE html><html lang="${locale}"><head><meta charset="utf-8"><meta http-equiv="content-security-policy" content="${POLICY}">` +
    `<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">` +
    (kind === "away" ? `<meta http-equiv="refresh" content="${AGAIN_S}">` : "") +
    `<title>${escaped(title)} · LusoTown</title><style>${STYLE}</style></head>` +
    `<body><main>${MARK}<h1>${escaped(title)}</h1><p>${escaped(text)}</p>` +
    (kind === "away" ? `<a href="">${escaped(t["site.retry"])}</a>` : `<a href="/">${escaped(t["site.back_home"])}</a>`) + "</main></body></html>\n";
}

const escaped = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

// Next.js could not render: what it sends then is an empty shell that only script fills.
export function isEmptyShell(html) {
  return html.startsWith('<!DOCTYPE html><html id="__next_error__">');
}
