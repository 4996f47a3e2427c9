// A bad network between one viewer and the server: a UDP relay that loses datagrams and keeps the others for a
// while, both ways, and carries only so much to the viewer, behind a queue. Stands in for netem, which not every
// kernel has.
import { createSocket } from "node:dgram";
import { once } from "node:events";

export async function startBadNetwork({ port, lossPercent = 0, rttMs = 0, kbps = Infinity, queueMs = 300 }) {
  const outside = createSocket("udp4");
  const inside = createSocket("udp4");
  const counts = { forwarded: 0, lost: 0 };
  let viewer, freeAt = 0;
  // How long a datagram of this size waits for its turn on the narrow way; undefined: its queue is full.
  const waitMs = (bytes) => {
    const now = performance.now();
    if (freeAt - now > queueMs) return undefined;
    freeAt = Math.max(freeAt, now) + (bytes * 8) / kbps;
    return freeAt - now;
  };
  const pass = (datagram, send, wait) => {
    if (Math.random() * 100 < lossPercent || wait === undefined) { counts.lost += 1; return; }
    counts.forwarded += 1;
    setTimeout(send, wait + rttMs / 2, datagram);
  };
  outside.on("message", (datagram, from) => {
    viewer = from;
    pass(datagram, (late) => inside.send(late, port, "127.0.0.1"), 0);
  });
  inside.on("message", (datagram) => pass(datagram, (late) => outside.send(late, viewer.port, viewer.address), waitMs(datagram.length)));
  outside.bind(0, "127.0.0.1");
  inside.bind(0, "127.0.0.1");
  await Promise.all([once(outside, "listening"), once(inside, "listening")]);
  return { port: outside.address().port, counts, limit: (to) => { kbps = to; }, stop: () => { outside.close(); inside.close(); } };
}
