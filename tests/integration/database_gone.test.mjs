// The database server dies under a broadcast, and comes back. Pictures do not come from it, so they go on.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startCluster } from "../../tools/luso/lib/postgres.mjs";
import { World, until } from "../lib/world.mjs";

let folder, cluster, world, ines, created, openFiles;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "lusotown-gone-"));
  cluster = startCluster(folder, { throwaway: true });
  world = await World.start({ cluster, config: { grace_window_s: 60 } });
  ines = await world.user("ines");
  created = await ines.post("/api/v1/streams", { title: "Chorinho na esquina", category: "conversa", language: "pt-BR" });
});
after(async () => {
  await world?.stop();
  cluster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const filesOf = (pid) => readdirSync(`/proc/${pid}/fd`).length;
const get = async (path) => {
  const answer = await fetch(`${world.origin}${path}`);
  return { status: answer.status, body: await answer.json().catch(() => null) };
};
const newestSegment = async () => Number((await world.playlist(created.stream.id)).match(/seg-\d+/g).at(-1).slice(4));
const beat = (session, playhead) => ines.raw("POST", `/api/v1/streams/${created.stream.id}/heartbeat`, { session_id: session, playhead_s: playhead, stalls: 0, stalled_ms: 0, is_playing: true, is_visible: true }, { Cookie: "" });

test("without its database the server says so, and the picture plays on", async () => {
  world.publish(created.publish.obs_key);
  await world.live(created.stream.id);
  openFiles = filesOf(world.server.pid);

  cluster.stop({ crash: true });

  await until("/readyz to say no", async () => (await fetch(`${world.origin}/readyz`)).status === 503);
  assert.equal((await fetch(`${world.origin}/healthz`)).status, 200, "the process itself is well");
  const answers = await Promise.all(["/api/v1/streams?live=true", `/api/v1/streams/${created.stream.id}`, "/api/v1/channels/ines"].map(get));
  for (const { status, body } of answers) {
    assert.equal(status, 503);
    assert.equal(body.error.reason, "pg.unavailable");
  }
  const signIn = await ines.raw("POST", "/api/v1/sessions", { login: "ines", password: ines.password });
  assert.equal(signIn.status, 503);
  const began = await newestSegment();
  await until("segments that began after the database was gone", async () => (await newestSegment()) > began + 1);
});

test("everything comes back by itself when the database does", async () => {
  cluster = startCluster(folder, { throwaway: true });

  await until("/readyz to say yes", async () => (await fetch(`${world.origin}/readyz`)).ok);
  assert.equal((await get("/api/v1/channels/ines")).body.live_stream_id, created.stream.id);
  assert.equal((await world.stream(created.stream.id)).state, "live");
  assert.equal((await ines.get("/api/v1/account")).username, "ines", "the sign-in of before still holds");
  await ines.patch(`/api/v1/streams/${created.stream.id}`, { title: "Chorinho na esquina, outra vez" });
  await beat("sessao-de-teste-0001", 1);
  await beat("sessao-de-teste-0001", 4);
  await until("the viewer to be counted", async () => (await world.stream(created.stream.id)).viewer_count === 1);
  assert.equal(world.server.running, true);
  await until("no file left open by the outage", () => filesOf(world.server.pid) <= openFiles + 2);
});

test("a database that hangs is answered for, and waited for", async () => {
  const postmaster = Number(readFileSync(join(folder, "data", "postmaster.pid"), "utf8").split("\n")[0]);
  const everyone = [postmaster, ...execFileSync("pgrep", ["-P", String(postmaster)], { encoding: "utf8" }).trim().split("\n").map(Number)];
  const signal = (name) => everyone.forEach((pid) => process.kill(pid, name));

  signal("SIGSTOP");
  try {
    await until("/readyz to say no", async () => (await fetch(`${world.origin}/readyz`)).status === 503);
    const { status, body } = await get(`/api/v1/streams/${created.stream.id}`);
    // On a connection there was the call's own time runs out; another cannot be had.
    assert.ok(["504 api.timeout", "503 pg.unavailable"].includes(`${status} ${body.error.reason}`), `${status} ${body.error.reason}`);
    const began = await newestSegment();
    await until("another segment", async () => (await newestSegment()) > began);
  } finally {
    signal("SIGCONT");
  }

  await until("/readyz to say yes", async () => (await fetch(`${world.origin}/readyz`)).ok);
  assert.equal((await world.stream(created.stream.id)).state, "live");
});

test("an encoder that left during the next outage is missed when the database is back", async () => {
  cluster.stop({ crash: true });
  await until("/readyz to say no", async () => (await fetch(`${world.origin}/readyz`)).status === 503);
  await world.children.at(-1).stop("SIGKILL");
  const refused = world.publish(created.publish.obs_key, undefined, { loop: false });
  await refused.ended;

  cluster = startCluster(folder, { throwaway: true });

  await until("the stream to wait for its encoder", async () => (await world.stream(created.stream.id)).state === "reconnecting");
  world.publish(created.publish.obs_key);
  await until("the stream to be live again", async () => (await world.stream(created.stream.id)).state === "live");
});
