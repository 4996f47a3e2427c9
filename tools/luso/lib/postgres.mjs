// A private PostgreSQL cluster: its own folder, its own user when we are root, a Unix socket and no TCP port.
import { execFileSync, spawnSync } from "node:child_process";
import { chownSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Sentence } from "./sentence.mjs";

const kBin = "/usr/lib/postgresql/15/bin";
const kClusterUser = "postgres";
const kSocketPathMax = 90; // sun_path holds 108 bytes; PostgreSQL appends "/.s.PGSQL.5432".

const isRoot = process.getuid() === 0;

// PostgreSQL refuses to run as root, so root hands the cluster to the postgres user. That user may not be allowed
// to walk down to our folder (a checkout in /root, say); then it gets the one capability that walking takes.
function asClusterUser(folder, command) {
  if (!isRoot) return command;
  const plain = ["setpriv", `--reuid=${kClusterUser}`, `--regid=${kClusterUser}`, "--init-groups"];
  const reaches = spawnSync(plain[0], [...plain.slice(1), "--", "test", "-x", folder]).status === 0;
  const caps = reaches ? [] : ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"];
  return [...plain, ...caps, "--", ...command];
}

function run(folder, command, what) {
  const [program, ...args] = asClusterUser(folder, command);
  const done = spawnSync(program, args, { cwd: "/", encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (done.status !== 0) throw new Sentence(`PostgreSQL could not ${what}: ${(done.stderr || done.stdout || `${done.error}`).trim().split("\n").slice(-3).join(" ")}`);
}

function ownedByCluster(folder) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!isRoot) return;
  const [uid, gid] = ["-u", "-g"].map((flag) => Number(execFileSync("id", [flag, kClusterUser], { encoding: "utf8" })));
  chownSync(folder, uid, gid);
}

// Starts the cluster in `folder` (making it first when it is new) and returns how to reach and stop it. One that is
// running already, left by a process that was killed, is taken over. `throwaway` trades durability for speed: tests only.
export function startCluster(folder, { throwaway = false } = {}) {
  folder = resolve(folder);
  const data = join(folder, "data");
  const log = join(folder, "postgres.log");
  if (!existsSync(join(kBin, "postgres"))) throw new Sentence(`PostgreSQL 15 is not installed in ${kBin}.`);
  ownedByCluster(folder);
  const shortSocket = join(folder, "socket");
  let socket = shortSocket;
  if (shortSocket.length > kSocketPathMax) {
    const note = join(folder, "socket-path");
    socket = existsSync(note) ? readFileSync(note, "utf8") : mkdtempSync(join(tmpdir(), "lusotown-pg-"));
    writeFileSync(note, socket);
  }
  ownedByCluster(socket);
  if (!existsSync(join(data, "PG_VERSION"))) {
    rmSync(data, { recursive: true, force: true }); // What an interrupted initdb left.
    run(folder, [join(kBin, "initdb"), "-D", data, "-U", "lusotown", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-instructions"], "make a cluster");
  }
  const settings = [`-k ${socket}`, "-c listen_addresses=", "-c max_connections=100", "-c timezone=UTC"];
  if (throwaway) settings.push("-c fsync=off", "-c synchronous_commit=off", "-c full_page_writes=off", "-c max_connections=300");
  const running = spawnSync(...commandOf(folder, [join(kBin, "pg_ctl"), "status", "-D", data]), { cwd: "/" }).status === 0;
  if (!running) run(folder, [join(kBin, "pg_ctl"), "start", "-w", "-t", "60", "-s", "-D", data, "-l", log, "-o", settings.join(" ")], `start (see ${log})`);
  return {
    socket,
    log,
    url: (database) => `postgresql://lusotown@/${database}?host=${encodeURIComponent(socket)}`,
    psql: (database, sql) => psql(socket, database, sql),
    createDatabase: (database, template = "template0") => {
      const exists = psql(socket, "postgres", `SELECT 1 FROM pg_database WHERE datname = '${database}'`);
      if (exists === "") psql(socket, "postgres", `CREATE DATABASE "${database}" TEMPLATE "${template}"`);
    },
    // `crash` ends it as a power cut would: no goodbye to clients, recovery at the next start.
    stop: ({ crash = false } = {}) => {
      spawnSync(...commandOf(folder, [join(kBin, "pg_ctl"), "stop", "-m", crash ? "immediate" : "fast", "-w", "-t", "30", "-s", "-D", data]), { cwd: "/" });
      if (socket !== shortSocket && throwaway && !crash) rmSync(socket, { recursive: true, force: true });
    },
  };
}

function commandOf(folder, command) {
  const [program, ...args] = asClusterUser(folder, command);
  return [program, args];
}

function psql(socket, database, sql) {
  const done = spawnSync(join(kBin, "psql"), ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", socket, "-U", "lusotown", "-d", database, "-c", sql], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(`psql: ${done.stderr.trim()}`);
  return done.stdout.trim();
}
