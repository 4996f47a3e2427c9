// A publisher in a browser that sends its picture in two sizes: viewers get the one their way carries.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { startBadNetwork } from "../../bench/lib/bad_network.mjs";
import { launchChromium } from "../lib/browser.mjs";
import { longestGapMs, publish, rewrite, rtcPage, stats, watch } from "../lib/webrtc.mjs";
import { World, freePort, until } from "../lib/world.mjs";

const kFull = 640, kHalf = 320;  // Widths.

let world, ana, created, browser, studio, network, viewer;
before(async () => {
  const webrtcPort = await freePort();
  world = await World.start({ config: { reactors: 1, webrtc_port: webrtcPort } });
  ana = await world.user("ana");
  created = await ana.post("/api/v1/streams", { title: "Em dois tamanhos", category: "conversa", language: "pt-PT" });
  browser = await launchChromium(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", "--allow-loopback-in-peer-connection"]);
  studio = await rtcPage(browser, world.origin.replace("127.0.0.1", "localhost"));
  network = await startBadNetwork({ port: webrtcPort, rttMs: 20 });
});
after(async () => {
  await browser?.close();
  network?.stop();
  await world?.stop();
});

const picture = async (page) => (await stats(page)).video;
const widthOf = async (page) => (await picture(page))?.frameWidth;
const master = async () => (await fetch(`${world.origin}/hls/${created.stream.id}/index.m3u8`)).text();
// What each needs with its sound, on average.
const needsKbps = async () => [...(await master()).matchAll(/AVERAGE-BANDWIDTH=(\d+)/g)].map(([, bps]) => Number(bps) / 1_000);
// The machine may be too busy to encode and show every picture: what it misses when nothing is wrong is not ours.
let calmGapMs = 0;
async function expectNoFreeze() {
  const gap = await longestGapMs(viewer);
  assert.ok(gap < 2_000 + 2 * calmGapMs, `it stood still for ${gap} ms, and for ${calmGapMs} ms in calm`);
}

test("both sizes of the picture come in", { timeout: 240_000 }, async () => {
  assert.equal((await publish(studio, `${world.origin}/whip/${created.publish.stream_key}`, created.publish.token, { simulcast: true })).status, 201);

  await world.live(created.stream.id);
  await until("both layers to be sent", async () => (await studio.evaluate(() => window.luso.layers())).every(({ framesSent }) => framesSent > 60), { timeoutMs: 180_000 });
});

// hls.js in a bare page, made to play each of its levels: how wide the picture then really is.
async function playedWidths(page, url) {
  await page.addScriptTag({ path: "web/node_modules/hls.js/dist/hls.min.js" });
  return page.evaluate(async (master) => {
    const video = Object.assign(document.createElement("video"), { muted: true, autoplay: true });
    document.body.append(video);
    const hls = new window.Hls();
    hls.loadSource(master);
    hls.attachMedia(video);
    await new Promise((done) => hls.once(window.Hls.Events.MANIFEST_PARSED, done));
    const widths = [];
    for (let level = 0; level < hls.levels.length; level += 1) {
      hls.currentLevel = level;
      await new Promise((done) => {
        const look = () => (video.videoWidth === hls.levels[level].width && video.currentTime > 0 ? done() : video.requestVideoFrameCallback(look));
        video.requestVideoFrameCallback(look);
      });
      widths.push(video.videoWidth);
    }
    hls.destroy();
    return widths;
  }, url);
}

test("LL-HLS has a variant of each, and players switch between them", { timeout: 120_000 }, async () => {
  const url = `${world.origin}/hls/${created.stream.id}/index.m3u8`;
  const variants = await until("both variants", async () => { const text = await master(); return /^r\d\/live\.m3u8$/m.test(text) && text; });
  assert.deepEqual([...variants.matchAll(/RESOLUTION=(\d+x\d+)/g)].map(([, size]) => size), ["640x360", "320x180"], variants);
  assert.equal([...variants.matchAll(/CODECS="avc1\.\w{6},opus"/g)].length, 2);
  const [full, half] = [...variants.matchAll(/[:,]BANDWIDTH=(\d+)/g)].map(([, bps]) => Number(bps));
  assert.ok(full > half && half > 10_000, `${full} and ${half} bit/s`);
  const own = await until("segments of the smaller one", async () => { const text = await (await fetch(new URL(/^r\d\/live\.m3u8$/m.exec(variants)[0], url))).text(); return /^seg-\d+\.m4s$/m.test(text) && text; });
  assert.match(own, /#EXT-X-PART:/);
  const by_name = await (await fetch(`${world.origin}/hls/@ana/index.m3u8`)).text();
  assert.match(by_name, new RegExp(`^\\.\\./${created.stream.id}/r\\d/live\\.m3u8$`, "m"));

  const page = await rtcPage(browser, world.origin);
  assert.deepEqual((await playedWidths(page, url)).sort(), [kHalf, kFull]);
  await page.close();
});

test("the creator sees both sizes and what each costs", { timeout: 120_000 }, async () => {
  const { sizes } = await until("both sizes to be measured", async () => {
    const health = await ana.get(`/api/v1/streams/${created.stream.id}/health`);
    return health.sizes.length === 2 && health.sizes.every(({ bitrate_kbps, frame_rate }) => bitrate_kbps > 0 && frame_rate > 0) && health;
  }, { timeoutMs: 60_000 });

  assert.deepEqual(sizes.map(({ width, height }) => `${width}x${height}`), ["640x360", "320x180"]);
  assert.ok(sizes[0].bitrate_kbps > sizes[1].bitrate_kbps, JSON.stringify(sizes));
});

test("a viewer begins with the larger one", { timeout: 120_000 }, async () => {
  viewer = await rtcPage(browser, world.origin);
  const { port } = network;
  await rewrite(viewer, [["(a=candidate:\\S+ 1 udp \\d+ 127\\.0\\.0\\.1) \\d+ ", `$1 ${port} `], ["a=candidate:\\S+ 1 tcp[^\\r\\n]*\\r\\n", ""]]);

  assert.equal((await watch(viewer, `${world.origin}/whep/${created.stream.id}`)).status, 201);

  await until("the larger picture", async () => (await widthOf(viewer)) === kFull, { timeoutMs: 60_000 });
});

test("where the way gets narrow it gets the smaller one, and the picture does not stand still", { timeout: 120_000 }, async () => {
  await longestGapMs(viewer);
  const calm = await picture(viewer);
  await until("some calm", async () => (await picture(viewer)).framesDecoded > calm.framesDecoded + 90);
  calmGapMs = await longestGapMs(viewer);
  const [full, half] = await needsKbps();

  network.limit((full + half) / 2);

  await until("the smaller picture", async () => (await widthOf(viewer)) === kHalf, { timeoutMs: 30_000 });
  const { framesDecoded } = await picture(viewer);
  await until("it to move", async () => (await picture(viewer)).framesDecoded > framesDecoded + 60);
  await expectNoFreeze();
  assert.ok((await world.metric('luso_media_whep_moves_total{to="less"}')) >= 1);
});

test("where it is wide again it gets the larger one back", { timeout: 180_000 }, async () => {
  network.limit(Infinity);

  await until("the larger picture", async () => (await widthOf(viewer)) === kFull, { timeoutMs: 120_000 });
  const { framesDecoded } = await picture(viewer);
  await until("it to move", async () => (await picture(viewer)).framesDecoded > framesDecoded + 60);
  await expectNoFreeze();
  assert.ok((await world.metric('luso_media_whep_moves_total{to="more"}')) >= 1);
});
