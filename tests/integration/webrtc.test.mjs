// What strangers send to WHEP and WHIP: refused, limited, and forgotten.
import assert from "node:assert/strict";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { offerOf } from "../lib/webrtc.mjs";
import { World, until } from "../lib/world.mjs";

const kDeadlineMs = 60_000; // The server lets a silent peer go after ten seconds.

let world, created;
before(async () => {
  world = await World.start({ config: { webrtc_joins_per_s: 20, webrtc_address_joins_per_s: 5 } });
  const ana = await world.user("ana");
  created = await ana.post("/api/v1/streams", { title: "Teste", category: "conversa", language: "pt-PT" });
  world.publish(created.publish.obs_key);
  await world.live(created.stream.id);
});
after(() => world?.stop());

const join = ({ body = offerOf("chromium_whep"), from, path = `/whep/${created.stream.id}`, token } = {}) =>
  fetch(world.origin + path, { method: "POST", body, headers: { "Content-Type": "application/sdp", ...(from && { "X-Forwarded-For": from }), ...(token && { Authorization: `Bearer ${token}` }) } });
const reasonOf = async (answer) => (await answer.json()).error.reason;

test("a giant offer is refused before it is read", async () => {
  const giant = await join({ body: offerOf("chromium_whep") + "a=x\r\n".repeat(100_000), from: "198.51.100.1" });
  assert.equal(giant.status, 413);

  const many = await join({ body: offerOf("chromium_whep") + "a=x\r\n".repeat(3_000), from: "198.51.100.1" });
  assert.equal(many.status, 413);
  assert.equal(await reasonOf(many), "sdp.too_large");
});

test("garbage is refused, whatever it looks like", async () => {
  const offer = offerOf("chromium_whep");
  const bodies = ["", "\0\0\0\0", "v=0", "{}", "<xml/>", offer.slice(0, 700), offer.replaceAll("m=", "n="), offer.replaceAll("\r\n", "\r"), offer.replaceAll("a=mid:", "a=mid: \r"), offer.replaceAll("96", "999")];
  for (const [i, body] of bodies.entries()) {
    const answer = await join({ body, from: `198.51.100.${10 + i}` });
    assert.ok([400, 406, 413, 422].includes(answer.status), `${answer.status} for ${JSON.stringify(body.slice(0, 40))}`);
  }
});

test("an address that joins too often waits, others do not", async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => join({ from: "203.0.113.7" })));

  const refused = answers.filter(({ status }) => status === 429);
  assert.ok(refused.length >= 5, `${refused.length} of 20 were refused`);
  assert.equal(await reasonOf(refused[0]), "webrtc.too_many_joins");
  assert.ok(Number(refused[0].headers.get("retry-after")) >= 1);
  assert.equal((await join({ from: "203.0.113.8" })).status, 201);
  assert.ok(await world.metric('luso_media_whep_refused_total{reason="webrtc.too_many_joins"}') >= refused.length);
});

test("a flood from everywhere is bounded by the node", async () => {
  const answers = await Promise.all(Array.from({ length: 150 }, (_, i) => join({ from: `192.0.2.${i}` })));

  assert.ok(answers.filter(({ status }) => status === 503).length >= 20);
  assert.ok(answers.every(({ status }) => status === 201 || status === 503));
});

test("whoever offers and then says nothing is let go", { timeout: 2 * kDeadlineMs }, async () => {
  await until("every silent peer to be gone", async () => (await world.metric("luso_webrtc_peers")) === 0, { timeoutMs: kDeadlineMs });

  assert.match(world.log, /whep\.left .*cause="?never_connected/);
});

test("session ids cannot be guessed, and a guess costs nothing", async () => {
  const mine = await until("a place", async () => { const answer = await join({ from: "203.0.113.9" }); return answer.status === 201 && answer; });
  const location = new URL(mine.headers.get("location"), world.origin).href;
  const guesses = [location.slice(0, -1), `${location}A`, location.replace(/session\/\d+/, "session/1000000"), location.replace(/session\/\d+\./, "session/"), location.slice(0, -1) + (location.endsWith("A") ? "B" : "A"), `${world.origin}/whep/session/..%2f..%2fetc`];
  for (const guess of guesses) {
    const { status } = await fetch(guess, { method: "DELETE" });
    assert.ok(status === 404 || status === 400, `${status} for ${guess}`);
  }
  assert.equal((await fetch(location, { method: "DELETE" })).status, 200);
});

test("bytes that are not WebRTC on its TCP port do no harm", async () => {
  const answer = await until("a place", async () => { const tried = await join({ from: "203.0.113.10" }); return tried.status === 201 && tried; });
  const [, port] = /a=candidate:\S+ 1 tcp \d+ 127\.0\.0\.1 (\d+)/.exec(await answer.text());
  const closed = (bytes) => new Promise((done) => {
    const socket = connect(Number(port), "127.0.0.1", () => socket.write(bytes));
    socket.on("close", done).on("error", () => {});
  });

  await closed(Buffer.from("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  await closed(Buffer.alloc(4096, 0xff));

  assert.ok((await fetch(`${world.origin}/healthz`)).ok);
  await fetch(new URL(answer.headers.get("location"), world.origin), { method: "DELETE" });
});

test("the server stops with viewers on it, and comes back", { timeout: 60_000 }, async () => {
  const viewer = await until("a viewer", async () => { const answer = await join({ from: "203.0.113.11" }); return answer.status === 201 && answer; });

  await world.server.stop();
  assert.match(world.log, /server\.stopped/);
  assert.match(world.log, /whep\.left .*cause="?left/);
  await world.startServer();
  world.publish(created.publish.obs_key);
  await world.live(created.stream.id);

  assert.equal((await fetch(new URL(viewer.headers.get("location"), world.origin), { method: "DELETE" })).status, 404);
  await until("viewers to be let in again", async () => (await join({ from: "203.0.113.11" })).status === 201);
});
