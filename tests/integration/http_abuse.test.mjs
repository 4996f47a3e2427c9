// What nobody's browser sends to the front door, WHEP and HLS: refused with the right words, and forgotten.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { offerOf } from "../lib/webrtc.mjs";
import { World } from "../lib/world.mjs";

const kCandidate = "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n";

let world, whep, hls;
before(async () => {
  world = await World.start({ config: { webrtc_joins_per_s: 0, webrtc_address_joins_per_s: 0 } });
  const ana = await world.user("ana");
  const created = await ana.post("/api/v1/streams", { title: "Teste", category: "conversa", language: "pt-PT" });
  world.publish(created.publish.obs_key);
  await world.live(created.stream.id);
  whep = `/whep/${created.stream.id}`;
  hls = `/hls/${created.stream.id}`;
});
after(() => world?.stop());

// Writes `bytes` as they are and reads until the server closes; "" when it closed without a word.
const raw = (bytes) => new Promise((done, failed) => {
  const socket = connect(world.httpPort, "127.0.0.1", () => socket.write(bytes));
  const received = [];
  socket.setTimeout(60_000, () => { socket.destroy(); failed(new Error("no answer within a minute")); });
  socket.on("data", (chunk) => received.push(chunk)).on("error", () => {}).on("close", () => done(Buffer.concat(received).toString("latin1")));
});
const head = (method, target, fields = {}) => `${method} ${target} HTTP/1.1\r\n${Object.entries({ Host: "x", Connection: "close", ...fields }).map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`;
const status = async (bytes) => Number(/^HTTP\/1\.1 (\d+)/.exec(await raw(bytes))?.[1]);
const reasonOf = async (answer) => (await answer.json()).error.reason;

const join = async () => {
  const answer = await fetch(world.origin + whep, { method: "POST", body: offerOf("chromium_whep"), headers: { "Content-Type": "application/sdp" } });
  assert.equal(answer.status, 201);
  return { url: new URL(answer.headers.get("location"), world.origin).href, etag: answer.headers.get("etag") };
};

test("a body that is announced as giant is refused before it comes", async () => {
  assert.equal(await status(head("POST", whep, { "Content-Type": "application/sdp", "Content-Length": "10000000000" })), 413);
  assert.equal(await status(head("POST", whep, { "Content-Type": "application/sdp", "Content-Length": "99999999999999999999999" })), 400);
  assert.equal(await status(head("GET", `${hls}/index.m3u8`, { "Content-Length": "5" }) + "hello"), 413);
});

test("a body that never ends is refused where its limit is", async () => {
  const chunk = `ffff\r\n${"a".repeat(0xffff)}\r\n`;
  assert.equal(await status(head("POST", whep, { "Content-Type": "application/sdp", "Transfer-Encoding": "chunked" }) + chunk.repeat(8)), 413);
});

test("two lengths, or a coding nobody knows, are no request", async () => {
  const type = { "Content-Type": "application/sdp" };
  assert.equal(await status(head("POST", whep, { ...type, "Content-Length": "4", "Transfer-Encoding": "chunked" }) + "0\r\n\r\n"), 400);
  assert.equal(await status(head("POST", whep, { ...type, "Transfer-Encoding": "gzip" })), 400);
  assert.equal(await status(head("POST", whep, { ...type, "Content-Length": "-1" })), 400);
  assert.equal(await status(`POST ${whep} HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`), 400);
});

test("floods of header fields, and fields without end", async () => {
  const many = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`X-${i}`, "1"]));
  assert.equal(await status(head("GET", `${hls}/index.m3u8`, many)), 431);
  assert.equal(await status(head("GET", `${hls}/index.m3u8`, { Cookie: "x".repeat(40_000) })), 431);
  assert.equal(await status(`GET /${"x".repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`), 431);
});

test("no content, no type, no length: an offer all the same is not there", async () => {
  assert.equal(await status(head("POST", whep)), 415);
  assert.equal(await status(head("POST", whep, { "Content-Type": "application/sdp" })), 400);
  assert.equal(await status(head("POST", whep, { "Content-Type": "application/sdp; charset=\"" , "Content-Length": "0" })), 400);
});

test("methods that no address takes", async () => {
  for (const method of ["TRACE", "PUT", "GET", "PROPFIND", "BREW"]) {
    const answer = await raw(head(method, whep));
    assert.match(answer, /^HTTP\/1\.1 405 Method Not Allowed/, method);
    assert.match(answer, /\r\nAllow: POST, OPTIONS\r\n/, method);
  }
  for (const method of ["POST", "DELETE", "TRACE"]) {
    const answer = await raw(head(method, `${hls}/index.m3u8`));
    assert.match(answer, /^HTTP\/1\.1 405 Method Not Allowed/, method);
    assert.match(answer, /\r\nAllow: GET, HEAD, OPTIONS\r\n/, method);
  }
  assert.equal(await status("CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1:22\r\nConnection: close\r\n\r\n"), 400);
});

test("paths that lead out of the stream's folder", async () => {
  const paths = [`${hls}/../../etc/passwd`, `${hls}/..%2f..%2fjournal`, `${hls}/%2e%2e/journal`, `${hls}/journal`, `${hls}/seg-0.m4s%00.m3u8`, `${hls}/seg--1.m4s`, `${hls}/seg-99999999999999999999.m4s`, `${hls}/init-18446744073709551615.mp4`,
    `${hls}/part-0.18446744073709551615.m4s`, "/hls/-1/index.m3u8", "/hls/0/index.m3u8", "/hls/@/index.m3u8", "/hls/@../index.m3u8", `/hls/@${"a".repeat(5000)}/index.m3u8`, "/hls//index.m3u8", "/whep/../metrics", "/hls/%ff/index.m3u8"];
  for (const path of paths) assert.ok([400, 404].includes(await status(head("GET", path))), path);
  for (const path of ["/whep/", "/whep/@", "/whep/x", `${whep}/x`, "/whep/9999999999999999999999"])
    assert.ok([400, 404].includes(await status(head("POST", path, { "Content-Type": "application/sdp", "Content-Length": "3" }) + "v=0")), path);
  assert.doesNotMatch(world.log, /a{200}/, "what strangers write does not fill the log");
});

test("blocking reloads of what will never be", async () => {
  for (const query of ["_HLS_msn=18446744073709551615", "_HLS_msn=-1", "_HLS_msn=1e9", "_HLS_part=3", "_HLS_msn=999999&_HLS_part=0"]) assert.equal(await status(head("GET", `${hls}/live.m3u8?${query}`)), 400, query);
});

test("PATCH with garbage changes nothing", async () => {
  const { url, etag } = await join();
  const patch = (body, headers) => fetch(url, { method: "PATCH", body, headers: { "Content-Type": "application/trickle-ice-sdpfrag", "If-Match": etag, ...headers } });

  for (const body of ["\0\0\0", "{}", "a=candidate:", "m=video\r\na=mid:\r\n", "a=ice-ufrag:\r\n", "a=x\r\n".repeat(5_000)]) {
    const { status } = await patch(body);
    assert.ok([204, 400, 413].includes(status), `${status} for ${JSON.stringify(body.slice(0, 30))}`);
  }
  assert.equal((await patch("a=ice-ufrag:abcd\r\n")).status, 400, "a restart without a password");
  assert.equal((await patch("", { "Content-Type": "application/sdp" })).status, 415);
  assert.equal((await patch(kCandidate, { "If-Match": '"other"' })).status, 412);
  assert.equal((await patch(kCandidate, { "If-Match": "" })).status, 428);
  assert.equal((await patch(kCandidate)).status, 204, "the session is what it was");
  assert.equal((await fetch(url, { method: "DELETE" })).status, 200);
});

test("DELETE twice; and the log does not say whose session it was", async () => {
  const { url } = await join();
  const id = url.split("/").at(-1);

  assert.equal((await fetch(url, { method: "DELETE" })).status, 200);
  const again = await fetch(url, { method: "DELETE" });

  assert.equal(again.status, 404);
  assert.equal(await reasonOf(again), "webrtc.no_session");
  assert.match(world.log, /whep\.left .*cause="?left/);
  assert.ok(!world.log.includes(id), "an id is what ends a session");
});

test("after all this the server is well, and no larger", async () => {
  assert.ok((await fetch(`${world.origin}/healthz`)).ok);
  assert.equal((await fetch(`${world.origin}${hls}/index.m3u8`)).status, 200);
  const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${world.server.pid}/status`, "utf8"))[1]) / 1024;
  assert.ok(rss < 300, `${Math.round(rss)} MB`);
});
