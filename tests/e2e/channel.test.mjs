// The channel page as its visitors meet it: offline, live, left for another page, inside somebody else's page.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { moves } from "../lib/player.mjs";
import { World, until } from "../lib/world.mjs";
import { words } from "../lib/words.mjs";

const t = words("en");
const kDays = 86_400_000;
let world, ana, bia, browser, page, live, startsAt;

before(async () => {
  world = await World.start({ web: true, config: { grace_window_s: 90 } });
  [ana, bia] = [await world.user("ana"), await world.user("bia")];
  startsAt = new Date(Math.floor(Date.now() / kDays) * kDays + 3 * kDays + 22 * 3_600_000);   // 22:00 in UTC, in three days.
  await ana.post("/api/v1/channel/schedule", { title: "Fado ao domingo", category: "fado", duration_min: 90, starts_at: startsAt.toISOString() });
  live = await bia.post("/api/v1/streams", { title: "Conversa da tarde", category: "conversa", language: "pt-BR" });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

const newPage = async (options = {}) => (await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 800 }, ...options })).newPage();

test("an offline channel says when it is live next, on the viewer's own clock", async () => {
  for (const [timezoneId, clock] of [["America/Sao_Paulo", "07:00 PM"], ["Asia/Tokyo", "07:00 AM"]]) {
    page = await newPage({ timezoneId });
    await page.goto(`${world.origin}/@ana`);
    const next = page.getByRole("region", { name: t("schedule.next") });

    await next.getByText("Fado ao domingo").waitFor();
    await until(`${clock} in ${timezoneId}`, async () => (await next.locator("time").textContent()).includes(clock));
    await next.getByText(/Starts in 2 days|Starts in 3 days/).waitFor();
    await page.context().close();
  }
});

test("the schedule and its tabs work without script", async () => {
  page = await newPage({ javaScriptEnabled: false });
  await page.goto(`${world.origin}/@ana`);

  await page.getByRole("navigation", { name: t("channel.sections") }).getByRole("link", { name: t("channel.tab_schedule") }).click();

  await page.getByRole("heading", { name: t("schedule.title"), exact: true }).waitFor();
  assert.equal(await page.getByRole("link", { name: t("channel.tab_schedule"), exact: true }).getAttribute("aria-current"), "page");
  await page.context().close();
});

test("a calendar program gets the announcement at its moment", async () => {
  const answer = await fetch(`${world.origin}/@ana/calendar.ics`);

  assert.match(answer.headers.get("content-type"), /^text\/calendar/);
  assert.match(await answer.text(), new RegExp(`DTSTART:${startsAt.toISOString().replace(/[-:]|\.\d+/g, "")}\r\n`));
  assert.equal((await fetch(`${world.origin}/@ana/calendar.ics?entry=999`)).status, 404);
  assert.equal((await fetch(`${world.origin}/@ninguem/calendar.ics`)).status, 404);
});

test("following from the offline page counts", async () => {
  page = await newPage();
  const [name, value] = bia.cookie.split("=");
  await page.context().addCookies([{ name, value, url: world.origin }]);
  await page.goto(`${world.origin}/@ana`);

  await page.getByRole("button", { name: t("social.follow_channel", { channel: "ana" }) }).click();

  await page.getByRole("button", { name: t("social.unfollow_channel", { channel: "ana" }) }).waitFor();
  assert.equal((await ana.get("/api/v1/channels/ana")).followers_count, 1);
  await page.context().close();
});

test("panels and links cannot do anything to their readers", async () => {
  const attacks = ["<script>window.hit=1</script>", "<img src=x onerror=window.hit=1>", "[x](javascript:window.hit=1)", "![x](https://evil.example/pixel.png)",
    "[x](data:text/html,<script>parent.hit=1</script>)", "<svg onload=window.hit=1>"];
  await ana.patch("/api/v1/channel/about", { panels: attacks.map((body, at) => ({ title: `"><script>window.hit=1</script> ${at}`, body: `${body}\n\n**bold ${at}**` })),
    links: [{ label: "\"><img src=x onerror=window.hit=1>", url: "https://example.org/?%22" }] });
  const refused = await ana.raw("PATCH", "/api/v1/channel/about", { links: [{ label: "x", url: "javascript:alert(1)" }] });
  assert.equal(refused.body.error.reason, "channels.bad_link");
  page = await newPage();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.goto(`${world.origin}/@ana?tab=about`, { waitUntil: "networkidle" });

  await page.getByText("bold 5").waitFor();   // Markdown is read; what came with it is text.
  for (const link of await page.locator(".prose a").all()) await link.click({ noWaitAfter: true });
  assert.equal(await page.evaluate(() => window.hit), undefined);
  assert.deepEqual(asked.filter((url) => !url.startsWith(world.origin) && !url.startsWith("data:")), []);
  assert.equal(await page.locator(".prose :is(img, script, svg, iframe)").count(), 0);
  assert.equal(await page.locator(".panel a[target=_blank]").first().getAttribute("rel"), "ugc nofollow noopener");
  await page.context().close();
});

test("the live page plays, and a tab of it leaves the picture alone", async () => {
  world.publish(live.publish.obs_key);
  await world.live(live.stream.id);
  page = await newPage();
  await page.goto(`${world.origin}/@bia`);
  await moves(page, "the live picture");
  await page.evaluate(() => { document.querySelector("video").dataset.mark = "same"; });

  await page.getByRole("link", { name: t("channel.tab_about"), exact: true }).click();

  await page.waitForURL(/tab=about/);
  await moves(page, "the picture after a tab");
  assert.equal(await page.evaluate(() => document.querySelector("video").dataset.mark), "same");
});

test("keys, their switch, the theatre that is remembered", async () => {
  const theatre = () => page.locator(".watch[data-theatre]").count();
  await page.keyboard.press("t");
  await until("the theatre", async () => await theatre() === 1);
  await page.reload();
  assert.equal(await theatre(), 1, "as it was left");
  await moves(page, "the picture after a reload");
  await page.keyboard.press("t");
  await until("no theatre", async () => await theatre() === 0);

  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("checkbox", { name: t("player.shortcuts_on") }).uncheck();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await page.keyboard.press("t");
  await page.keyboard.press("m");
  assert.equal(await theatre(), 0, "letters are only letters now");
  assert.equal(await page.evaluate(() => localStorage.getItem("luso.single_keys")), "0");
  await page.evaluate(() => localStorage.removeItem("luso.single_keys"));
});

test("the picture goes on in the corner while its viewer looks elsewhere, and counts once", async () => {
  await page.reload();
  await moves(page, "the picture");
  await until("one viewer", async () => (await world.stream(live.stream.id)).viewer_count === 1, { timeoutMs: 60_000 });
  const before = (await world.stream(live.stream.id)).total_viewers;
  await page.evaluate(() => { window.samePage = true; document.querySelector("video").dataset.mark = "same"; });

  await page.getByRole("banner").getByRole("link").first().click();

  const mini = page.getByRole("region", { name: t("mini.region") });
  await mini.waitFor();
  await moves(page, "the picture in the corner");
  assert.deepEqual(await page.evaluate(() => [window.samePage, document.querySelectorAll("video").length, document.querySelector(".mini video").dataset.mark, document.querySelector("video").paused]), [true, 1, "same", false]);

  await mini.getByRole("link", { name: t("mini.back", { channel: "bia" }) }).focus();   // By keyboard.
  await page.keyboard.press("Enter");
  await page.waitForURL(/@bia/);
  await until("the picture in its place", () => page.evaluate(() => document.querySelector(".watch-picture video")?.dataset.mark === "same"));
  await moves(page, "the picture back in its place");
  assert.equal(await mini.count(), 0);
  assert.equal((await world.stream(live.stream.id)).total_viewers, before, "the same viewer all along");
});

test("the mini player closes for good", async () => {
  await page.getByRole("banner").getByRole("link").first().click();
  const mini = page.getByRole("region", { name: t("mini.region") });
  await mini.getByRole("button", { name: t("mini.close") }).click();

  await mini.waitFor({ state: "detached" });
  assert.equal(await page.locator("video").count(), 0);
  await until("nobody watching", async () => (await world.stream(live.stream.id)).viewer_count === 0, { timeoutMs: 60_000 });
});

test("sound alone really stops fetching the picture, and the picture comes back", async () => {
  await page.addInitScript(() => {
    const Native = window.RTCPeerConnection;
    window.peers = [];
    window.RTCPeerConnection = class extends Native { constructor(...given) { super(...given); window.peers.push(this); } };
  });
  await page.goto(`${world.origin}/@bia`);
  await moves(page, "the picture");
  const choose = async (name) => {
    await page.locator(".watch-picture .player").hover();
    await page.getByRole("button", { name: t("player.settings") }).click();
    await page.getByRole("group", { name: t("player.settings") }).getByRole("button", { name }).click();
    await page.keyboard.press("Escape");
    await page.mouse.move(5, 5);
  };
  const asked = [];
  page.on("request", (request) => { if (/\/hls\//.test(request.url()) && /\.(m4s|mp4|m3u8)/.test(request.url())) asked.push(request.url()); });

  await choose(new RegExp(`^${t("player.audioonly")}`));

  const open = () => page.evaluate(async () => {
    const peer = window.peers.findLast((one) => one.connectionState === "connected");
    const inbound = [...(await peer?.getStats() ?? new Map()).values()].filter((one) => one.type === "inbound-rtp" && one.bytesReceived > 0);
    return { connected: window.peers.filter((one) => one.connectionState === "connected").length, kinds: inbound.map((one) => one.kind), time: document.querySelector("video").currentTime };
  });
  const first = await until("sound", async () => { const now = await open(); return now.kinds.includes("audio") && now; }, { timeoutMs: 60_000 });
  await page.getByText(t("player.audioonly_now")).waitFor();
  asked.length = 0;
  const later = await until("five seconds of sound", async () => { const now = await open(); return now.time > first.time + 5 && now; }, { timeoutMs: 60_000 });
  assert.deepEqual([later.connected, later.kinds], [1, ["audio"]]);
  assert.deepEqual(asked.filter((url) => !url.includes(".m3u8")), [], "no segments either");

  await choose(new RegExp(`^${t("player.auto_plain")}`));
  await until("a picture again", () => page.evaluate(() => document.querySelector("video").videoWidth > 0 && document.querySelector("video").dataset.visible === "true"), { timeoutMs: 60_000 });
});

test("a publisher who goes away is waited for, with the time that is left", async () => {
  await world.children.at(-1).stop("SIGKILL");

  await page.getByText(t("player.source_lost")).first().waitFor({ timeout: 60_000 });
  const left = async () => /has (\d+:\d\d) to come back/.exec(await page.locator(".player-veil-dark").textContent() ?? "")?.[1];
  const first = await until("a countdown", left, { timeoutMs: 30_000 });
  await until("the countdown to move", async () => { const now = await left(); return now && now !== first; }, { timeoutMs: 30_000 });

  world.publish(live.publish.obs_key);
  await moves(page, "the picture after the publisher came back");
  await page.context().close();
});

// Somebody else's page, on another name of this machine.
async function stranger(html) {
  const server = createServer((_, answer) => { answer.setHeader("content-type", "text/html"); answer.end(html); });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return { server, host: `localhost:${server.address().port}`, close: () => new Promise((closed) => { server.closeAllConnections(); server.close(closed); }) };
}

test("an embed plays in an allowed page and in no other", async () => {
  const frame = `<iframe src="${world.origin}/embed/@bia?muted=1&lang=pt-BR&theme=dark" width="640" height="360" allow="autoplay"></iframe>`;
  const [friend, other] = [await stranger(frame), await stranger(frame)];
  try {
    await bia.patch("/api/v1/channel/about", { embed_hosts: [friend.host] });
    page = await newPage();
    await page.goto(`http://${friend.host}/`);
    const inside = page.frameLocator("iframe");
    await inside.locator("video").waitFor({ state: "attached", timeout: 60_000 });
    const frameOf = () => page.frames().find((one) => one.url().includes("/embed/"));
    const shown = () => frameOf().evaluate(() => document.querySelector("video")?.getVideoPlaybackQuality().totalVideoFrames ?? 0);
    const first = await until("a picture inside", async () => await shown() || false, { timeoutMs: 60_000 });
    await until("the picture inside to move", async () => await shown() !== first, { timeoutMs: 60_000 });
    assert.deepEqual(await frameOf().evaluate(() => [document.documentElement.lang, document.documentElement.dataset.theme, document.querySelector("video").muted, document.querySelectorAll("header, footer").length]), ["pt-BR", "dark", true, 0]);
    assert.equal(await frameOf().evaluate(() => document.querySelector("link[rel=canonical]").getAttribute("href")), `${world.origin}/@bia`);
    await until("who watches there to count", async () => (await world.stream(live.stream.id)).viewer_count === 1, { timeoutMs: 60_000 });

    const refusals = [];
    page.on("console", (message) => refusals.push(message.text()));
    await page.goto(`http://${other.host}/`);
    await until("the browser to refuse", () => refusals.some((text) => /frame-ancestors/.test(text)));
    assert.equal(await page.frames()[1]?.locator("video").count(), 0);
    await page.context().close();
  } finally {
    await friend.close();
    await other.close();
  }
});

test("oEmbed turns a channel's address into a frame, and says no in the standard's ways", async () => {
  const ask = (url, more = "") => fetch(`${world.origin}/oembed?url=${encodeURIComponent(url)}${more}`);
  await bia.patch("/api/v1/channel/about", { embed_hosts: ["*"] });

  const answer = await (await ask(`${world.origin}/@bia`, "&maxwidth=320")).json();
  assert.deepEqual([answer.version, answer.type, answer.width, answer.height, answer.author_name], ["1.0", "video", 320, 180, "bia"]);
  assert.match(answer.html, new RegExp(`<iframe src="${world.origin}/embed/@bia"`));
  const html = await (await fetch(`${world.origin}/@bia`)).text();
  assert.match(html, /application\/json\+oembed/);

  assert.equal((await ask("https://example.org/@bia")).status, 404);
  assert.equal((await ask(`${world.origin}/@ninguem`)).status, 404);
  assert.equal((await ask(`${world.origin}/@bia`, "&format=xml")).status, 501);
  await bia.patch("/api/v1/channel/about", { embed_hosts: [] });
  assert.equal((await ask(`${world.origin}/@bia`)).status, 401);
});

test("by keyboard alone: share, settings, follow", async () => {
  page = await newPage();
  await page.goto(`${world.origin}/@bia`);
  await moves(page, "the picture");
  const share = page.getByRole("button", { name: t("social.share") });
  await share.focus();
  await page.keyboard.press("Enter");
  const sheet = page.getByRole("dialog");
  await sheet.getByText(`${world.origin}/@bia`, { exact: true }).waitFor();
  await sheet.getByText(t("sheet.embed_off")).waitFor();   // The test before closed the channel to others.
  await sheet.getByRole("img").waitFor();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });
  await until("the focus to come back", () => share.evaluate((button) => button === document.activeElement));

  const settings = page.getByRole("button", { name: t("player.settings") });
  await settings.focus();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  await page.getByRole("group", { name: t("player.settings") }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.closest(".player-panel") !== null), true);
  await page.keyboard.press("Escape");
  assert.equal(await settings.getAttribute("aria-expanded"), "false");
  await page.context().close();
});
