// The test servers of server/gateway/main, and a client that says exactly what it is told to.
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Child, freePort, until } from "../../tools/luso/lib/processes.mjs";

const programs = dirname(process.env.LUSOTEST_BINARY ?? resolve("build/dev/server/lusotown"));
const here = createRequire(import.meta.url);
export const WebSocket = createRequire(here.resolve("engine.io-client"))("ws"); // The one the official client uses.

// A program and its ports: {port, engine-port} become --port and --engine-port with free ones.
export class Program {
  static async start(name, ports, options = {}) {
    const program = new Program();
    program.dir = mkdtempSync(join(tmpdir(), `lusotown-${name}-`));
    const words = [];
    for (const option of ports) words.push(`--${option}`, String(program[option] = await freePort()));
    for (const [option, value] of Object.entries(options)) words.push(`--${option}`, String(value));
    program.child = new Child(name, [join(programs, name), ...words], { log: join(program.dir, "log") });
    await until(`${name} to answer`, async () => (await fetch(`http://127.0.0.1:${program.port}/`)).status === 404, { child: program.child });
    return program;
  }

  async stop() {
    const end = await this.child.stop();
    rmSync(this.dir, { recursive: true, force: true });
    return end;
  }
}

// Calm pings for what is not about pings: on a busy machine a client is late now and then.
export const kCalm = { "ping-interval": 25_000, "ping-timeout": 20_000 };

// A WebSocket whose messages are taken one by one. Pings are answered on the way, and not shown, unless asked for.
export class Talk {
  static async open(url, { pings = false } = {}) {
    const talk = new Talk(url, pings);
    await once(talk.socket, "open");
    return talk;
  }

  constructor(url, pings) {
    this.socket = new WebSocket(url, { perMessageDeflate: false });
    this.heard = [];
    this.waiting = [];
    this.closed = new Promise((done) => this.socket.on("close", (code) => { this.code = code; this.waiting.splice(0).forEach((wait) => wait(undefined)); done(code); }));
    this.socket.on("error", () => {});
    this.socket.on("message", (data, isBinary) => {
      const message = isBinary ? data : data.toString();
      if (message === "2" && !pings) return this.socket.send("3");
      const wait = this.waiting.shift();
      if (wait) wait(message); else this.heard.push(message);
    });
  }

  say(message) { this.socket.send(message); return this; }

  // The next message; undefined when the socket is closed instead.
  next() {
    if (this.heard.length) return Promise.resolve(this.heard.shift());
    return this.code === undefined ? new Promise((done) => this.waiting.push(done)) : Promise.resolve(undefined);
  }

  close() { this.socket.close(); }
}

// What only a quick enough machine shows: tried again until it does.
export async function inTime(attempt, { attempts = 40 } = {}) {
  for (let left = attempts; ; --left) {
    try { return await attempt(); } catch (error) { if (left <= 1) throw error; }
  }
}
