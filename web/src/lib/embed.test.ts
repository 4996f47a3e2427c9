import assert from "node:assert/strict";
import { test } from "node:test";
import { embeddedChannel, frameAncestors, optionsOf, themeOfEmbed } from "./embed";
import { channelAt, frameHtml, sizeWithin } from "./oembed";

test("an embed's address names a channel, also when a browser has escaped it", () => {
  assert.equal(embeddedChannel("/embed/@ana"), "ana");
  assert.equal(embeddedChannel("/embed/%40Ana"), "ana");
  for (const path of ["/embed/ana", "/embed/@ana/x", "/@ana", "/embed/@a;b", "/embed/%E0%A4%A", "/embed/@"]) assert.equal(embeddedChannel(path), null, path);
});

test("only names of hosts reach the header", () => {
  assert.equal(frameAncestors(["*"]), "'self' *");
  assert.equal(frameAncestors([]), "'self'");
  assert.equal(frameAncestors(null), "'self'");
  assert.equal(frameAncestors(["a.pt", "*.b.pt", "localhost:3000", "a.pt; script-src *", "'unsafe-inline'", "a.pt\r\nx: y"]), "'self' a.pt *.b.pt localhost:3000");
});

test("an embed is told how to begin", () => {
  assert.deepEqual(optionsOf({}), { isMuted: false, mayAutoplay: true });
  assert.deepEqual(optionsOf({ muted: "1", autoplay: "0" }), { isMuted: true, mayAutoplay: false });
  assert.deepEqual(optionsOf({ muted: "true", autoplay: "false" }), { isMuted: true, mayAutoplay: false });
  assert.equal(themeOfEmbed(new URLSearchParams("theme=dark")), "dark");
  assert.equal(themeOfEmbed(new URLSearchParams("theme=pink")), null);
});

test("oEmbed knows our channels' addresses and nobody else's", () => {
  const origin = "https://luso.town";
  assert.equal(channelAt("https://luso.town/@ana", origin), "ana");
  assert.equal(channelAt("https://luso.town/@Ana?tab=about#x", origin), "ana");
  assert.equal(channelAt("https://luso.town/embed/@ana", origin), "ana");
  for (const address of [null, "", "ana", "https://evil.example/@ana", "https://luso.town/", "https://luso.town/@ana/x", "javascript://luso.town/@ana",
    "https://luso.town/%E0%A4%A"]) assert.equal(channelAt(address, origin), null, String(address));
});

test("an embed fits what is asked and stays 16:9", () => {
  assert.deepEqual(sizeWithin(null, null), { width: 854, height: 480 });
  assert.deepEqual(sizeWithin("320", null), { width: 320, height: 180 });
  assert.deepEqual(sizeWithin("640", "180"), { width: 320, height: 180 });
  assert.deepEqual(sizeWithin("99999", "x"), { width: 854, height: 480 });
  assert.deepEqual(sizeWithin("1", null), { width: 160, height: 90 });
});

test("a channel's name cannot leave the frame's code", () => {
  assert.match(frameHtml({ src: "https://luso.town/embed/@ana", title: "\"><script>", width: 1, height: 1 }), /title="&quot;&gt;&lt;script&gt;"/);
});
