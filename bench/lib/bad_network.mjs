// A bad network between one viewer and the server: a UDP relay that loses datagrams and keeps the others for a
// while, both ways. Stands in for netem, which not every kernel has.
import { createSocket } from "node:dgram";
import { once } from "node:events";

export async function startBadNetwork({ port, lossPercent, rttMs }) {
  const outside = createSocket("udp4");
  const inside = createSocket("udp4");
  const counts = { forwarded: 0, lost: 0 };
  let viewer;
  const pass = (datagram, send) => {
    if (Math.random() * 100 < lossPercent) { counts.lost += 1; return; }
    counts.forwarded += 1;
    setTimeout(send, rttMs / 2, datagram);
  };
  outside.on("message", (datagram, from) => {
    viewer = from;
    pass(datagram, (late) => inside.send(late, port, "127.0.0.1"));
  });
  inside.on("message", (datagram) => pass(datagram, (late) => outside.send(late, viewer.port, viewer.address)));
  outside.bind(0, "127.0.0.1");
  inside.bind(0, "127.0.0.1");
  await Promise.all([once(outside, "listening"), once(inside, "listening")]);
  return { port: outside.address().port, counts, stop: () => { outside.close(); inside.close(); } };
}
