import assert from "node:assert/strict";
import { test } from "node:test";
import type { Channel, Stream } from "../api/types";
import { cardPath, factsOf, ownPath, versionOf } from "../share/facts";
import { Shelf } from "../share/shelf";
import { shoreTimes } from "../share/times";
import { broadcast, printed } from "./json-ld";
import { cards, clipped, hubAlternates } from "./metadata";
import { escaped, sitemapIndex, urlset } from "./sitemap";

const channel = {
  id: 1, username: "ana", display_name: "Ana", description: "Fado.", language: "pt-PT", default_title: "", default_category: "fado",
  followers_count: 3, is_live: true, live_stream_id: 7, is_following: false, is_owner: false, created_at: "2026-01-01T00:00:00Z",
} as Channel;
const stream = {
  id: 7, title: "Fado à janela", category: "fado", language: "pt-PT", state: "live", is_live: true, viewer_count: 1, peak_viewers: 1, total_viewers: 9,
  started_at: "2026-07-01T20:30:00Z", ended_at: null, created_at: "2026-07-01T20:00:00Z", grace_ends_at: null,
  thumbnail_url: "/hls/7/thumbnail.jpg?v=1", hls_url: "/hls/7/live.m3u8", channel: { username: "ana", display_name: "Ana" },
} as unknown as Stream;

test("structured data cannot be ended by a title", () => {
  const html = printed(broadcast(channel, { ...stream, title: "</script><script>alert(1)</script>\u2028" }, { origin: "https://l.pt", category: "Fado", image: "https://l.pt/x.jpg" }));
  assert.doesNotMatch(html, /[<>&\u2028]/);
  assert.equal(JSON.parse(html)["@graph"][0].name, "</script><script>alert(1)</script>\u2028");
});

test("a live is a broadcast that has begun, with every moment in ISO 8601", () => {
  const video = broadcast(channel, stream, { origin: "https://l.pt", category: "Fado", image: "https://l.pt/x.jpg" }) as Record<string, unknown>;
  const event = video.publication as Record<string, unknown>;
  assert.equal(event.isLiveBroadcast, true);
  assert.equal(event.startDate, "2026-07-01T20:30:00Z");
  assert.equal("endDate" in event, false, "a live has no end yet");
  assert.deepEqual(video.thumbnailUrl, ["https://l.pt/hls/7/thumbnail.jpg?v=1", "https://l.pt/x.jpg"]);
});

test("hubs name each other, and other Portuguese readers are sent to the European page", () => {
  assert.deepEqual(hubAlternates("/categories/fado", "pt-BR"), {
    canonical: "/pt-br/categories/fado",
    languages: { "pt-PT": "/pt-pt/categories/fado", "pt-BR": "/pt-br/categories/fado", en: "/en/categories/fado", pt: "/pt-pt/categories/fado", "x-default": "/categories/fado" },
  });
  assert.equal(hubAlternates("/").canonical, "/");
});

test("descriptions are cut at a word and never inside a letter", () => {
  assert.equal(clipped("um dois três", 50), "um dois três");
  assert.equal(clipped("um dois três quatro", 12), "um dois…");
  for (let max = 5; max < 12; max++) assert.doesNotMatch(clipped("🎸🎸🎸🎸🎸🎸🎸🎸", max), /[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
});

test("a player card is offered over TLS only", () => {
  const page = { siteName: "LusoTown", locale: "pt-PT", path: "/@ana", title: "t", description: "d", image: { url: "/x.jpg", alt: "a" }, type: "video.other" } as const;
  const safe = cards({ ...page, player: "https://l.pt/embed/@ana" }) as { twitter: { card: string }; openGraph: { videos: { secureUrl?: string }[] } };
  assert.equal(safe.twitter.card, "player");
  assert.equal(safe.openGraph.videos[0]?.secureUrl, "https://l.pt/embed/@ana");
  const plain = cards({ ...page, player: "http://l.pt/embed/@ana" }) as typeof safe;
  assert.equal(plain.twitter.card, "summary_large_image");
  assert.equal(plain.openGraph.videos[0]?.secureUrl, undefined);
});

test("a new live, a new title and a new name are a new picture; a new frame is not", () => {
  const version = versionOf(factsOf(channel, stream));
  assert.equal(versionOf(factsOf(channel, { ...stream, thumbnail_url: "/hls/7/thumbnail.jpg?v=2" })), version);
  for (const other of [{ ...stream, id: 8 }, { ...stream, title: "Outro" }, { ...stream, thumbnail_url: null }]) assert.notEqual(versionOf(factsOf(channel, other)), version);
  assert.notEqual(versionOf(factsOf(channel, null)), version);
  assert.notEqual(versionOf(factsOf({ ...channel, display_name: "Anabela" }, stream)), version);
  assert.match(cardPath(factsOf(channel, stream)), /^\/share\/ana\/[0-9a-f]{16}\.jpg$/);
});

test("pictures are fetched from this house alone", () => {
  assert.equal(ownPath("/hls/7/thumbnail.jpg?v=1"), "/hls/7/thumbnail.jpg?v=1");
  for (const other of ["https://169.254.169.254/x", "//evil.example/x", "/\\evil.example", "/x\r\nHost: y", "/x y", "", null, undefined]) assert.equal(ownPath(other), null, String(other));
});

test("one start is told on both shores", () => {
  assert.deepEqual(shoreTimes("2026-07-01T20:30:00Z"), { lisbon: "21:30", brasilia: "17:30" });
  assert.deepEqual(shoreTimes("2026-12-01T23:30:00Z"), { lisbon: "23:30", brasilia: "20:30" });
});

test("a picture is drawn once for all who ask, and no more wait than may", async () => {
  const shelf = new Shelf({ kept_max: 2, drawing_max: 1, waiting_max: 1 });
  const done: (() => void)[] = [];
  let drawn = 0;
  const draw = () => new Promise<Buffer>((resolve) => { drawn++; done.push(() => resolve(Buffer.from("x"))); });
  const a = shelf.take("a", draw), again = shelf.take("a", draw), b = shelf.take("b", draw);
  assert.equal(await shelf.take("c", draw), null, "one draws and one waits");
  done.shift()?.();
  assert.equal(await a, await again);
  await new Promise((later) => setImmediate(later));
  done.shift()?.();
  assert.ok(await b);
  assert.equal(drawn, 2);
  assert.ok(await shelf.take("a", draw));
  assert.equal(drawn, 2, "kept");
});

test("what cannot be drawn gives nothing and blocks nobody", async () => {
  const shelf = new Shelf({ kept_max: 2, drawing_max: 1, waiting_max: 1 });
  assert.equal(await shelf.take("a", () => Promise.reject(new Error("no such picture: this line is meant"))), null);
  assert.ok(await shelf.take("a", () => Promise.resolve(Buffer.from("x"))));
});

test("a sitemap survives what people write", () => {
  assert.equal(escaped("a<b>&\"'\u0000\u0008\uFFFE\uD83C ç🎸"), "a&#60;b&#62;&#38;&#34;&#39; ç🎸");
  const text = urlset("https://l.pt", [{ path: "/@ana", languages: { "x-default": "/" } }]);
  assert.match(text, /<url><loc>https:\/\/l\.pt\/@ana<\/loc><xhtml:link rel="alternate" hreflang="x-default" href="https:\/\/l\.pt\/"\/><\/url>/);
  assert.match(sitemapIndex("https://l.pt", [{ path: "/sitemaps/hubs.xml" }]), /<sitemap><loc>https:\/\/l\.pt\/sitemaps\/hubs\.xml<\/loc><\/sitemap>/);
});
