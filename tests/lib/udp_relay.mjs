// A network between a browser and the server, for datagrams: one address towards the browser, one towards the server.
// It can swallow everything, as a firewall does, and change its outer address, as a NAT does.
import { createSocket } from "node:dgram";
import { once } from "node:events";

async function bound() {
  const socket = createSocket("udp4");
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return socket;
}

export class UdpRelay {
  static async start(serverPort) {
    const relay = new UdpRelay();
    relay.serverPort = serverPort;
    relay.swallows = false;
    relay.inner = await bound();
    relay.port = relay.inner.address().port;
    relay.inner.on("message", (datagram, from) => {
      relay.browser = from;
      if (!relay.swallows) relay.outer.send(datagram, relay.serverPort, "127.0.0.1");
    });
    await relay.#openOuter();
    return relay;
  }

  async #openOuter() {
    this.outer = await bound();
    this.outer.on("message", (datagram) => {
      if (!this.swallows && this.browser) this.inner.send(datagram, this.browser.port, this.browser.address);
    });
  }

  // From here on the server sees the browser come from another port.
  async rebind() {
    const old = this.outer;
    await this.#openOuter();
    await new Promise((closed) => old.close(closed));
  }

  async stop() {
    await Promise.all([this.inner, this.outer].map((socket) => new Promise((closed) => socket.close(closed))));
  }
}
