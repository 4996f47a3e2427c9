// A newcomer's whole way, in each of our languages: an account, a live from a real OBS, found by somebody on a phone who
// types no accents, watched, followed; then a second live, from the browser alone, that reaches the same phone.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { Obs } from "../lib/obs.mjs";
import { moves } from "../lib/player.mjs";
import { kWebRtcFlags } from "../lib/stand-in.mjs";
import { words } from "../lib/words.mjs";
import { World, until } from "../lib/world.mjs";

const kPassword = "uma frase longa e segura";
const kPhone = { width: 360, height: 740 };
const kNewcomers = [
  { locale: "pt-PT", username: "teresa", title: "Café à janela, com pão e conversa", typed: "cafe pao janela" },
  { locale: "pt-BR", username: "joao_pedro", title: "São João lá no sertão", typed: "sao joao sertao" },
  { locale: "en", username: "grace", title: "Fado lessons for my avó", typed: "fado avo", browser: "en-GB" },
];

let world, browser;
before(async () => {
  world = await World.start({ web: true, config: { reencode_cpu_percent_max: 100 } });  // The machine that tests is busy testing.
  browser = await launchChromium(kWebRtcFlags);
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

async function newPage(locale, viewport) {
  const context = await browser.newContext({ locale, viewport, hasTouch: viewport.width < 500 });
  context.setDefaultTimeout(60_000);
  return context.newPage();
}

async function register(page, t, username) {
  await page.goto(`${world.origin}/`);
  await page.goto(`${world.origin}/register`);
  await page.getByLabel(t("auth.username"), { exact: true }).fill(username);
  await page.getByLabel(t("auth.email"), { exact: true }).fill(`${username}@exemplo.pt`);
  await page.getByLabel(t("auth.password"), { exact: true }).fill(kPassword);
  await page.locator("form").getByRole("button", { name: t("auth.signup") }).click();
  await page.getByText(t("auth.check_mail")).first().waitFor();
  const letter = await until("the letter", () => world.mail.find((text) => text.includes(`${username}@exemplo.pt`)));
  const [link] = /https?:\/\/[^\s"<>]+\/confirm\?token=[\w-]+/.exec(letter.replaceAll("=\r\n", "").replaceAll("=3D", "=")) ?? [];
  await page.goto(world.origin + new URL(link).pathname + new URL(link).search);
  await page.getByRole("button", { name: t("auth.confirm_action") }).click();
  await page.getByRole("button", { name: t("live.golive") }).first().waitFor();
}

async function createStream(page, t, title) {
  await page.goto(`${world.origin}/`);
  await page.getByRole("button", { name: t("live.golive") }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(t("golive.stream_title")).fill(title);
  await dialog.getByLabel(t("golive.category")).selectOption("conversa");
  await dialog.getByRole("button", { name: t("golive.create") }).click();
  await dialog.getByText(t("golive.state_waiting")).waitFor();
  return dialog;
}

// What the page gives to be pasted into OBS, read where a person reads it.
async function encoderSettings(dialog, t) {
  await dialog.getByRole("button", { name: t("golive.way_obs") }).click();
  await dialog.getByRole("button", { name: t("golive.reveal") }).click();
  const [server, key] = await dialog.locator("code").allTextContents();
  return { type: "rtmp_custom", settings: { server, key, use_auth: false } };
}

async function findAndWatch(phone, t, { typed, title, username }) {
  await phone.goto(`${world.origin}/search`);
  await phone.locator("main input[name=q]").fill(typed);
  await phone.keyboard.press("Enter");
  await phone.waitForURL(/q=/);
  await phone.locator("main").getByRole("link", { name: title }).first().click();
  await phone.waitForURL((url) => url.pathname === `/@${username}`);
  await moves(phone, `${username}'s picture on the phone`);
}

async function follow(phone, t, username) {
  await phone.getByRole("button", { name: t("social.follow_channel", { channel: username }) }).click();
  await until("one follower", async () => (await (await fetch(`${world.origin}/api/v1/channels/${username}`)).json()).followers_count === 1);
}

const liveOf = async (username) => (await (await fetch(`${world.origin}/api/v1/channels/${username}`)).json()).live_stream_id;

for (const newcomer of kNewcomers) {
  const { locale, username, title } = newcomer;
  test(`${locale}: from nobody to watched, by OBS and by the browser`, { timeout: 300_000 }, async () => {
    const t = words(locale);
    const fan = await world.user(`fa_de_${username}`, "viewer", { network: "203.0.113.7" });
    await fan.patch("/api/v1/account", { locale });
    const desk = await newPage(newcomer.browser ?? locale, { width: 1280, height: 900 });
    await register(desk, t, username);
    assert.equal(await desk.evaluate(() => document.documentElement.lang), locale);

    const dialog = await createStream(desk, t, title);
    const obs = await Obs.start(world.dir, await encoderSettings(dialog, t));
    try {
      await dialog.getByText(t("golive.state_live")).waitFor({ timeout: 90_000 });
      await world.live(await liveOf(username));

      const phone = await newPage(newcomer.browser ?? locale, kPhone);
      const [name, value] = fan.cookie.split("=");
      await phone.context().addCookies([{ name, value, url: world.origin }, { name: "luso_locale", value: locale, url: world.origin }]);
      await findAndWatch(phone, t, newcomer);
      await follow(phone, t, username);
      await until("the viewer to be counted", async () => (await world.stream(await liveOf(username))).viewer_count >= 1, { timeoutMs: 120_000 });
      assert.equal(await phone.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, "nothing spills over the phone's side");
      await phone.context().close();
    } finally {
      await obs.stop();
    }
    await desk.evaluate(async (id) => fetch(`/api/v1/streams/${id}/end`, { method: "POST" }), await liveOf(username));
    await until("the channel to be off air", async () => await liveOf(username) === null);

    const second = await createStream(desk, t, `${title}, parte dois`);
    await second.getByRole("button", { name: t("golive.use_camera") }).click();
    const start = second.getByRole("button", { name: t("golive.browser_start") });
    await until("the camera to be ready", () => start.isEnabled());
    await start.click();
    await second.getByText(t("golive.state_live")).waitFor();

    const again = await newPage(newcomer.browser ?? locale, kPhone);
    await again.goto(`${world.origin}/@${username}`);
    await moves(again, `${username}'s picture from the browser`);
    await again.context().close();
    await desk.context().close();
  });
}
