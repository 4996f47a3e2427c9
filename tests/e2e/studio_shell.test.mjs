// The studio as its people use it: a new account follows its checklist to a live from an encoder with the values the guide
// shows, an editor helps, a moderator looks on, and a key that is changed throws out whoever had the old one.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { words } from "../lib/words.mjs";
import { World, fixture, until } from "../lib/world.mjs";

const t = words("en");
const kPhone = { width: 360, height: 740 };
let world, browser, ana, eva, mia, desk, encoder;
before(async () => {
  world = await World.start({ web: true, config: { grace_window_s: 600 } });
  [ana, eva, mia] = [await world.user("ana"), await world.user("eva"), await world.user("mia")];
  browser = await launchChromium();
  desk = await signedIn(ana);
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

async function signedIn(person, { locale = "en-US", viewport = { width: 1280, height: 900 } } = {}) {
  const context = await browser.newContext({ locale, viewport });
  context.setDefaultTimeout(60_000);
  if (person) {
    const [name, value] = person.cookie.split("=");
    await context.addCookies([{ name, value, url: world.origin }]);
  }
  return context.newPage();
}

const open = (page, path) => page.goto(world.origin + path);
const mine = async () => (await ana.get("/api/v1/streams/mine")).items;
const status = async (api, method, path, body) => (await api.raw(method, path, body)).status;
const valueOf = (page, label) => page.locator("div", { has: page.getByText(label, { exact: true }) }).last().locator("code").innerText();

test("a new account is shown its first steps, and the server ticks what is done", { timeout: 180_000 }, async () => {
  await open(desk, "/studio");
  await desk.getByText(t("studio.first_progress", { done: 0, all: 4 })).waitFor();

  await desk.getByRole("button", { name: t("studio.upload_measure") }).click();

  await desk.getByText(t("studio.first_progress", { done: 1, all: 4 })).waitFor();
  const { steps, upload_kbps } = await ana.get("/api/v1/studio/checklist");
  assert.ok(upload_kbps > 0);
  assert.deepEqual(steps.filter(({ is_done }) => is_done).map(({ name }) => name), ["network"]);
});

test("an encoder with the guide's own values is live, and the light turns green", { timeout: 240_000 }, async () => {
  await open(desk, "/studio/guide");
  await desk.getByRole("button", { name: t("guide.show_values") }).click();
  await desk.getByRole("button", { name: t("golive.reveal") }).first().click();
  const server = await valueOf(desk, t("golive.server")), key = await valueOf(desk, t("guide.key_label"));
  assert.match(server, /^rtmp:\/\/.+\/live$/);

  encoder = world.publish(key, fixture(), { url: server });

  await until("the stream", async () => (await mine())[0]?.state === "live");
  await open(desk, "/studio");
  await desk.getByText(t("golive.state_live")).waitFor();
  await desk.getByText(t("studio.health_good")).or(desk.locator("section[aria-labelledby=current] ul li").first()).first().waitFor();
  await desk.getByText("h264", { exact: false }).first().waitFor();
});

let viewer;
test("a title edited while live reaches who is watching", { timeout: 180_000 }, async () => {
  viewer = await signedIn(null);
  await open(viewer, "/@ana");

  await desk.getByLabel(t("golive.stream_title")).fill("Fados da meia-noite");
  await desk.getByRole("button", { name: t("creator.save") }).click();

  await desk.getByText(t("studio.saved_live")).waitFor();
  await viewer.getByText("Fados da meia-noite").first().waitFor();
});

test("the owner's own preview is not counted", { timeout: 120_000 }, async () => {
  await desk.getByRole("button", { name: t("studio.preview_play") }).click();
  await desk.waitForFunction(() => { const video = document.querySelector("figure video"); return video && video.currentTime > 0; });
  const beats = await desk.evaluate(() => performance.getEntriesByType("resource").filter(({ name }) => name.includes("/heartbeat")).length);
  assert.equal(beats, 0);
});

test("the owner invites, the invited accept in their own studio, and a letter says so", { timeout: 180_000 }, async () => {
  await open(desk, "/studio/team");
  for (const [name, role] of [["eva", "editor"], ["mia", "moderator"]]) {
    await desk.getByLabel(t("team.invite_whom")).fill(`@${name}`);
    await desk.getByLabel(t("team.role"), { exact: true }).selectOption(role);
    await desk.getByRole("button", { name: t("team.invite"), exact: true }).click();
    await desk.getByText(t("team.invited", { name })).waitFor();
  }
  await until("both letters", () => ["eva", "mia"].every((name) => world.mail.some((letter) => letter.includes(`${name}@exemplo.pt`))));

  const page = await signedIn(eva);
  await open(page, "/studio");
  await page.getByRole("button", { name: t("team.accept_from", { channel: "ana" }) }).click();
  await page.getByRole("navigation", { name: t("studio.nav") }).getByRole("link", { name: /^ana / }).waitFor();
  await page.context().close();
  await mia.put("/api/v1/memberships/ana");
  assert.deepEqual((await eva.get("/api/v1/memberships")).items.map(({ role, is_accepted }) => [role, is_accepted]), [["editor", true]]);
});

test("an editor edits the live from their own account and never sees a key", { timeout: 180_000 }, async () => {
  const page = await signedIn(eva);
  await open(page, "/studio");
  await page.getByRole("navigation", { name: t("studio.nav") }).getByRole("link", { name: /^ana / }).click();
  await page.getByText(t("golive.state_live")).waitFor();
  assert.equal(await page.getByRole("link", { name: t("studio.page_keys") }).count(), 0);

  await page.getByLabel(t("golive.stream_title")).fill("A Eva mudou o título");
  await page.getByRole("button", { name: t("creator.save") }).click();
  await page.getByText(t("studio.saved_live")).waitFor();
  await viewer.getByText("A Eva mudou o título").first().waitFor();

  await open(page, "/studio/keys?channel=ana");
  await page.getByText(t("error.channels.role_forbidden")).waitFor();
  const [stream] = await mine();
  for (const method of ["GET", "POST", "DELETE"]) assert.equal(await status(eva, method, `/api/v1/streams/${stream.id}/key`), 403);
  assert.equal(await status(eva, "POST", "/api/v1/channels/ana/team", { username: "mia", role: "editor" }), 403);
  assert.equal(await status(eva, "PATCH", "/api/v1/channel?channel=ana", { description: "Escrita pela Eva" }), 200);
  assert.equal(await status(eva, "PATCH", "/api/v1/channel/about?channel=ana", { links: [] }), 200);
  await page.context().close();
});

test("a moderator sees, and changes nothing", { timeout: 120_000 }, async () => {
  const page = await signedIn(mia);
  await open(page, "/studio?channel=ana");
  await page.getByText(t("golive.state_live")).waitFor();
  assert.equal(await page.getByRole("button", { name: t("creator.save") }).count(), 0);
  assert.equal(await page.getByRole("button", { name: t("live.end") }).count(), 0);
  for (const refused of ["channel", "keys"]) {
    await open(page, `/studio/${refused}?channel=ana`);
    await page.getByText(t("error.channels.role_forbidden")).waitFor();
  }
  const [stream] = await mine();
  assert.equal(await status(mia, "GET", `/api/v1/streams/${stream.id}/health`), 200);
  assert.equal(await status(mia, "PATCH", `/api/v1/streams/${stream.id}`, { title: "Não" }), 403);
  assert.equal(await status(mia, "POST", `/api/v1/streams/${stream.id}/end`), 403);
  assert.equal(await status(mia, "PATCH", "/api/v1/channel?channel=ana", { description: "Não" }), 403);
  assert.equal(await status(mia, "PUT", "/api/v1/channel/schedule/1/cancelled/2026-12-01?channel=ana"), 403);
  assert.equal(await status(mia, "GET", `/api/v1/streams/${stream.id}/key`), 403);
  await page.context().close();
});

test("a changed key throws out who had the old one, says so, and the place is kept", { timeout: 180_000 }, async () => {
  await open(desk, "/studio/keys");
  const card = desk.getByRole("region", { name: t("studio.channel_key") });
  await card.getByRole("button", { name: t("studio.rotate") }).click();
  const dialog = desk.getByRole("dialog");
  await dialog.getByText(t("studio.rotate_sure")).waitFor();
  await dialog.getByRole("button", { name: t("studio.rotate") }).click();
  await card.getByText(t("studio.rotated")).waitFor();

  await encoder.ended;
  await until("the stream to wait", async () => (await mine())[0].state === "reconnecting");
  await open(desk, "/studio");
  await desk.getByRole("timer").waitFor();
  const old = world.publish(readFileSync(encoder.logFile, "utf8").match(/\/live\/(\S+?)'?:?\s/)?.[1] ?? "none");
  assert.notEqual((await old.ended).code, 0);
});

test("it ends after a question, and its figures stay", { timeout: 180_000 }, async () => {
  const [{ id, title }] = await mine();
  await desk.getByRole("button", { name: t("live.end") }).click();
  await desk.getByRole("dialog").getByRole("button", { name: t("studio.cancel") }).click();
  assert.notEqual((await mine())[0].state, "ended");
  await desk.getByRole("button", { name: t("live.end") }).click();
  await desk.getByRole("dialog").getByRole("button", { name: t("live.end") }).click();
  await desk.getByRole("heading", { name: t("studio.start") }).waitFor();
  assert.equal((await mine())[0].state, "ended");

  await open(desk, "/studio/streams");
  await desk.getByRole("link", { name: title }).click();
  await desk.waitForURL(`**/studio/streams/${id}`);
  await desk.getByRole("heading", { level: 1, name: title }).waitFor();
  await desk.getByText(t("studio.state_ended")).first().waitFor();

  const stranger = await signedIn(await world.user("zeferino"));
  assert.equal((await open(stranger, `/studio/streams/${id}`)).status(), 404);
  await stranger.context().close();
});

test("who is taken off the team has no way left into the studio", { timeout: 120_000 }, async () => {
  await open(desk, "/studio/team");
  const row = desk.getByRole("listitem").filter({ hasText: "@eva" });
  await row.getByRole("button", { name: t("team.remove") }).click();
  await desk.getByRole("dialog").getByRole("button", { name: t("team.remove") }).click();
  await until("eva to be gone", async () => (await eva.get("/api/v1/memberships")).items.length === 0);
  const page = await signedIn(eva);
  await open(page, "/studio?channel=ana");
  assert.equal(new URL(page.url()).search, "");
  assert.equal(await status(eva, "PATCH", "/api/v1/channel?channel=ana", { description: "Ainda cá estou" }), 403);
  await page.context().close();
});

test("at 360 px everything is reached by keyboard from the compact menu, in three languages", { timeout: 240_000 }, async () => {
  for (const [locale, asked] of [["pt-PT", "pt-PT"], ["pt-BR", "pt-BR"], ["en", "en-US"]]) {
    const say = words(locale), page = await signedIn(ana, { locale: asked, viewport: kPhone });
    await open(page, "/studio");
    for (const name of ["streams", "channel", "keys", "team", "guide", "access"]) {
      const menu = page.getByRole("navigation", { name: say("studio.nav") }).locator("summary");
      await menu.focus();
      await page.keyboard.press("Enter");
      const link = page.getByRole("navigation", { name: say("studio.nav") }).getByRole("link", { name: say(`studio.page_${name}`), exact: true });
      await link.focus();
      await page.keyboard.press("Enter");
      await page.getByRole("heading", { level: 1, name: say(`studio.page_${name}`) }).waitFor();
      const spill = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(spill <= 0, `${locale} ${name} spills ${spill} px`);
    }
    await page.context().close();
  }
});

test("the list of first steps can be put away", { timeout: 60_000 }, async () => {
  await open(desk, "/studio");
  await desk.getByRole("button", { name: t("studio.first_dismiss") }).click();
  await desk.getByRole("heading", { name: t("studio.first") }).waitFor({ state: "detached" });
});
