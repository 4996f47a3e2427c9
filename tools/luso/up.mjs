// ./luso up: database, server, web client and a demo channel, from nothing to a picture, until Ctrl-C.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { Api } from "./lib/api.mjs";
import { demoCommand } from "./lib/demo.mjs";
import { startCluster } from "./lib/postgres.mjs";
import { Child, Supervised, freePort, portIsFree, udpPortIsFree, until } from "./lib/processes.mjs";
import { Sentence, endWith } from "./lib/sentence.mjs";

const kDemoStreamsPerDay = 10_000; // Each start may open a stream on the demo's and the doctor's channels.
const began = Date.now();
const step = (text) => console.log(`${((Date.now() - began) / 1000).toFixed(1).padStart(5)} s  ${text}`);

function options() {
  try {
    const { values } = parseArgs({
      options: {
        "no-demo": { type: "boolean", default: false },
        "http-port": { type: "string", default: process.env.LUSO_HTTP_PORT ?? "8080" },
        "rtmp-port": { type: "string", default: process.env.LUSO_RTMP_PORT ?? "1935" },
        "webrtc-port": { type: "string", default: process.env.LUSO_WEBRTC_PORT ?? "8000" },
        var: { type: "string", default: "var" },
      },
    });
    const port = (name) => {
      const number = Number(values[name]);
      if (!Number.isInteger(number) || number < 1 || number > 65535) throw new Sentence(`--${name} takes a port number from 1 to 65535, not '${values[name]}'.`);
      return number;
    };
    return { demo: !values["no-demo"], httpPort: port("http-port"), rtmpPort: port("rtmp-port"), webrtcPort: port("webrtc-port"), varDir: resolve(values.var) };
  } catch (error) {
    if (error.code?.startsWith("ERR_PARSE_ARGS")) throw new Sentence(`${error.message} ./luso help lists the options.`);
    throw error;
  }
}

// One port a reactor, and a reactor a core unless LUSO_REACTORS says otherwise.
const webrtcPorts = (first) => Array.from({ length: Number(process.env.LUSO_REACTORS || 0) || availableParallelism() }, (_, i) => [first + i, "--webrtc-port"]);

const alive = (pid) => { try { process.kill(pid, 0); return true; } catch (error) { return error.code === "EPERM"; } };

function running(upFile) {
  if (!existsSync(upFile)) return null;
  const facts = JSON.parse(readFileSync(upFile, "utf8"));
  if (alive(facts.up_pid)) return facts;
  // The one who started them was killed: its children are ours to end before we start anew.
  for (const pid of [facts.demo_pid, facts.web_pid, facts.server_pid]) {
    if (pid && alive(pid) && commandLineOf(pid).includes(facts.root)) process.kill(pid, "SIGTERM");
  }
  return null;
}

function commandLineOf(pid) {
  try { return readFileSync(`/proc/${pid}/cmdline`, "utf8") + readFileSync(`/proc/${pid}/environ`, "utf8"); } catch { return ""; }
}

// One `up` at a time in a tree, from its first step on: two would share a cluster, and the first to end would stop it.
function claim(lockFile) {
  try {
    writeFileSync(lockFile, String(process.pid), { flag: "wx" });
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    const holder = Number(readFileSync(lockFile, "utf8"));
    if (holder !== process.pid && alive(holder) && commandLineOf(holder).includes("up.mjs")) throw new Sentence(`another ./luso up (process ${holder}) is starting or stopping in this folder; wait for it.`);
    rmSync(lockFile, { force: true }); // Whoever held it was killed.
    return claim(lockFile);
  }
  process.on("exit", () => rmSync(lockFile, { force: true }));
}

function print(facts) {
  console.log(`
  LusoTown is up:   ${facts.url}
${facts.demo_url ? `  Demo channel:     ${facts.demo_url}\n` : ""}
  Publish with OBS (Settings → Stream → Service: Custom):
    Server          ${facts.rtmp_url}
    Stream key      ${facts.stream_key}
  Then watch at     ${facts.creator_url}
  WebRTC            UDP and TCP from ${facts.webrtc_port} on, one port a core

  Sign in as        ${facts.creator_email}
  Password          ${facts.creator_password}

  Logs              ${facts.logs.server}
  Facts             ${facts.up_file}
  Stop with         Ctrl-C
`);
}

// Passwords of the accounts `up` makes: drawn once, kept where only the owner reads.
function accounts(varDir) {
  const file = join(varDir, "accounts.json");
  if (!existsSync(file)) {
    const password = () => randomBytes(15).toString("base64url");
    writeFileSync(file, JSON.stringify({ creator: password(), demo: password(), doctor: password() }, null, 2), { mode: 0o600 });
  }
  return JSON.parse(readFileSync(file, "utf8"));
}

async function main() {
  const { demo, httpPort, rtmpPort, webrtcPort, varDir } = options();
  const root = resolve(".");
  const binary = resolve("build/release/server/lusotown");
  const logs = Object.fromEntries(["server", "web", "demo"].map((name) => [name, join(varDir, "log", `${name}.log`)]));
  const upFile = join(varDir, "up.json");
  mkdirSync(join(varDir, "log"), { recursive: true });

  const already = running(upFile);
  if (already) {
    console.log("LusoTown is running already.");
    return print(already);
  }
  claim(join(varDir, "up.lock"));
  await until("the ports of the last run to be free", async () => (await portIsFree(httpPort)) && (await portIsFree(rtmpPort)) && (await portIsFree(webrtcPort)), { timeoutMs: existsSync(upFile) ? 10_000 : 0 }).catch(() => {});
  rmSync(upFile, { force: true });
  for (const [port, flag] of [[httpPort, "--http-port"], [rtmpPort, "--rtmp-port"], ...webrtcPorts(webrtcPort)]) {
    if (!(await portIsFree(port)) || (flag === "--webrtc-port" && !(await udpPortIsFree(port)))) throw new Sentence(`port ${port} is used by another program; stop it or choose another with ${flag}.`);
  }
  const webPort = await freePort();

  const stops = []; // What to undo, newest last.
  let stopping = false;
  const stop = async (code) => {
    if (stopping) return;
    stopping = true;
    step("Stopping");
    for (const undo of stops.reverse()) await undo();
    rmSync(upFile, { force: true });
    step("Stopped");
    process.exit(code);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => stop(0));

  try {
    let databaseUrl = process.env.DATABASE_URL;
    if (!databaseUrl) {
      step("Starting the database");
      const cluster = startCluster(join(varDir, "postgres"));
      stops.push(() => cluster.stop());
      cluster.createDatabase("lusotown");
      databaseUrl = cluster.url("lusotown");
    }
    const env = {
      LUSO_DATA_DIR: varDir,
      LUSO_DATABASE_URL: databaseUrl,
      LUSO_HTTP_PORT: String(httpPort),
      LUSO_RTMP_PORT: String(rtmpPort),
      LUSO_WEBRTC_PORT: String(webrtcPort),
      LUSO_WEB_UPSTREAM: `http://127.0.0.1:${webPort}`,
      LUSO_WEB_STATIC_DIR: resolve("web/.next/static"),
    };
    const lusotown = (args, input) => {
      const done = spawnSync(binary, args, { env: { ...process.env, ...env }, encoding: "utf8", input });
      if (done.status !== 0) throw new Sentence(`lusotown ${args[0]} failed: ${(done.stderr || `${done.error}`).trim().split("\n").at(-1)}`);
      return done.stdout;
    };
    step("Migrating and seeding");
    lusotown(["migrate"]);
    lusotown(["seed"]);
    const passwords = accounts(varDir);
    lusotown(["user", "create", "--username", "criador", "--email", "criador@lusotown.local", "--display-name", "Criador", "--role", "creator", "--password-stdin", "--replace-password"], passwords.creator);
    lusotown(["user", "create", "--username", "medico", "--email", "medico@lusotown.local", "--display-name", "Médico", "--role", "creator", "--streams-per-day", String(kDemoStreamsPerDay), "--password-stdin", "--replace-password"], passwords.doctor);
    lusotown(["user", "create", "--username", "praca", "--email", "praca@lusotown.local", "--display-name", "A Praça", "--role", "creator", "--streams-per-day", String(kDemoStreamsPerDay), "--password-stdin", "--replace-password"], passwords.demo);

    const url = `http://localhost:${httpPort}`;
    const facts = {
      url, rtmp_url: `rtmp://localhost:${rtmpPort}/live`, webrtc_port: webrtcPort, creator_url: `${url}/@criador`,
      stream_key: "", creator_username: "criador", creator_email: "criador@lusotown.local", creator_password: passwords.creator,
      doctor_username: "medico", doctor_password: passwords.doctor,
      demo_url: demo ? `${url}/@praca` : null, demo_stream_id: null,
      server_pid: null, web_pid: null, demo_pid: null, up_pid: process.pid,
      database_url: databaseUrl, data_dir: varDir, logs, root, up_file: upFile,
    };
    const save = () => writeFileSync(upFile, JSON.stringify(facts, null, 2), { mode: 0o600 });
    const keep = (name, field, make) => {
      const supervised = new Supervised(make, {
        onStart: (child) => { facts[field] = child.pid; if (existsSync(upFile)) save(); },
        onRestart: (child, end) => step(`${name} ended (${end.signal ?? end.code ?? end.error?.message}); starting it again, see ${logs[name]}`),
        onGiveUp: () => { console.error(`luso: ${name} keeps ending; see ${logs[name]}.`); stop(1); },
      });
      stops.push(() => supervised.stop());
      supervised.start();
      return supervised;
    };

    step("Starting the server and the web client");
    const server = keep("server", "server_pid", () => new Child("server", [binary, "serve"], { env, log: logs.server }));
    const main = resolve("web/server/main.mjs");
    const web = keep("web", "web_pid", () => new Child("web", [process.execPath, main, "--hostname", "127.0.0.1", "--port", String(webPort)], { cwd: resolve("web"), log: logs.web, env: { NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", LUSO_API_URL: `http://127.0.0.1:${httpPort}` } }));
    const local = `http://127.0.0.1:${httpPort}`;
    await until("the server to be ready", async () => (await fetch(`${local}/readyz`)).ok, { child: server.child, timeoutMs: 30_000 });
    await until("the web client to answer", async () => (await fetch(`${local}/`)).ok, { child: web.child, timeoutMs: 60_000 });

    const creator = await Api.signIn(local, "criador", passwords.creator);
    facts.stream_key = (await creator.get("/api/v1/channel/key")).obs_key;
    if (demo) {
      step("Starting the demo channel");
      const praca = await Api.signIn(local, "praca", passwords.demo);
      await praca.patch("/api/v1/channel", { default_title: "A praça está aberta: mira técnica com relógio e lá 440", default_category: "conversa", language: "pt-PT", description: "O canal de demonstração do LusoTown: uma mira técnica gerada por ffmpeg e publicada por RTMP, como a emissão de qualquer criador." });
      const key = (await praca.get("/api/v1/channel/key")).obs_key;
      const ffmpeg = keep("demo", "demo_pid", () => new Child("demo", demoCommand(`rtmp://127.0.0.1:${rtmpPort}/live/${key}`), { log: logs.demo }));
      facts.demo_stream_id = await until("the demo channel to go live", async () => (await praca.get("/api/v1/channels/praca")).live_stream_id, { child: ffmpeg.child });
      await until("a picture to flow", () => pictureFlows(`${local}/hls/${facts.demo_stream_id}/index.m3u8`), { everyMs: 100 });
    }
    save();
    step(demo ? "A picture is flowing" : "Ready");
    print(facts);
  } catch (error) {
    console.error(`luso: ${error instanceof Sentence ? error.message : error.stack}`);
    await stop(1);
  }
}

// Decodes one frame of what viewers get.
function pictureFlows(playlist) {
  const done = spawnSync("ffmpeg", ["-v", "error", "-i", playlist, "-map", "0:v:0", "-frames:v", "1", "-f", "null", "-"], { timeout: 15_000 });
  return done.status === 0;
}

main().catch(endWith);
