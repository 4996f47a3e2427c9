// Starting, watching and ending the programs a command needs.
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { createServer } from "node:net";
import { openSync } from "node:fs";
import { Sentence } from "./sentence.mjs";

const kStopGraceMs = 20_000; // Then SIGKILL.

// One child process with its output in a log file. `ended` resolves with {code, signal}, also when it cannot start.
export class Child {
  constructor(name, command, { env = {}, log, cwd } = {}) {
    this.name = name;
    const out = log ? openSync(log, "a") : "ignore";
    this.process = spawn(command[0], command.slice(1), {
      cwd, stdio: ["ignore", out, out], env: { ...process.env, ...env },
      detached: true, // Ctrl-C reaches us alone: we end the children, in order.
    });
    this.stopping = false;
    this.running = true;
    this.ended = new Promise((resolve) => {
      this.process.once("error", (error) => { this.running = false; resolve({ code: null, signal: null, error }); });
      this.process.once("exit", (code, signal) => { this.running = false; resolve({ code, signal }); });
    });
  }

  get pid() { return this.process.pid; }

  async stop(signal = "SIGTERM") {
    this.stopping = true;
    if (!this.running) return this.ended;
    this.process.kill(signal);
    const timer = setTimeout(() => this.process.kill("SIGKILL"), kStopGraceMs);
    const end = await this.ended;
    clearTimeout(timer);
    return end;
  }
}

// Keeps a program running: when it ends unasked it is started again, but not more than `kRestartsMax` times a minute.
const kRestartsMax = 5;
export class Supervised {
  constructor(make, { onStart = () => {}, onGiveUp = () => {}, onRestart = () => {}, delayMs = 500 } = {}) {
    this.make = make; this.onStart = onStart; this.onGiveUp = onGiveUp; this.onRestart = onRestart; this.delayMs = delayMs;
    this.recent = [];
    this.stopped = false;
  }

  start() {
    this.child = this.make();
    this.onStart(this.child);
    this.child.ended.then((end) => {
      if (this.stopped) return;
      const now = Date.now();
      this.recent = [...this.recent.filter((t) => now - t < 60_000), now];
      if (this.recent.length > kRestartsMax) return this.onGiveUp(this.child, end);
      this.onRestart(this.child, end);
      this.timer = setTimeout(() => this.start(), this.delayMs);
    });
    return this.child;
  }

  async stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.child?.stop();
  }
}

export function portIsFree(port, host = "0.0.0.0") {
  return new Promise((resolve) => {
    const probe = createServer().once("error", () => resolve(false)).once("listening", () => probe.close(() => resolve(true)));
    probe.listen({ port, host, exclusive: true });
  });
}

// The same for UDP.
export function udpPortIsFree(port, host = "0.0.0.0") {
  return new Promise((resolve) => {
    const probe = createSocket("udp4").once("error", () => { probe.close(); resolve(false); }).once("listening", () => probe.close(() => resolve(true)));
    probe.bind({ port, address: host, exclusive: true });
  });
}

// A free TCP port of loopback, for tests and for processes nobody types an address of.
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject).listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

// Polls `check` until it returns something true; what it threw last is in the message when time is up.
export async function until(what, check, { timeoutMs = 30_000, everyMs = 50, child } = {}) {
  const deadline = Date.now() + timeoutMs;
  let last;
  for (;;) {
    try {
      const value = await check();
      if (value) return value;
    } catch (error) {
      last = error;
    }
    if (child && !child.running) throw new Sentence(`${child.name} ended while waiting for ${what}.`);
    if (Date.now() > deadline) throw new Sentence(`${what} did not happen within ${Math.round(timeoutMs / 1000)} s${last ? ` (${last.message})` : ""}.`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
