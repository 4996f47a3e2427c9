import assert from "node:assert/strict";
import test from "node:test";
import { nonceOf, withLateScripts } from "./late-scripts.mjs";

const PAGE = '<!DOCTYPE html><html><head><link rel="preload" as="image" href="/hls/1/thumbnail.jpg"/>' +
  '<link rel="preload" as="script" fetchPriority="low" nonce="n" href="/_next/static/chunks/boot.js"/>' +
  '<script src="/_next/static/chunks/a.js" async="" nonce="n"></script></head>' +
  '<body><p>&lt;script src="/_next/static/x.js" async="" nonce="n"&gt; &lt;/body&gt;</p>' +
  '<script nonce="n">self.__next_f.push([1,"\\u003c/body>"])</script>' +
  '<script src="/_next/static/chunks/boot.js" nonce="n" id="_R_" async=""></script></body></html>';

test("what Next.js asks for at once is put to sleep, and woken by a script that the page's policy lets in", () => {
  const page = withLateScripts(PAGE, "n");
  assert.match(page, /<script type="text\/late" src="\/_next\/static\/chunks\/a\.js" async="" nonce="n">/);
  assert.match(page, /<script type="text\/late" src="\/_next\/static\/chunks\/boot\.js" nonce="n" id="_R_" async="">/);
  assert.match(page, /<script nonce="n">\(function wakeScripts\(\) \{[^]*\}\)\(\)<\/script><\/body><\/html>$/);
});

test("the bootstrap script is not fetched ahead either; pictures still are", () => {
  const page = withLateScripts(PAGE, "n");
  assert.doesNotMatch(page, /as="script"/);
  assert.match(page, /as="image"/);
});

test("inline data and people's words stay as they are", () => {
  const page = withLateScripts(PAGE, "n");
  assert.ok(page.includes('<script nonce="n">self.__next_f.push([1,"\\u003c/body>"])</script>'));
  assert.ok(page.includes('<p>&lt;script src="/_next/static/x.js" async="" nonce="n"&gt; &lt;/body&gt;</p>'));
});

test("a page without such scripts, or cut short, is not touched", () => {
  for (const page of ["<html><body>Olá</body></html>", PAGE.replace("</body></html>", "")]) assert.equal(withLateScripts(page, "n"), page);
});

test("the nonce is read from the page's own policy", () => {
  assert.equal(nonceOf("default-src 'self'; script-src 'self' 'nonce-YWJj' 'strict-dynamic'"), "YWJj");
  assert.equal(nonceOf(undefined), "");
});
