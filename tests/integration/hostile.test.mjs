// Bytes that no honest client sends: the server closes the connection with a reason and goes on serving.
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { after, before, test } from "node:test";
import { World } from "../lib/world.mjs";

let world;
before(async () => { world = await World.start(); });
after(() => world?.stop());

const rss = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${world.server.pid}/status`, "utf8"))[1]) / 1024;

// Sends `bytes`, then waits for the server to close; resolves with what came back.
function closedAfter(port, bytes) {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const received = [];
    socket.setTimeout(20_000, () => { socket.destroy(); reject(new Error("the server did not close the connection within 20 s")); });
    socket.on("data", (chunk) => received.push(chunk));
    socket.on("error", () => resolve(Buffer.concat(received)));
    socket.on("close", () => resolve(Buffer.concat(received)));
  });
}

const c0c1 = Buffer.concat([Buffer.from([3]), Buffer.alloc(8), randomBytes(1528)]);
const c2 = randomBytes(1536);
const header = (type, length, stream = 3) => Buffer.from([stream, 0, 0, 0, length >> 16, (length >> 8) & 255, length & 255, type, 0, 0, 0, 0]);

test("a handshake that is not RTMP", () => closedAfter(world.rtmpPort, Buffer.from("GET / HTTP/1.1\r\n\r\n".padEnd(2000, "x"))));
test("a handshake that never comes", () => closedAfter(world.rtmpPort, Buffer.from([3])));
test("random bytes after the handshake", () => closedAfter(world.rtmpPort, Buffer.concat([c0c1, c2, randomBytes(65536)])));
test("a chunk size of zero", () => closedAfter(world.rtmpPort, Buffer.concat([c0c1, c2, header(1, 4, 2), Buffer.alloc(4)])));
test("a message of 16 MB that is announced and never finished", async () => {
  const before = rss();
  const sockets = await Promise.all(Array.from({ length: 100 }, () => new Promise((resolve) => {
    const socket = connect(world.rtmpPort, "127.0.0.1", () => { socket.write(Buffer.concat([c0c1, c2, header(9, 0xffffff), randomBytes(128)])); resolve(socket); });
    socket.on("error", () => {});
  })));
  await Promise.all(sockets.map((socket) => new Promise((resolve) => { socket.resume(); socket.on("close", resolve); })));
  assert.ok(rss() - before < 60, `memory grew by ${Math.round(rss() - before)} MB`);
});
test("video before connect and publish", () => closedAfter(world.rtmpPort, Buffer.concat([c0c1, c2, header(9, 5), Buffer.from([0x17, 0, 0, 0, 0])])));

test("HTTP that is not HTTP", async () => {
  const answer = await closedAfter(world.httpPort, Buffer.concat([randomBytes(64), Buffer.from("\r\n\r\n")]));
  assert.match(answer.toString("latin1"), /^(HTTP\/1\.1 400|$)/);
});
test("a header that never ends", () => closedAfter(world.httpPort, Buffer.from("GET / HTTP/1.1\r\nHost: x\r\nX: ")));
test("headers of a megabyte", async () => {
  const answer = await closedAfter(world.httpPort, Buffer.from(`GET / HTTP/1.1\r\nHost: x\r\n${"X-Y: z\r\n".repeat(130_000)}`));
  assert.match(answer.toString("latin1"), /^(HTTP\/1\.1 4|$)/);
});
test("paths that climb", async () => {
  for (const path of ["/hls/../../etc/passwd", "/_next/static/%2e%2e/%2e%2e/package.json", "/hls/%2e%2e%2f%2e%2e%2fetc%2fpasswd"]) {
    const answer = await closedAfter(world.httpPort, Buffer.from(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`));
    assert.match(answer.toString("latin1"), /^HTTP\/1\.1 40[04]/, path);
  }
});
test("after all that, the server is the same process and answers", async () => {
  assert.ok(world.server.running);
  assert.equal((await fetch(`${world.origin}/healthz`)).status, 200);
});
