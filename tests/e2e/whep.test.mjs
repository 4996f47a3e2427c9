// A viewer by WebRTC in Chromium: picture and sound arrive and go on, and every refusal says why.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launchChromium } from "../lib/browser.mjs";
import { firstPictureMs, offerOf, rtcPage, stats, watch } from "../lib/webrtc.mjs";
import { World, fixture, until } from "../lib/world.mjs";

let world, ana, browser, page, created, session;
before(async () => {
  world = await World.start({ config: { stun_urls: "stun:stun.example.pt:3478", turn_urls: "turn:turn.example.pt:3478?transport=udp", turn_username: "luso", turn_credential: "segredo" } });
  ana = await world.user("ana");
  created = await ana.post("/api/v1/streams", { title: "Ao vivo por WebRTC", category: "conversa", language: "pt-PT" });
  browser = await launchChromium();
  page = await rtcPage(browser, world.origin);
});
after(async () => {
  await browser?.close();
  await world?.stop();
});

const whep = (path) => `${world.origin}/whep/${path}`;
const offer = (path, { method = "POST", type = "application/sdp", body = offerOf("chromium_whep"), headers = {} } = {}) =>
  fetch(path.startsWith("http") ? path : whep(path), { method, headers: { ...(type && { "Content-Type": type }), ...headers }, ...(method === "POST" || method === "PATCH" ? { body } : {}) });
const reasonOf = async (answer) => (await answer.json()).error.reason;

test("a stream that nobody has sent to is not there", async () => {
  const answer = await offer(String(created.stream.id));

  assert.equal(answer.status, 404);
  assert.equal(await reasonOf(answer), "media.not_found");
});

test("Chromium plays picture and sound", { timeout: 120_000 }, async () => {
  world.publish(created.publish.obs_key);
  await world.live(created.stream.id);

  session = await watch(page, whep(created.stream.id));

  assert.equal(session.status, 201);
  assert.ok(await firstPictureMs(page) > 0);
  const first = await stats(page);
  await until("frames to be decoded and sound to be heard", async () => {
    const now = await stats(page);
    return now.video.framesDecoded > first.video.framesDecoded + 30 && now.audio.totalAudioEnergy > first.audio.totalAudioEnergy + 0.01 && now;
  });
  const now = await stats(page);
  assert.equal(now.video.frameWidth, 640);
  assert.ok(now["codec_audio/opus"] !== undefined);
  assert.equal(now.remote.protocol, "udp");
});

test("sender reports arrive, for lip sync", async () => {
  await until("two sender reports of each media", async () => { const now = await stats(page); return now.video_sender_reports >= 2 && now.audio_sender_reports >= 2; });
});

test("the answer names ICE servers and says where the session is", () => {
  assert.match(session.location, /\/whep\/session\/\d+\.[\w-]{20}$/);
  assert.match(session.etag, /^"[0-9a-f]+"$/);
  assert.match(session.link, /<stun:stun\.example\.pt:3478>; rel="ice-server"/);
  assert.match(session.link, /<turn:turn\.example\.pt:3478\?transport=udp>; rel="ice-server"; username="luso"; credential="segredo"; credential-type="password"/);
  assert.match(session.answer, /a=ice-lite\r\n/);
  assert.match(session.answer, /a=setup:passive\r\n/);
  assert.match(session.answer, /a=candidate:\S+ 1 tcp \d+ 127\.0\.0\.1 \d+ typ host tcptype passive/);
});

test("trickling is accepted, a stale ETag is not", async () => {
  const fragment = `a=ice-ufrag:${/a=ice-ufrag:(\S+)/.exec(session.offer)[1]}\r\na=ice-pwd:${/a=ice-pwd:(\S+)/.exec(session.offer)[1]}\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:1 1 udp 2113937151 192.0.2.77 50000 typ host\r\n`;
  const patch = (headers, type = "application/trickle-ice-sdpfrag", body = fragment) => offer(session.location, { method: "PATCH", type, body, headers });

  assert.equal((await patch({ "If-Match": session.etag })).status, 204);
  assert.equal((await patch({ "If-Match": '"other"' })).status, 412);
  assert.equal((await patch({})).status, 428);
  assert.equal((await patch({ "If-Match": session.etag }, "text/plain")).status, 415);
  assert.equal((await patch({ "If-Match": session.etag }, undefined, "nonsense")).status, 400);
});

test("ICE starts over without a break", async () => {
  const before = await stats(page);
  const done = await page.evaluate(async ([location]) => {
    const { pc } = window.luso;
    pc.restartIce();
    await pc.setLocalDescription(await pc.createOffer());
    const line = (name) => new RegExp(`a=${name}:(\\S+)`).exec(pc.localDescription.sdp)[1];
    const body = `a=ice-ufrag:${line("ice-ufrag")}\r\na=ice-pwd:${line("ice-pwd")}\r\nm=video 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n`;
    const answer = await fetch(location, { method: "PATCH", headers: { "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": "*" }, body });
    const fragment = await answer.text();
    const sdp = pc.currentRemoteDescription.sdp
      .replace(/a=ice-ufrag:\S+/g, /a=ice-ufrag:\S+/.exec(fragment)[0])
      .replace(/a=ice-pwd:\S+/g, /a=ice-pwd:\S+/.exec(fragment)[0]);
    await pc.setRemoteDescription({ type: "answer", sdp });
    return { status: answer.status, etag: answer.headers.get("etag"), type: answer.headers.get("content-type") };
  }, [session.location]);

  assert.equal(done.status, 200);
  assert.notEqual(done.etag, session.etag);
  assert.match(done.type, /trickle-ice-sdpfrag/);
  await until("the picture to go on over new credentials", async () => {
    const now = await stats(page);
    return now.pair && now.pair.id !== before.pair.id && now.video.framesDecoded > before.video.framesDecoded + 30;
  });
});

test("a second viewer by the channel's name begins at once", { timeout: 60_000 }, async () => {
  const second = await rtcPage(browser, world.origin);

  const joined = await watch(second, whep("@ana"));

  assert.equal(joined.status, 201);
  const ms = await firstPictureMs(second);
  assert.ok(ms > 0);
  await until("both to be counted", async () => (await world.metric("luso_media_whep_viewers")) === 2);
  await second.close();
});

test("DELETE ends it", async () => {
  assert.equal((await fetch(session.location, { method: "DELETE" })).status, 200);

  await until("the browser to see the end", async () => (await stats(page)).state !== "connected");
  assert.equal((await fetch(session.location, { method: "DELETE" })).status, 404);
  assert.equal((await offer(session.location, { method: "PATCH", type: "application/trickle-ice-sdpfrag", body: "a=end-of-candidates\r\n", headers: { "If-Match": "*" } })).status, 404);
});

test("refusals have their status and their reason", async () => {
  const id = String(created.stream.id);
  const cases = [
    [await offer(id, { type: "application/json" }), 415, "webrtc.not_sdp"],
    [await offer(id, { headers: { Accept: "text/html" } }), 406, "webrtc.not_acceptable"],
    [await offer(id, { body: "v=0\r\nnonsense\r\n" }), 400, "sdp.malformed"],
    [await offer(id, { body: offerOf("chromium_whip") }), 422, "webrtc.no_media"],
    [await offer(id, { body: offerOf("chromium_whep").replaceAll("H264", "H000").replaceAll("AV1/", "AV0/") }), 406, "webrtc.codec_not_offered"],
    [await offer(id, { body: offerOf("chromium_whep").replaceAll("a=fingerprint:", "a=x-fingerprint:") }), 400, "webrtc.bad_offer"],
    [await offer(id, { method: "GET", type: "" }), 405, "api.method_not_allowed"],
    [await offer("999999"), 404, "media.not_found"],
    [await offer("@ninguem"), 404, "media.not_found"],
    [await offer("-1"), 404, "media.not_found"],
    [await offer("session/0.AAAAAAAAAAAAAAAAAAAA", { method: "DELETE", type: "" }), 404, "webrtc.no_session"],
    [await offer("session/77.AAAAAAAAAAAAAAAAAAAA", { method: "DELETE", type: "" }), 404, "webrtc.no_session"],
    [await offer("session/", { method: "DELETE", type: "" }), 404, "webrtc.no_session"],
  ];
  for (const [answer, status, reason] of cases) {
    const said = await reasonOf(answer);
    assert.equal(said, reason);
    assert.equal(answer.status, status, said);
    assert.equal(answer.headers.get("access-control-allow-origin"), "*");
  }
});

test("pages of any origin may ask what may be posted", async () => {
  const answer = await fetch(whep(created.stream.id), { method: "OPTIONS" });

  assert.equal(answer.status, 204);
  assert.equal(answer.headers.get("accept-post"), "application/sdp");
  assert.match(answer.headers.get("access-control-allow-methods"), /POST/);
  assert.match(answer.headers.get("access-control-allow-headers"), /If-Match/);
});

test("a stream whose encoder is away says so, and when to ask again", { timeout: 60_000 }, async () => {
  await world.children.at(-1).stop("SIGKILL");
  await until("the stream to wait", async () => (await offer(String(created.stream.id))).status === 409);

  const answer = await offer(String(created.stream.id));

  assert.equal(await reasonOf(answer), "media.realtime_not_live");
  assert.ok(Number(answer.headers.get("retry-after")) >= 1);
});

test("UDP that leads nowhere: the same picture over TCP", { timeout: 120_000 }, async () => {
  const tcp = await World.start({ config: { webrtc_transports: "tcp" } });
  try {
    const rita = await tcp.user("rita");
    const made = await rita.post("/api/v1/streams", { title: "Só TCP", category: "conversa", language: "pt-PT" });
    tcp.publish(made.publish.obs_key, fixture("plain"));
    await tcp.live(made.stream.id);
    const viewer = await rtcPage(browser, tcp.origin);

    const joined = await watch(viewer, `${tcp.origin}/whep/${made.stream.id}`);

    assert.equal(joined.status, 201);
    assert.doesNotMatch(joined.answer, /a=candidate:\S+ 1 udp/);
    await until("frames over TCP", async () => (await stats(viewer)).video?.framesDecoded > 30);
    assert.equal((await stats(viewer)).remote.protocol, "tcp");
  } finally {
    await tcp.stop();
  }
});

test("WebRTC switched off: 503, and HLS is there", { timeout: 60_000 }, async () => {
  const plain = await World.start({ config: { webrtc_enabled: false } });
  try {
    const answer = await fetch(`${plain.origin}/whep/1`, { method: "POST", headers: { "Content-Type": "application/sdp" }, body: offerOf("chromium_whep") });

    assert.equal(answer.status, 503);
    assert.equal(await reasonOf(answer), "webrtc.off");
  } finally {
    await plain.stop();
  }
});
