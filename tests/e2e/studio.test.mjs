// On air from a browser: the studio's own screen sends Chromium's (false) camera and microphone to the real server, and
// others watch it by WebRTC and by LL-HLS.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { comesBy, moves } from "../lib/player.mjs";
import { kWebRtcFlags } from "../lib/stand-in.mjs";
import { words } from "../lib/words.mjs";
import { World, until } from "../lib/world.mjs";

const t = words("en");
const kAtOnceMs = 10_000;
let world, browser, joana;
before(async () => {
  world = await World.start({ web: true, config: { grace_window_s: 90 } });
  joana = await world.user("joana");
  await joana.patch("/api/v1/account", { locale: "en" });   // Signing in brings the account's language along.
  browser = await launchChromium(kWebRtcFlags);
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

async function newPage(from = browser) {
  const context = await from.newContext({ locale: "en-US", viewport: { width: 1280, height: 900 } });
  context.setDefaultTimeout(90_000);
  return context.newPage();
}

// Signed in, with the dialog open and a stream made.
async function studio(page, title) {
  await page.goto(`${world.origin}/sign-in`);
  await page.getByLabel(t("auth.login")).fill("joana");
  await page.getByLabel(t("auth.password"), { exact: true }).fill(joana.password);
  await page.locator("form").getByRole("button", { name: t("auth.signin") }).click();
  await page.getByRole("button", { name: t("live.golive") }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(t("golive.stream_title")).fill(title);
  await dialog.getByRole("button", { name: t("golive.create") }).click();
  return dialog;
}

const publishing = () => world.metric("luso_media_whip_sessions");
const stream = async () => (await joana.get("/api/v1/streams/mine")).items[0];

let page, dialog;
test("a creator goes on air from the browser, and a hasty second press changes nothing", { timeout: 240_000 }, async () => {
  page = await newPage();
  dialog = await studio(page, "Da minha cozinha");
  await dialog.getByRole("button", { name: t("golive.use_camera") }).click();
  const start = dialog.getByRole("button", { name: t("golive.browser_start") });
  await until("the button to be ready", () => start.isEnabled());

  await start.dblclick();

  await dialog.getByText(t("golive.browser_live")).waitFor();
  await dialog.getByText(t("golive.state_live")).waitFor();
  assert.equal(await publishing(), 1);
  assert.equal((await stream()).state, "live");
});

test("others watch it by WebRTC: picture and sound", { timeout: 240_000 }, async () => {
  const viewer = await newPage();
  await viewer.addInitScript(() => {
    const { RTCPeerConnection } = window;
    window.RTCPeerConnection = class extends RTCPeerConnection { constructor(...settings) { super(...settings); window.peer = this; } };
  });
  await viewer.goto(`${world.origin}/@joana`);

  await comesBy(viewer, t, "WebRTC");
  await moves(viewer, "the creator's picture");
  const heard = () => viewer.evaluate(async () => [...(await window.peer.getStats()).values()].find(({ type, kind }) => type === "inbound-rtp" && kind === "audio")?.totalAudioEnergy ?? 0);
  const before = await until("the creator to be heard", async () => await heard() || false);
  await until("the sound to go on", async () => await heard() > before);
  await viewer.context().close();
});

test("and where WebRTC is refused, by LL-HLS: picture and sound", { timeout: 240_000 }, async () => {
  const viewer = await newPage();
  await viewer.route(/\/whep\//, (route) => route.fulfill({ status: 503, contentType: "application/json", body: JSON.stringify({ error: { reason: "webrtc.off", message: "" } }) }));
  await viewer.goto(`${world.origin}/@joana`);

  await comesBy(viewer, t, "HLS");
  await moves(viewer, "the creator's picture");
  const heard = () => viewer.evaluate(() => document.querySelector("video").webkitAudioDecodedByteCount);
  const before = await until("the creator's sound to be decoded", async () => await heard() || false);
  await until("the sound to go on", async () => await heard() > before);
  await viewer.context().close();
});

test("closing the tab asks first, and then the broadcast waits for its creator", { timeout: 120_000 }, async () => {
  const asked = new Promise((done) => page.once("dialog", (question) => { done(question.type()); void question.accept(); }));

  await page.close({ runBeforeUnload: true });

  assert.equal(await asked, "beforeunload");
  await until("the server to hear it", async () => await publishing() === 0, { timeoutMs: kAtOnceMs });
  await until("the stream to wait", async () => (await stream()).state === "reconnecting");
});

test("a camera that its owner refuses is explained, and nothing can be sent", { timeout: 120_000 }, async () => {
  const shy = await launchChromium(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream=deny"]);
  try {
    const refusing = await studio(await newPage(shy), "Sem câmara");

    await refusing.getByRole("button", { name: t("golive.use_camera") }).click();

    await refusing.getByText(t("golive.capture_denied")).waitFor();
    assert.equal(await refusing.getByRole("button", { name: t("golive.browser_start") }).isDisabled(), true);
  } finally {
    await shy.close();
  }
});
