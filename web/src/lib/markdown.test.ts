import assert from "node:assert/strict";
import { test } from "node:test";
import { markdownToHtml } from "./markdown";

// What people have used against other sites, and turns of our own.
const CORPUS = [
  "<script>alert(1)</script>",
  "<img src=x onerror=alert(1)>",
  "<svg/onload=alert(1)>",
  "<iframe src=javascript:alert(1)>",
  "<a href=javascript:alert(1)>x</a>",
  "<style>@import '//evil';</style>",
  "<!-- --><script>alert(1)</script>",
  "<x onclick=alert(1)>",
  "<details open ontoggle=alert(1)>",
  "[x](javascript:alert(1))",
  "[x](JaVaScRiPt:alert(1))",
  "[x](java\tscript:alert(1))",
  "[x](java&#x0a;script:alert(1))",
  "[x](&#106;avascript:alert(1))",
  "[x](javascript&colon;alert(1))",
  "[x](\u0001javascript:alert(1))",
  "[x](  javascript:alert(1) )",
  "[x](data:text/html;base64,PHNjcmlwdD4=)",
  "[x](vbscript:msgbox(1))",
  "[x](blob:https://example.org/1)",
  "[x](https://example.org \"\\\" onmouseover=alert(1) \\\"\")",
  "[x](https://example.org/\"onmouseover=alert(1)//)",
  "[x](<https://example.org/\" onmouseover=\"alert(1)>)",
  "[x]: javascript:alert(1)\n\n[x]",
  "<javascript:alert(1)>",
  "<https://example.org/\"onmouseover=alert(1)>",
  "![x](https://evil.example/pixel.png)",
  "![x](data:image/svg+xml;base64,PHN2Zz4=)",
  "![x][y]\n\n[y]: https://evil.example/pixel.png",
  "[![x](https://evil.example/pixel.png)](https://example.org)",
  "```<script>\nalert(1)\n```",
  "```\"><script>alert(1)</script>\nx\n```",
  "`<img src=x onerror=alert(1)>`",
  "&lt;script&gt;alert(1)&lt;/script&gt;",
  "[<img src=x onerror=alert(1)>](https://example.org)",
  "[x](https://example.org '<script>alert(1)</script>')",
  "<a href=\"https://example.org\" rel=\"opener\">x</a>",
];

const ALLOWED = new Set(["p", "a", "em", "strong", "code", "pre", "ul", "ol", "li", "blockquote", "br", "hr", "h4", "h5", "h6"]);
const ATTRIBUTES: Record<string, RegExp> = {
  rel: /^ugc nofollow noopener$/, target: /^_blank$/, href: /^(?:$|https?:|mailto:|ircs?:|xmpp:|[^:]*$|[/#?])/i, title: /^/, class: /^language-/, start: /^\d+$/,
};

for (const attack of CORPUS) {
  test(`does nothing: ${JSON.stringify(attack)}`, () => {
    const html = markdownToHtml(attack);
    for (const [, name = "", attributes = ""] of html.matchAll(/<\/?([a-zA-Z!][^\s/>]*)((?:[^>"]|"[^"]*")*)>/g)) {
      assert.ok(ALLOWED.has(name), `<${name}> in ${html}`);
      for (const [, attribute = "", value = ""] of attributes.matchAll(/([^\s="/]+)="([^"]*)"/g)) {
        assert.match(value, ATTRIBUTES[attribute] ?? /$^/, `${attribute} in ${html}`);
      }
      assert.doesNotMatch(attributes.replace(/"[^"]*"/g, '""'), /(?:^|\s)on\w+\s*=/i, html);
    }
  });
}

test("links say that the house did not write them", () => {
  assert.equal(markdownToHtml("[x](https://example.org)"), '<p><a rel="ugc nofollow noopener" target="_blank" href="https://example.org">x</a></p>');
});

test("a text that shows a link's code stays that text", () => {
  assert.equal(markdownToHtml('`<a href="`'), "<p><code>&lt;a href=&quot;</code></p>");
});

test("headings stay below a panel's own", () => {
  assert.equal(markdownToHtml("# Regras\n\n### Uma"), "<h4>Regras</h4>\n<h6>Uma</h6>");
});

test("what Markdown is for works", () => {
  assert.equal(markdownToHtml("*Fado* e **viola**\n\n- um\n- dois"), "<p><em>Fado</em> e <strong>viola</strong></p>\n<ul>\n<li>um</li>\n<li>dois</li>\n</ul>");
});
