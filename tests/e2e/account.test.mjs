// An account from its first letter to its last, on a phone, in European Portuguese: opened, given a face, moved to another
// e-mail and back, locked with a second step, taken along as a file, closed, and opened again in time.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { axe, layout, listen, names, settled, tabWalk } from "../lib/inspect.mjs";
import { totp } from "../lib/totp.mjs";
import { words } from "../lib/words.mjs";
import { World, until } from "../lib/world.mjs";

const kPhone = { width: 360, height: 740 };
const kPassword = "uma frase longa e segura", kAfterReset = "outra frase longa e segura", kChanged = "a terceira frase longa";
const kTitle = "Bordados da Teresa ao serão";
const kTabStopsMax = 120;
const photograph = readFileSync(new URL("../../server/pictures/testdata/gps.jpg", import.meta.url));
const t = words("pt-PT"), brazilian = words("pt-BR");

let world, browser, page, codes, secret;
before(async () => {
  world = await World.start({ web: true });
  browser = await launchChromium();
  page = await newPage("pt-PT");
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

async function newPage(locale, cookies = []) {
  const context = await browser.newContext({ locale, viewport: kPhone, isMobile: true, hasTouch: true, reducedMotion: "reduce" });
  context.setDefaultTimeout(30_000);
  await context.addCookies(cookies);
  const fresh = await context.newPage();
  await listen(fresh, world.origin);
  return fresh;
}

const open = (path, on = page) => on.goto(world.origin + path, { waitUntil: "load" });
const section = (id, on = page) => on.locator(`#${id}`);
const press = (key, within = page) => within.getByRole("button", { name: t(key), exact: true }).click();
const field = (key, within = page) => within.getByLabel(t(key), { exact: true });
const get = (path, init) => fetch(world.origin + path, { redirect: "manual", ...init });

// What the gate of all pages asks, of what only a press opens. What the answer to a press moves is no shift: a browser
// counts it as one when the answer took half a second.
async function isWellMade(on = page) {
  await settled(on);
  await on.evaluate(() => { globalThis.shifts.observer.takeRecords(); globalThis.shifts.entries.length = 0; });
  assert.deepEqual([...await layout(on), ...await axe(on), ...await names(on)], []);
}

async function sessionCookie(on = page) {
  const found = (await on.context().cookies()).find(({ name }) => name === "luso_session");
  return found && `${found.name}=${found.value}`;
}

// The API as the page would call it.
async function call(method, path, body) {
  const answer = await get(path, { method, headers: { Cookie: await sessionCookie(), Origin: world.origin, ...(body && { "Content-Type": "application/json" }) }, body: body && JSON.stringify(body) });
  return { status: answer.status, body: answer.status === 204 ? undefined : await answer.json() };
}

// The address in the newest letter to somebody that leads to `path`.
async function linkTo(address, path) {
  const [link] = await until(`a letter with ${path} to ${address}`, () => world.mail.reverse().filter((letter) => letter.includes(address))
    .map((letter) => new RegExp(`/${path}\\?token=[\\w-]+`).exec(letter)).find(Boolean));
  return link;
}

async function passwordAtTheDoor(password) {
  await open("/sign-in");
  await field("auth.login").fill("teresa");
  await field("auth.password").fill(password);
  await page.locator("form").getByRole("button", { name: t("auth.signin") }).click();
}

async function enterWith(code) {
  await field("care.code").fill(code);
  await press("care.step_action");
}

const signedIn = () => until("the session", () => sessionCookie());

test("an account is opened by the letter it was sent", { timeout: 180_000 }, async () => {
  await open("/register");
  await isWellMade();
  await field("auth.username").fill("teresa");
  await field("auth.email").fill("teresa@exemplo.pt");
  await field("auth.password").fill(kPassword);
  await page.locator("form").getByRole("button", { name: t("auth.signup") }).click();
  await page.getByText(t("auth.check_mail"), { exact: true }).waitFor();
  await open(await linkTo("teresa@exemplo.pt", "confirm"));
  await press("auth.confirm_action");
  await signedIn();
});

test("the profile is said anew, and every field has its own label", { timeout: 120_000 }, async () => {
  await open("/account");
  await field("auth.display_name", section("profile")).fill("Teresa Bordadeira");
  await field("region.of_account", section("profile")).selectOption("cv");
  await press("creator.save", section("profile"));
  await section("profile").getByText(t("account.saved"), { exact: true }).waitFor();

  await field("account.channel_name", section("channel")).fill("Linhas da Teresa");
  await field("account.description", section("channel")).fill("Ponto cruz e conversa.");
  await field("region.of_channel", section("channel")).selectOption("cv");
  await press("creator.save", section("channel"));
  await section("channel").getByText(t("account.saved"), { exact: true }).waitFor();

  const { body: account } = await call("GET", "/api/v1/account");
  assert.deepEqual([account.display_name, account.region], ["Teresa Bordadeira", "cv"]);
  assert.equal((await (await get("/api/v1/channels/teresa")).json()).display_name, "Linhas da Teresa");
});

test("a photograph is cropped by keyboard and becomes the face; where it was taken stays behind", { timeout: 180_000 }, async () => {
  await open("/account");
  await page.locator("input[type=file]").first().setInputFiles({ name: "eu.jpg", mimeType: "image/jpeg", buffer: photograph });
  const frame = page.getByRole("application");
  await frame.waitFor();
  await isWellMade();
  const seen = () => frame.evaluate((canvas) => canvas.toDataURL());
  const uncropped = await until("the picture in its frame", async () => (await frame.evaluate((canvas) => canvas.getContext("2d").getImageData(200, 200, 1, 1).data[3])) > 0 && seen());
  await frame.press("+");
  await frame.press("ArrowLeft");
  assert.notEqual(await seen(), uncropped);
  await press("care.save_picture");
  await page.getByText(t("care.picture_saved")).waitFor();

  const { body: { avatar_url: url } } = await call("GET", "/api/v1/account");
  const picture = await get(url);
  assert.equal(picture.headers.get("content-type"), "image/webp");
  assert.ok(photograph.includes("Camara Indiscreta"));
  const bytes = Buffer.from(await picture.arrayBuffer());
  for (const trace of ["Camara", "Exif", "EXIF"]) assert.ok(!bytes.includes(trace), trace);
});

test("the pages change their language with the account, and back", { timeout: 120_000 }, async () => {
  const choose = async (say, locale, next) => {
    await section("profile").getByLabel(say("account.interface_language"), { exact: true }).selectOption(locale);
    await section("profile").getByRole("button", { name: say("creator.save"), exact: true }).click();
    await page.getByRole("heading", { level: 1, name: next("care.profile_title") }).waitFor();
    await until(`the page in ${locale}`, async () => await page.evaluate(() => document.documentElement.lang) === locale);
  };
  await open("/account");
  await choose(t, "pt-BR", brazilian);
  await choose(brazilian, "pt-PT", t);
});

test("another e-mail by letter, and the way back from the old one", { timeout: 240_000 }, async () => {
  await open("/account/security");
  const form = section("email");
  await field("care.new_email", form).fill("teresa@novo.pt");
  await field("auth.current_password", form).fill("não é esta frase");
  await press("care.change_email", form);
  await form.getByText(t("error.identity.wrong_password")).waitFor();
  assert.ok(await field("auth.current_password", form).evaluate((input) => input === document.activeElement), "the field at fault has the focus");
  await field("auth.current_password", form).fill(kPassword);
  await press("care.change_email", form);
  await form.getByText(t("care.email_sent", { email: "teresa@novo.pt" })).waitFor();

  await open(await linkTo("teresa@novo.pt", "confirm-email"));
  await isWellMade();
  await press("care.confirm_email_action");
  await page.getByText(t("care.confirm_email_done")).waitFor();
  assert.equal((await call("GET", "/api/v1/account")).body.email, "teresa@novo.pt");

  await open(await linkTo("teresa@exemplo.pt", "undo-email"));
  await press("care.undo_email_action");
  await page.getByText(t("care.undo_email_done")).waitFor();
  assert.equal((await call("GET", "/api/v1/account")).status, 401, "every session is over");
  await page.context().clearCookies({ name: "luso_session" });

  await open(await linkTo("teresa@exemplo.pt", "reset"));
  await field("auth.new_password").fill(kAfterReset);
  await press("auth.reset_action");
  await page.getByText(t("auth.reset_done"), { exact: true }).waitFor();
  await passwordAtTheDoor(kAfterReset);
  await signedIn();
  assert.equal((await call("GET", "/api/v1/account")).body.email, "teresa@exemplo.pt");
});

// Tab until that has the focus: what a person does who has no mouse.
async function tabTo(target) {
  for (let n = 0; n < kTabStopsMax; n += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail(`Tab does not reach ${target}`);
}

test("by keyboard alone: another password ends the sessions elsewhere", { timeout: 180_000 }, async () => {
  const elsewhere = await get("/api/v1/sessions", { method: "POST", headers: { Origin: world.origin, "Content-Type": "application/json" }, body: JSON.stringify({ login: "teresa", password: kAfterReset }) });
  const other = { Cookie: elsewhere.headers.get("set-cookie").split(";")[0] };
  assert.equal((await get("/api/v1/account", { headers: other })).status, 200);

  await open("/account/security");
  await settled(page);
  const form = section("password");
  await tabTo(field("auth.current_password", form));
  await page.keyboard.type(kAfterReset);
  await tabTo(field("auth.new_password", form));
  await page.keyboard.type("curta");
  await page.keyboard.press("Enter");
  await form.getByText(t("form.too_short", { n: 10 })).waitFor();
  assert.ok(await field("auth.new_password", form).evaluate((input) => input === document.activeElement));
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(kChanged);
  await page.keyboard.press("Enter");
  await form.getByText(t("account.password_changed")).waitFor();
  assert.equal((await get("/api/v1/account", { headers: other })).status, 401);
  assert.equal((await call("GET", "/api/v1/account")).status, 200);
});

test("two steps: on with a code, in with a code or a recovery code, not with a wrong one", { timeout: 300_000 }, async () => {
  await open("/account/security");
  const panel = section("two-factor");
  await field("auth.current_password", panel).fill(kChanged);
  await press("care.turn_on", panel);
  await panel.getByRole("img", { name: t("care.qr") }).waitFor();
  await isWellMade();
  secret = (await panel.getByLabel(t("care.secret")).textContent()).trim();
  await field("care.code", panel).fill(totp(secret));
  await press("care.confirm_code", panel);
  await panel.getByRole("heading", { name: t("care.codes_title") }).waitFor();
  await isWellMade();
  codes = await panel.getByRole("listitem").allTextContents();
  assert.equal(codes.length, 10);
  const [file] = await Promise.all([page.waitForEvent("download"), press("care.codes_download", panel)]);
  const kept = readFileSync(await file.path(), "utf8");
  for (const code of codes) assert.ok(kept.includes(code), "the file has every code");
  await press("care.codes_kept", panel);
  await panel.getByText(t("care.two_factor_on", { date: "" }).trim()).waitFor();

  await page.context().clearCookies({ name: "luso_session" });
  await passwordAtTheDoor(kChanged);
  await page.getByRole("heading", { name: t("care.step_title") }).waitFor();
  await isWellMade();
  assert.deepEqual(await tabWalk(page), []);
  await enterWith("000000");
  await page.getByText(t("error.identity.wrong_code")).waitFor();
  assert.equal(await sessionCookie(), undefined, "no session before the second step");
  await enterWith(codes[0]);
  await signedIn();

  await page.context().clearCookies({ name: "luso_session" });
  await passwordAtTheDoor(kChanged);
  await enterWith(codes[0]);
  await page.getByText(t("error.identity.wrong_code")).waitFor();
  await enterWith(totp(secret, Date.now() + 30_000));   // The next one: what turned it on is used up.
  await signedIn();
});

test("a session is ended from another", { timeout: 120_000 }, async () => {
  await open("/account/security");
  const list = section("sessions");
  await list.getByText(t("account.session_current"), { exact: true }).waitFor();
  const before = await list.getByRole("listitem").count();
  assert.ok(before > 1, "the session that the recovery code opened is there");
  await press("care.end_others", list);
  await until("one session", async () => await list.getByRole("listitem").count() === 1);
  assert.equal((await call("GET", "/api/v1/sessions")).body.items.length, 1);
});

test("the data come as a file, once it is sure who asks", { timeout: 180_000 }, async () => {
  await open("/account/privacy");
  const form = section("export");
  await field("auth.current_password", form).fill(kChanged);
  await field("care.code", form).fill("000000");
  await press("care.export_action", form);
  await form.getByText(t("error.identity.wrong_code")).waitFor();
  await field("care.code", form).fill(codes[1]);
  const [download] = await Promise.all([page.waitForEvent("download"), press("care.export_action", form)]);
  assert.match(download.suggestedFilename(), /^lusotown-teresa-\d{4}-\d\d-\d\d\.json$/);
  await form.getByText(t("care.export_done", { file: download.suggestedFilename() })).waitFor();

  const text = readFileSync(await download.path(), "utf8"), file = JSON.parse(text);
  assert.deepEqual([file.format, file.username], ["lusotown-export/1", "teresa"]);
  assert.deepEqual([file.account[0].email, file.account[0].region, file.channel[0].display_name], ["teresa@exemplo.pt", "cv", "Linhas da Teresa"]);
  assert.equal(file.sessions.length, 1);
  assert.equal(file.pictures.length, 1);
  const records = file.records.map(({ action }) => action);
  for (const action of ["identity.email_change_asked", "identity.two_factor_on", "privacy.exported"]) assert.ok(records.includes(action), action);
  for (const hidden of ["argon2", "token_hash", secret, codes[2]]) assert.ok(!text.includes(hidden), hidden);

  const without = await get("/api/v1/account/export", { method: "POST", headers: { Origin: world.origin, "Content-Type": "application/json" }, body: JSON.stringify({ password: kChanged }) });
  assert.equal(without.status, 401);
  const foreign = await get("/api/v1/account/export", { method: "POST", headers: { Cookie: await sessionCookie(), Origin: "https://evil.example", "Content-Type": "application/json" }, body: JSON.stringify({ password: kChanged }) });
  assert.equal((await foreign.json()).error.reason, "api.csrf");
});

// Where a town shows its people, and what it shows of them there.
const kShownAt = [
  ["/api/v1/channels/teresa", "teresa"], ["/api/v1/channels/teresa/about", "Pontos"], ["/api/v1/channels/teresa/schedule", "Serão"],
  ["/api/v1/search?q=bordados", kTitle], ["/api/v1/search?q=bordadoss", kTitle], ["/api/v1/search/suggestions?q=linhas", "teresa"],
  ["/api/v1/streams?live=false", kTitle], ["/api/v1/upcoming", "Serão"], ["/api/v1/sitemap/channels", "teresa"],
  ["/@teresa", "Linhas da Teresa"], ["/embed/@teresa", "Linhas da Teresa"], ["/@teresa/calendar.ics", "Serão"], ["/search?q=bordados", kTitle],
];
const oembed = () => `/oembed?url=${encodeURIComponent(`${world.origin}/@teresa`)}`;

test("whoever leaves is shown nowhere, and everywhere again on coming back", { timeout: 300_000 }, async () => {
  const { body: { stream, publish } } = await call("POST", "/api/v1/streams", { title: kTitle, category: "conversa", language: "pt-PT" });
  world.publish(publish.obs_key, undefined, { loop: false });
  await world.live(stream.id);
  await call("POST", `/api/v1/streams/${stream.id}/end`);
  assert.equal((await call("PATCH", "/api/v1/channel/about", { panels: [{ title: "Pontos", body: "Cruz e pé de galo" }] })).status, 200);
  assert.equal((await call("POST", "/api/v1/channel/schedule", { title: "Serão", category: "conversa", duration_min: 60, weekday: "sunday", time: "21:30", time_zone: "Europe/Lisbon" })).status, 201);
  const shownAt = [...kShownAt, [oembed(), "teresa"], [`/api/v1/streams/${stream.id}`, kTitle]];
  for (const [path, what] of shownAt) assert.ok((await (await get(path)).text()).includes(what), `${path} shows ${what}`);

  await open("/account/privacy");
  await press("care.delete_open");
  const dialog = page.getByRole("dialog");
  await isWellMade();
  await field("auth.current_password", dialog).fill(kChanged);
  await field("care.code", dialog).fill(codes[2]);
  await dialog.getByLabel(t("care.delete_type", { username: "teresa" })).fill("tereza");
  await press("care.delete_action", dialog);
  await dialog.getByText(t("error.identity.wrong_username")).waitFor();
  await dialog.getByLabel(t("care.delete_type", { username: "teresa" })).fill("teresa");
  await press("care.delete_action", dialog);
  await page.getByText(t("care.delete_done"), { exact: true }).waitFor();

  for (const [path] of shownAt) {
    const answer = await get(path), text = await answer.text();
    for (const trace of [kTitle, "Linhas da Teresa", "Serão", "Pontos"]) assert.ok(!text.includes(trace), `${path} still shows ${trace}`);
    assert.ok(answer.status === 404 || !path.includes("teresa"), `${path} answers ${answer.status}`);
  }

  await passwordAtTheDoor(kChanged);
  await enterWith(codes[3]);
  await signedIn();
  for (const [path, what] of shownAt) assert.ok((await (await get(path)).text()).includes(what), `${path} shows ${what} again`);
});

const kDoors = [["/sign-in", "auth.title_signin"], ["/register", "auth.title_signup"], ["/forgot", "auth.forgot_title"]];
const kRooms = [["/account", "care.profile_title"], ["/account/security", "care.security_title"], ["/account/privacy", "care.privacy_title"]];

for (const locale of ["pt-BR", "en"]) {
  test(`${locale}: doors and rooms speak it, and fit a phone`, { timeout: 180_000 }, async () => {
    const say = words(locale), person = await world.user(`pessoa_${locale.slice(-2).toLowerCase()}`);
    await person.patch("/api/v1/account", { locale });
    const [name, value] = person.cookie.split("=");
    for (const [paths, cookies] of [[kDoors, []], [kRooms, [{ name, value, url: world.origin }]]]) {
      const visitor = await newPage(locale, cookies);
      for (const [path, title] of paths) {
        await open(path, visitor);
        await visitor.getByRole("heading", { level: 1, name: say(title), exact: true }).waitFor();
        assert.equal(await visitor.evaluate(() => document.documentElement.lang), locale);
        await settled(visitor);
        assert.deepEqual(await layout(visitor), [], path);
      }
      await visitor.context().close();
    }
  });
}

test("a display name that looks like markup is text everywhere", { timeout: 120_000 }, async () => {
  const kName = "<img src=x onerror=alert(1)>";
  const mallory = await world.user("mallory");
  await mallory.patch("/api/v1/account", { display_name: kName });
  const [name, value] = mallory.cookie.split("=");
  const visitor = await newPage("pt-PT", [{ name, value, url: world.origin }]);
  const alarms = [];
  visitor.on("dialog", (dialog) => { alarms.push(dialog.message()); void dialog.dismiss(); });
  for (const path of ["/account/security", "/account/privacy", "/@mallory", "/account"]) await open(path, visitor);
  assert.equal(await section("profile", visitor).getByLabel(t("auth.display_name")).inputValue(), kName);
  assert.deepEqual(alarms, []);
  await visitor.context().close();
});
