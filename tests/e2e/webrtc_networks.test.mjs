// WebRTC over networks as they are: a firewall that eats UDP, a NAT that changes its mind.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { UdpRelay } from "../lib/udp_relay.mjs";
import { firstPictureMs, rewrite, rtcPage, stats, watch } from "../lib/webrtc.mjs";
import { World, freePort, until } from "../lib/world.mjs";

let world, browser, created, webrtcPort;
before(async () => {
  webrtcPort = await freePort();
  world = await World.start({ config: { reactors: 1, webrtc_port: webrtcPort } });
  const ana = await world.user("ana");
  created = await ana.post("/api/v1/streams", { title: "Redes difíceis", category: "conversa", language: "pt-PT" });
  world.publish(created.publish.obs_key);
  await world.live(created.stream.id);
  browser = await launchChromium();
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

const url = () => `${world.origin}/whep/${created.stream.id}`;
const goesOn = async (page, since = 0) => until("the picture to go on", async () => {
  const now = await stats(page);
  return now.video.framesDecoded > since + 30 && now;
});
const without = (candidate) => [`a=candidate:${candidate}[^\\r\\n]*\\r\\n`, ""];
// The answer's UDP candidate leads to the relay instead.
const through = (relay) => [[`(a=candidate:\\S+ 1 udp \\d+ 127\\.0\\.0\\.1) ${relay.serverPort} `, `$1 ${relay.port} `]];

test("where UDP goes nowhere the stream comes by TCP", { timeout: 90_000 }, async () => {
  const page = await rtcPage(browser, world.origin);
  const relay = await UdpRelay.start(webrtcPort);
  relay.swallows = true;
  await rewrite(page, through(relay));

  assert.equal((await watch(page, url())).status, 201);

  assert.ok(await firstPictureMs(page) > 0);
  const now = await goesOn(page);
  assert.equal(now.remote.protocol, "tcp");
  assert.ok((await world.metric("luso_webrtc_tcp_connections")) >= 1);
  await page.close();
  await relay.stop();
});

test("a NAT that changes its port in the middle is followed", { timeout: 90_000 }, async () => {
  const page = await rtcPage(browser, world.origin);
  const relay = await UdpRelay.start(webrtcPort);
  await rewrite(page, [...through(relay), without("\\S+ 1 tcp")]);
  assert.equal((await watch(page, url())).status, 201);
  const before = await goesOn(page);
  const moves = await world.metric("luso_webrtc_moves_total");

  await relay.rebind();

  await goesOn(page, before.video.framesDecoded);
  assert.equal(await world.metric("luso_webrtc_moves_total"), moves + 1);
  await page.close();
  await relay.stop();
});
