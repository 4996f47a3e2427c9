// A whole LusoTown of its own for a test file: a fresh database, the real server on free ports, and on request the
// real web client. Everything it starts ends with stop(), and nothing outlives the test run's scratch folder.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Api } from "../../tools/luso/lib/api.mjs";
import { startCluster } from "../../tools/luso/lib/postgres.mjs";
import { Child, freePort, until } from "../../tools/luso/lib/processes.mjs";

export { Api, Child, freePort, until };

const kPassword = "uma frase longa e segura";
const scratch = process.env.LUSOTEST_SCRATCH ?? mkdtempSync(join(tmpdir(), "lusotown-test-"));
const binary = process.env.LUSOTEST_BINARY ?? resolve("build/dev/server/lusotown");

let cluster; // One for the process; ./luso test starts one for the whole run and names the folder.
export const database = () => (cluster ??= startCluster(join(scratch, "postgres"), { throwaway: true }));

let openWorlds = 0;
export class World {
  // config: LUSO_* settings without the prefix, such as {grace_window_s: 5}. cluster: a database server of its own, for
  // a test that ends it; the test stops it. under: what the server's command goes behind, from its data folder's path.
  static async start({ web = false, webEnv = {}, config = {}, cluster = database(), under = () => [] } = {}) {
    const world = new World();
    world.under = under;
    openWorlds += 1;
    world.id = randomBytes(4).toString("hex");
    world.dir = join(scratch, `world-${world.id}`);
    mkdirSync(world.dir, { recursive: true });
    cluster.createDatabase(`world_${world.id}`);
    world.httpPort = await freePort();
    world.rtmpPort = await freePort();
    world.webPort = await freePort();
    world.origin = `http://127.0.0.1:${world.httpPort}`;
    world.rtmp = `rtmp://127.0.0.1:${world.rtmpPort}/live`;
    world.children = [];
    world.env = {
      LUSO_DATA_DIR: join(world.dir, "var"),
      LUSO_DATABASE_URL: cluster.url(`world_${world.id}`),
      LUSO_HTTP_ADDRESS: "127.0.0.1",
      LUSO_HTTP_PORT: String(world.httpPort),
      LUSO_RTMP_PORT: String(world.rtmpPort),
      LUSO_WEBRTC_PORT: "0",
      LUSO_WEB_UPSTREAM: `http://127.0.0.1:${world.webPort}`,
      LUSO_WEB_STATIC_DIR: resolve("web/.next/static"),
      ...Object.fromEntries(Object.entries(config).map(([name, value]) => [`LUSO_${name.toUpperCase()}`, String(value)])),
    };
    world.lusotown(["migrate"]);
    world.lusotown(["seed", "--categories-only"]);
    await world.startServer();
    if (web) await world.startWeb(webEnv);
    return world;
  }

  // Runs the binary with this world's settings; throws with what it said when it fails.
  lusotown(args, input) {
    const done = spawnSync(binary, args, { env: { ...process.env, ...this.env }, encoding: "utf8", input });
    if (done.status !== 0) throw new Error(`lusotown ${args.join(" ")}: ${done.stderr || done.error}`);
    return done.stdout;
  }

  async startServer() {
    this.server = new Child("server", [...this.under(this.env.LUSO_DATA_DIR), binary, "serve"], { env: this.env, log: join(this.dir, "server.log") });
    await until("the server to be ready", async () => (await fetch(`${this.origin}/readyz`)).ok, { child: this.server });
  }

  async startWeb(more = {}) {
    const main = resolve("web/server/main.mjs");
    this.web = new Child("web", [process.execPath, main, "--hostname", "127.0.0.1", "--port", String(this.webPort)], {
      cwd: resolve("web"), log: join(this.dir, "web.log"), env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", LUSO_API_URL: this.origin, ...more },
    });
    await until("the web client to answer", async () => (await fetch(`${this.origin}/`)).ok, { child: this.web, timeoutMs: 60_000 });
  }

  // A confirmed account, made by the command line, signed in through the API; from another network when many are made,
  // because one network may only sign in so often.
  async user(username, role = "creator", { network } = {}) {
    this.lusotown(["user", "create", "--username", username, "--email", `${username}@exemplo.pt`, "--display-name", username, "--role", role, "--password-stdin"], kPassword);
    const api = new Api(this.origin);
    const answer = await api.raw("POST", "/api/v1/sessions", { login: username, password: kPassword }, network && { "X-Forwarded-For": network });
    if (answer.status !== 201) throw new Error(`${username} could not sign in: ${answer.status} ${answer.body?.error?.reason}`);
    return Object.assign(api, { username, password: kPassword });
  }

  get log() { return readFileSync(join(this.dir, "server.log"), "utf8"); }

  // The letters the server has "sent", newest last: {to, subject, text}.
  get mail() {
    const folder = join(this.env.LUSO_DATA_DIR, "mail");
    if (!existsSync(folder)) return [];
    return readdirSync(folder).filter((name) => name.endsWith(".eml")).sort().map((name) => readFileSync(join(folder, name), "utf8"));
  }

  async metric(name) {
    const text = await (await fetch(`${this.origin}/metrics`)).text();
    return text.split("\n").filter((line) => line.startsWith(name)).reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
  }

  // Publishes `media` (see fixture()) in real time, over and over, with ffmpeg.
  publish(key, media = fixture(), { url = this.rtmp, loop = true } = {}) {
    const log = join(this.dir, `ffmpeg-${this.children.length}.log`);
    const child = new Child("ffmpeg", ["ffmpeg", "-hide_banner", "-nostdin", "-re", ...(loop ? ["-stream_loop", "-1"] : []), "-i", media, "-c", "copy", "-f", "flv", `${url}/${key}`], { log });
    child.logFile = log;
    this.children.push(child);
    return child;
  }

  // Waits until the stream is live and its playlist has a whole segment, which is where plain players begin.
  async live(streamId) {
    await until(`stream ${streamId} to be live`, async () => (await this.stream(streamId)).is_live);
    await until(`a segment of stream ${streamId}`, async () => (await this.playlist(streamId)).includes("#EXTINF:"));
  }

  async stream(streamId) { return (await fetch(`${this.origin}/api/v1/streams/${streamId}`)).json(); }

  async playlist(streamId, query = "") {
    const answer = await fetch(`${this.origin}/hls/${streamId}/live.m3u8${query}`);
    if (!answer.ok) throw new Error(`playlist: ${answer.status}`);
    return answer.text();
  }

  async stop() {
    for (const child of this.children) await child.stop("SIGKILL");
    await this.web?.stop();
    await this.server?.stop();
    openWorlds -= 1;
    if (openWorlds === 0 && !process.env.LUSOTEST_SCRATCH) { // This file runs alone: the scratch folder is its own.
      cluster?.stop();
      cluster = undefined;
      rmSync(scratch, { recursive: true, force: true });
    }
  }
}

// A short film to publish, encoded once a run and then only copied. GOP 2 s, 640x360 at 30 fps, H.264 and AAC.
const kFilms = {
  plain: ["-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0"],
  bframes: ["-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0"],
  audioOnly: ["-vn"],
  videoOnly: ["-an", "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "60", "-keyint_min", "60", "-sc_threshold", "0"],
};
export function fixture(name = "plain", { size = "640x360", seconds = 12, kbps = 800 } = {}) {
  const file = join(scratch, `${name}-${size}-${seconds}-${kbps}.flv`);
  if (existsSync(file)) return file;
  const done = spawnSync("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", `testsrc2=s=${size}:r=30:d=${seconds}`, "-f", "lavfi", "-i", `sine=frequency=440:sample_rate=48000:d=${seconds}`, ...kFilms[name], "-pix_fmt", "yuv420p", "-b:v", `${kbps}k`, "-c:a", "aac", "-b:a", "96k", "-ac", "2", "-f", "flv", file], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`ffmpeg could not make ${name}: ${done.stderr}`);
  return file;
}

// What ffprobe says of an address: {streams, format}, counting `seconds` of frames when asked.
export function ffprobe(url, extra = []) {
  const done = spawnSync("ffprobe", ["-v", "error", "-of", "json", "-show_streams", "-show_format", ...extra, url], { encoding: "utf8", timeout: 30_000 });
  if (done.status !== 0) throw new Error(`ffprobe ${url}: ${done.stderr}`);
  return JSON.parse(done.stdout);
}
