// A weekly programme is looked after: one date of it is called off and on again, and it is edited; the channel's page and the
// calendars that follow it say the same.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { words } from "../lib/words.mjs";
import { until, World } from "../lib/world.mjs";

const t = words("pt-PT");
let world, browser, ana;
before(async () => {
  world = await World.start({ web: true });
  ana = await world.user("ana");
  await ana.post("/api/v1/channel/schedule", { title: "Fado ao domingo", category: "fado", duration_min: 75, weekday: "sunday", time: "21:30", time_zone: "Europe/Lisbon" });
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

const calendar = async () => (await (await fetch(`${world.origin}/@ana/calendar.ics`)).text()).replace(/\r\n /g, "");
const statuses = async () => [...(await calendar()).matchAll(/STATUS:(\w+)/g)].map(([, status]) => status);

async function signedIn() {
  const context = await browser.newContext({ locale: "pt-PT", timezoneId: "Europe/Lisbon", viewport: { width: 360, height: 740 } });
  context.setDefaultTimeout(60_000);
  const [name, value] = ana.cookie.split("=");
  await context.addCookies([{ name, value, url: world.origin }]);
  return context.newPage();
}

test("one date alone is called off and on again, for everybody", { timeout: 180_000 }, async () => {
  const page = await signedIn();
  await page.goto(`${world.origin}/studio/schedule`);
  await page.getByText(t("presence.dates"), { exact: true }).click();
  const first = page.locator("details", { hasText: t("presence.dates") }).locator("li").first();
  await first.getByRole("button").click();
  await page.getByRole("dialog").getByRole("button", { name: t("presence.cancel_this") }).click();
  await first.getByText(t("presence.cancelled"), { exact: true }).waitFor();

  const [one, ...others] = await statuses();
  assert.equal(one, "CANCELLED");
  assert.ok(others.length > 4 && others.every((status) => status === "CONFIRMED"), others.join());
  const channel = await (await fetch(`${world.origin}/@ana?tab=schedule`, { headers: { "accept-language": "pt-PT" } })).text();
  assert.equal(channel.split(`>${t("schedule.cancelled")}<`).length, 2, "one date, and it stays to be seen");

  await first.getByRole("button").click();
  await first.getByText(t("presence.cancelled"), { exact: true }).waitFor({ state: "detached" });
  assert.deepEqual(new Set(await statuses()), new Set(["CONFIRMED"]));
  await page.context().close();
});

test("a programme is edited with what it was in the form, and keeps its place's clock", { timeout: 180_000 }, async () => {
  const page = await signedIn();
  await page.goto(`${world.origin}/studio/schedule`);
  await page.getByRole("button", { name: t("presence.edit_named", { title: "Fado ao domingo" }) }).click();
  const form = page.getByRole("dialog");
  assert.equal(await form.getByLabel(t("golive.stream_title")).inputValue(), "Fado ao domingo");
  assert.equal(await form.getByLabel(t("presence.duration")).inputValue(), "75");
  assert.equal(await form.getByLabel(t("presence.time"), { exact: true }).inputValue(), "21:30");
  await form.getByLabel(t("golive.stream_title")).fill("Fado à terça");
  await form.getByLabel(t("presence.weekday")).selectOption("tuesday");
  await form.getByLabel(t("presence.time"), { exact: true }).fill("22:00");
  await form.getByRole("button", { name: t("creator.save") }).click();
  await form.waitFor({ state: "detached" });

  const [entry] = (await ana.get("/api/v1/channel/schedule")).items;
  assert.deepEqual([entry.title, entry.weekday, entry.time, entry.time_zone, entry.duration_min], ["Fado à terça", "tuesday", "22:00", "Europe/Lisbon", 75]);
  await until("the new name in calendars", async () => (await calendar()).includes("SUMMARY:Fado à terça"));
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
  await page.context().close();
});
