// From nobody to live, as a person does it in a browser: register, letter, sign in, go live, follow.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { World, until } from "../lib/world.mjs";
import { words } from "../lib/words.mjs";

const t = words("en");
let world, browser, page;
before(async () => {
  world = await World.start({ web: true });
  browser = await launchChromium();
  const context = await browser.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 } });
  page = await context.newPage();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

test("registering sends a letter whose link opens the account", async () => {
  await page.goto(`${world.origin}/register`);
  await page.getByLabel(t("auth.username"), { exact: true }).fill("joana");
  await page.getByLabel(t("auth.email"), { exact: true }).fill("joana@exemplo.pt");
  await page.getByLabel(t("auth.password"), { exact: true }).fill("uma frase longa e segura");
  await page.locator("form").getByRole("button", { name: t("auth.signup") }).click();
  await page.getByText(t("auth.check_mail")).first().waitFor();

  const letter = await until("the letter", () => world.mail.find((text) => text.includes("joana@exemplo.pt")));
  const [link] = /https?:\/\/[^\s"<>]+\/confirm\?token=[\w-]+/.exec(letter.replaceAll("=\r\n", "").replaceAll("=3D", "=")) ?? [];
  assert.ok(link, letter);
  await page.goto(world.origin + new URL(link).pathname + new URL(link).search);
  await page.getByRole("button", { name: t("auth.confirm_action") }).click();

  await page.getByRole("button", { name: t("live.golive") }).first().waitFor();
});

test("going live shows the key and turns green when the picture arrives", async () => {
  await page.goto(`${world.origin}/`);
  await page.getByRole("button", { name: t("live.golive") }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(t("golive.stream_title")).fill("A minha primeira emissão");
  await dialog.getByLabel(t("golive.category")).selectOption("conversa");
  await dialog.getByRole("button", { name: t("golive.create") }).click();
  await dialog.getByText(t("golive.state_waiting")).waitFor();

  const api = await page.evaluate(async () => { const mine = await (await fetch("/api/v1/streams/mine")).json(); return (await fetch(`/api/v1/streams/${mine.items[0].id}/key`)).json(); });
  world.publish(api.obs_key);

  await dialog.getByText(t("golive.state_live")).waitFor({ timeout: 60_000 });
});

test("a guest who wants to follow is asked to sign in, and then follows", async () => {
  const rita = await world.user("rita");
  await rita.patch("/api/v1/account", { locale: "en" });   // Signing in brings the account's language along.
  const context = await browser.newContext({ locale: "en-US" });
  const guest = await context.newPage();
  await guest.goto(`${world.origin}/sign-in`);
  await guest.getByLabel(t("auth.login")).fill("rita");
  await guest.getByLabel(t("auth.password"), { exact: true }).fill("uma frase longa e segura");
  await guest.locator("form").getByRole("button", { name: t("auth.signin") }).click();
  await guest.waitForURL((url) => !url.pathname.includes("sign-in"));
  await guest.goto(`${world.origin}/@joana`);

  await guest.getByRole("button", { name: t("social.follow_channel", { channel: "joana" }) }).click();

  await until("one follower", async () => (await (await fetch(`${world.origin}/api/v1/channels/joana`)).json()).followers_count === 1);
  await context.close();
});

test("a wrong password says so, and the same for a name that does not exist", async () => {
  const context = await browser.newContext({ locale: "en-US" });
  const guest = await context.newPage();
  for (const login of ["joana", "ninguem"]) {
    await guest.goto(`${world.origin}/sign-in`);
    await guest.getByLabel(t("auth.login")).fill(login);
    await guest.getByLabel(t("auth.password"), { exact: true }).fill("uma frase errada demais");
    await guest.locator("form").getByRole("button", { name: t("auth.signin") }).click();
    await guest.getByText(t("error.identity.bad_credentials")).waitFor();
  }
  await context.close();
});
