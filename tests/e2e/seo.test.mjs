// Pages as a search engine and a link preview read them: no script, only what the server wrote.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gunzipSync } from "node:zlib";
import { jpegSize, problemsOf, readPage, xmlProblems } from "../lib/bot.mjs";
import { until, World } from "../lib/world.mjs";

const kTitle = 'Fado & guitarra </script><script>window.hurt=1</script> "à janela" 🎸';
let world, ana, bia, stream;
before(async () => {
  world = await World.start({ web: true });
  ana = await world.user("ana");
  bia = await world.user("bia");
  await bia.patch("/api/v1/channel", { description: "Cozinha minhota, todas as quintas. ".repeat(12) });
  await bia.post("/api/v1/channel/schedule", kSunday);
  const created = await ana.post("/api/v1/streams", { title: kTitle, category: "fado", language: "pt-PT" });
  stream = created.stream;
  world.publish(created.publish.obs_key);
  await world.live(stream.id);
  await until("a picture of the stream", async () => (await world.stream(stream.id)).thumbnail_url);
});
after(() => world?.stop());

// The house is told the address it is known by, as a proxy in front of it would.
const kPublic = { "x-forwarded-host": "luso.example", "x-forwarded-proto": "https" };
const kOrigin = "https://luso.example";
const read = (path, headers = {}) => readPage(`http://127.0.0.1:${world.webPort}${path}`, { ...kPublic, ...headers });
const file = async (path, headers = {}) => {
  const answer = await fetch(world.origin + path, { headers, redirect: "manual" });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
};

const kSunday = { title: "Cozinha ao domingo", category: "cozinha-lusofona", duration_min: 90, weekday: "sunday", time: "19:30", time_zone: "Europe/Lisbon" };
const whole = (address) => new URL(address).href;   // An origin is written with and without its slash.

const kHubs = ["/", "/pt-pt/", "/pt-br/", "/en/"];
const kPlaces = ["/categories", "/categories/fado", "/regions/cv"];

test("hubs: one canonical address each, and each names all the others", async () => {
  for (const path of kHubs) {
    const page = await read(path);
    assert.equal(page.status, 200, path);
    assert.deepEqual(page.canonical.map(whole), [kOrigin + path]);
    assert.deepEqual(Object.fromEntries(Object.entries(page.alternates).map(([language, href]) => [language, whole(href)])), {
      "pt-PT": `${kOrigin}/pt-pt/`, "pt-BR": `${kOrigin}/pt-br/`, en: `${kOrigin}/en/`, pt: `${kOrigin}/pt-pt/`, "x-default": `${kOrigin}/`,
    }, path);
  }
});

test("categories and regions: an address in each language, and a picture of their own that shows their name", async () => {
  const pictures = new Set();
  for (const path of kPlaces) {
    for (const hub of ["", "/pt-pt", "/pt-br", "/en"]) {
      const page = await read(hub + path);
      assert.equal(page.status, 200, hub + path);
      assert.deepEqual(page.canonical, [kOrigin + hub + path]);
      assert.deepEqual(page.alternates, {
        "pt-PT": `${kOrigin}/pt-pt${path}`, "pt-BR": `${kOrigin}/pt-br${path}`, en: `${kOrigin}/en${path}`, pt: `${kOrigin}/pt-pt${path}`, "x-default": kOrigin + path,
      });
      assert.deepEqual(page.graph.flatMap(problemsOf), [], hub + path);
      assert.equal(page.meta("og:title"), page.meta("twitter:title"));
      const picture = new URL(page.meta("og:image")).pathname;
      if (path === "/categories") continue;
      const card = await file(picture);
      assert.equal(card.status, 200, picture);
      assert.deepEqual(jpegSize(card.bytes), { width: 1200, height: 630 });
      assert.ok(card.bytes.length < 300_000, `${card.bytes.length} bytes`);
      pictures.add(picture);
    }
  }
  assert.equal(pictures.size, 6, "three languages of two places");
  for (const nowhere of ["/share/~categories.nada.pt-PT/x.jpg", "/share/~regions.zz.en/x.jpg", "/share/~regions.cv.xx/x.jpg"]) assert.equal((await file(nowhere)).status, 404, nowhere);
  const other = await file("/share/~regions.cv.en/0000000000000000.jpg");
  assert.equal(other.status, 302);
  assert.ok(pictures.has(other.headers.get("location")), other.headers.get("location"));
});

test("channels keep one address in every language", async () => {
  for (const language of ["pt-PT", "pt-BR", "en"]) {
    for (const name of ["ana", "bia"]) {
      const page = await read(`/@${name}`, { "accept-language": language });
      assert.deepEqual(page.canonical, [`${kOrigin}/@${name}`]);
      assert.deepEqual(page.alternates, {});
    }
  }
});

test("titles and descriptions: there, of a readable length, none twice", async () => {
  for (const language of ["pt-PT", "pt-BR", "en"]) {
    const pages = await Promise.all(["/", "/@ana", "/@bia", "/register", "/sign-in"].map((path) => read(path, { "accept-language": language })));
    const titles = pages.map(({ title }) => title);
    assert.ok(titles.every((title) => title.length >= 5), titles.join(" | "));
    assert.equal(new Set(titles).size, titles.length, titles.join(" | "));
    const said = pages.slice(0, 3).map((page) => page.meta("description"));
    assert.ok(said.every((text) => text.length >= 20 && text.length <= 160), said.join(" | "));
    assert.equal(new Set(said).size, said.length);
  }
});

test("cards: everything a preview asks for, on every public page", async () => {
  for (const [path, type] of [["/", "website"], ["/en/", "website"], ["/@ana", "video.other"], ["/@bia", "profile"]]) {
    const page = await read(path);
    assert.equal(page.meta("og:type"), type, path);
    assert.equal(whole(page.meta("og:url")), kOrigin + path);
    assert.equal(page.meta("og:site_name"), "LusoTown");
    assert.equal(page.meta("og:title"), page.meta("twitter:title"));
    assert.equal(page.meta("og:description"), page.meta("twitter:description"));
    assert.equal(page.meta("og:locale"), path === "/en/" ? "en_US" : "pt_PT");
    assert.equal(page.metas("og:locale:alternate").length, 2);
    assert.match(page.meta("og:image"), /^https:\/\/luso\.example\//);
    assert.deepEqual([page.meta("og:image:width"), page.meta("og:image:height"), page.meta("og:image:type")], ["1200", "630", "image/jpeg"]);
    assert.ok(page.meta("og:image:alt"), path);
    assert.ok(page.meta("twitter:image"), path);
  }
  const live = await read("/@ana");
  assert.equal(live.meta("twitter:card"), "player");
  assert.equal(live.meta("twitter:player"), `${kOrigin}/embed/@ana`);
  assert.equal(live.meta("og:video"), `${kOrigin}/embed/@ana`);
  assert.equal(live.meta("og:video:secure_url"), `${kOrigin}/embed/@ana`);
  assert.deepEqual([live.meta("og:video:width"), live.meta("og:video:height"), live.meta("og:video:type")], ["1280", "720", "text/html"]);
  assert.equal((await read("/@bia")).meta("twitter:card"), "summary_large_image");
});

test("structured data is whole, and a title cannot break out of it", async () => {
  const kinds = { "/": ["Organization", "WebSite", "ItemList"], "/@ana": ["VideoObject", "BreadcrumbList"], "/@bia": ["ProfilePage", "VideoObject"], "/categories": ["ItemList"],
    "/categories/fado": ["BreadcrumbList", "ItemList"], "/regions/cv": ["BreadcrumbList", "ItemList"] };
  for (const [path, expected] of Object.entries(kinds)) {
    const page = await read(path);
    assert.deepEqual(page.graph.map((node) => node["@type"]), expected, path);
    assert.deepEqual(page.graph.flatMap(problemsOf), [], path);
    assert.doesNotMatch(page.html, /<script>window\.hurt/);
    const nonce = /'nonce-([^']+)'/.exec(page.headers.get("content-security-policy"))[1];
    assert.ok(page.html.includes(`<script type="application/ld+json" nonce="${nonce}"`), path);
  }
  const [video] = (await read("/@ana")).graph;
  assert.equal(video.name, kTitle);
  assert.equal(video.inLanguage, "pt-PT");
  assert.equal(video.publication.isLiveBroadcast, true);
  assert.equal(video.publication.startDate, (await world.stream(stream.id)).started_at);
  assert.equal(video.embedUrl, `${kOrigin}/embed/@ana`);
  assert.equal("endDate" in video.publication, false);
  const [, ahead] = (await read("/@bia")).graph;
  assert.equal(ahead.publication.isLiveBroadcast, true);
  assert.ok(Date.parse(ahead.publication.startDate) > Date.now());
  assert.equal(Date.parse(ahead.publication.endDate) - Date.parse(ahead.publication.startDate), kSunday.duration_min * 60_000);
});

test("the schema of these tests refuses what is wrong", () => {
  const video = { "@type": "BroadcastEvent", name: "Fado", isLiveBroadcast: true, startDate: "2026-07-01T20:30:00Z" };
  assert.deepEqual(problemsOf(video), []);
  for (const wrong of [{ startDate: "01/07/2026" }, { isLiveBroadcast: "yes" }, { name: "" }, { endDate: "P1D" }, { color: "red" }]) assert.equal(problemsOf({ ...video, ...wrong }).length, 1, JSON.stringify(wrong));
});

test("the share image is 1200x630, light, kept by its address, and new when the title is", async () => {
  const address = async (name) => new URL((await read(`/@${name}`)).meta("og:image")).pathname;
  const first = await address("ana");
  for (const path of [first, await address("bia")]) {
    const card = await file(path);
    assert.equal(card.status, 200, path);
    assert.equal(card.headers.get("content-type"), "image/jpeg");
    assert.match(card.headers.get("cache-control"), /public, max-age=\d+, immutable/);
    assert.deepEqual(jpegSize(card.bytes), { width: 1200, height: 630 });
    assert.ok(card.bytes.length > 10_000 && card.bytes.length < 300_000, `${card.bytes.length} bytes`);
  }
  for (const title of ["音樂之夜 عربي हिन्दी 👩‍👩‍👧‍👦🇵🇹", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴ ".repeat(3), `${"comprido ".repeat(15)}`, "&amp; <b>%s\u202Eoãf"]) {
    await ana.patch(`/api/v1/streams/${stream.id}`, { title });
    const now = await address("ana");
    assert.notEqual(now, first, title);
    const card = await file(now);
    assert.deepEqual(jpegSize(card.bytes), { width: 1200, height: 630 }, title);
    assert.ok(card.bytes.length < 300_000, `${card.bytes.length} bytes`);
  }
  await ana.patch(`/api/v1/streams/${stream.id}`, { title: kTitle });
  assert.equal(await address("ana"), first);
});

test("nobody chooses what is drawn: other versions lead to the present one, other names nowhere", async () => {
  const now = new URL((await read("/@ana")).meta("og:image")).pathname;
  for (const other of ["/share/ana/0000000000000000.jpg", "/share/ana/x"]) {
    const answer = await file(other);
    assert.equal(answer.status, 302, other);
    assert.equal(answer.headers.get("location"), now);
  }
  for (const hidden of ["/share/ana/..%2f..%2fx", "/share/http:%2F%2F169.254.169.254/x.jpg"]) assert.equal((await file(hidden)).status, 400, hidden);   // The front door takes no hidden slash.
  assert.equal((await file("/share/nobody_here/x.jpg")).status, 404);
});

test("robots may watch and embed, and stay out of what is private", async () => {
  const text = (await file("/robots.txt")).bytes.toString();
  for (const path of ["/api/", "/studio", "/account", "/following"]) assert.match(text, new RegExp(`^Disallow: ${path}$`, "m"));
  for (const path of ["/@", "/embed", "/share", "/categories"]) assert.doesNotMatch(text, new RegExp(`^Disallow: ${path}`, "m"));
  assert.match(text, /^Sitemap: https?:\/\/\S+\/sitemap\.xml$/m);
});

test("the sitemap: an index of files, well formed, packed, with what is on air in it", async () => {
  const index = (await file("/sitemap.xml")).bytes.toString();
  assert.deepEqual(xmlProblems(index), []);
  const names = [...index.matchAll(/<loc>[^<]*(\/sitemaps\/[^<]+)<\/loc>/g)].map(([, path]) => path);
  assert.deepEqual(names, ["/sitemaps/hubs.xml", "/sitemaps/lives.xml", "/sitemaps/categories.xml", "/sitemaps/places.xml", "/sitemaps/channels-1.xml"]);
  const texts = {};
  for (const path of names) {
    const { status, headers, bytes } = await file(path, { "accept-encoding": "identity" });
    assert.equal(status, 200, path);
    assert.match(headers.get("content-type"), /^application\/xml/);
    texts[path] = bytes.toString();
    assert.deepEqual(xmlProblems(texts[path]), [], path);
    for (const [, moment] of texts[path].matchAll(/<(?:lastmod|video:publication_date)>([^<]+)</g)) assert.ok(!Number.isNaN(Date.parse(moment)), moment);
  }
  const lives = texts["/sitemaps/lives.xml"];
  assert.equal((lives.match(/<url>/g) ?? []).length, 1);
  assert.match(lives, /<loc>[^<]*\/@ana<\/loc>/);
  assert.match(lives, /<video:live>yes<\/video:live>/);
  assert.ok(lives.includes(`<lastmod>${(await world.stream(stream.id)).started_at}</lastmod>`));
  const hubs = texts["/sitemaps/hubs.xml"];
  for (const path of kHubs) assert.match(hubs, new RegExp(`<loc>[^<]*:\\d+${path}</loc>`));
  const count = (name) => (texts[`/sitemaps/${name}.xml`].match(/<url>/g) ?? []).length;
  assert.deepEqual([count("categories"), count("places")], [(30 + 1) * 4, 10 * 4]);
  for (const path of ["/categories/fado", "/pt-br/categories/fado"]) assert.match(texts["/sitemaps/categories.xml"], new RegExp(`<loc>[^<]*:\\d+${path}</loc>`));
  assert.match(texts["/sitemaps/places.xml"], /<loc>[^<]*\/en\/regions\/tl<\/loc>.*hreflang="x-default" href="[^"]*\d\/regions\/tl"/);
  assert.match(texts["/sitemaps/channels-1.xml"], /\/@bia<\/loc>/);
  assert.equal((await file("/sitemaps/channels-0.xml")).status, 404);
  assert.equal((await file("/sitemaps/secrets.xml")).status, 404);
});

test("a sitemap travels packed", async () => {
  const { get } = await import("node:http");
  const [encoding, bytes] = await new Promise((resolve, reject) => get(`${world.origin}/sitemaps/lives.xml`, { headers: { "accept-encoding": "gzip" } }, (answer) => {
    const pieces = [];
    answer.on("data", (piece) => pieces.push(piece)).on("end", () => resolve([answer.headers["content-encoding"], Buffer.concat(pieces)])).on("error", reject);
  }).on("error", reject));
  assert.equal(encoding, "gzip");
  assert.deepEqual(xmlProblems(gunzipSync(bytes).toString()), []);
});

test("a live that ended leaves the sitemap, and its page is a channel's again", async () => {
  await ana.post(`/api/v1/streams/${stream.id}/end`);
  await until("the live to leave", async () => !(await file("/sitemaps/lives.xml")).bytes.toString().includes("/@ana<"));
  const page = await read("/@ana");
  assert.equal(page.meta("og:type"), "profile");
  assert.equal(page.meta("og:video"), undefined);
  assert.deepEqual(page.graph.map((node) => node["@type"]), ["ProfilePage"]);
  assert.match((await file("/sitemaps/channels-1.xml")).bytes.toString(), /\/@ana<\/loc>/);
});
