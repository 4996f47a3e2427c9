// What a page's player shows, seen from outside.
import { until } from "./world.mjs";

export const framesShown = (page) => page.evaluate(() => document.querySelector("video")?.getVideoPlaybackQuality().totalVideoFrames ?? 0);

// The picture moves. A pipeline that is made anew counts from nought.
export async function moves(page, what) {
  const before = await until(`${what}: a picture`, async () => await framesShown(page) || false, { timeoutMs: 60_000 });
  await until(`${what} to move`, async () => { const now = await framesShown(page); return now > before + 20 || now < before; }, { timeoutMs: 60_000 });
}

// What the statistics over the picture say, by their name.
export function stat(page, name) {
  return page.evaluate((label) => [...document.querySelectorAll(".player-stats dt")].find((dt) => dt.textContent === label)?.nextElementSibling?.textContent ?? "", name);
}

// Opens the statistics and waits for what they call the protocol. "HLS" is also LL-HLS: on a machine that is busy enough the
// player goes down to whole segments.
export async function comesBy(page, t, protocol) {
  await until("the statistics to open", async () => {   // The player listens to keys from when it is ready.
    if (await page.locator(".player-stats").count() > 0) return true;
    await page.keyboard.press("Shift+S");
    return false;
  }, { timeoutMs: 60_000 });
  await until(`the picture to come by ${protocol}`, async () => (await stat(page, t("player.stat_protocol"))).includes(protocol), { timeoutMs: 60_000 });
}
