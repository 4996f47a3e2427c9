// The disk below var/ fills up under a broadcast. Viewers of the moment need no disk.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { World, fixture, until } from "../lib/world.mjs";

// The server runs in a mount namespace of its own, where its data folder is a disk of 32 MB.
const unshare = process.getuid() === 0 ? ["unshare", "--mount"] : ["unshare", "--map-root-user", "--mount"];
const skip = spawnSync(unshare[0], [...unshare.slice(1), "mount", "-t", "tmpfs", "tmpfs", "/mnt"]).status === 0 ? false : "this machine allows no mount namespaces";
const onSmallDisk = (folder) => {
  mkdirSync(folder, { recursive: true });
  return [...unshare, "sh", "-c", 'mount -t tmpfs -o size=32m tmpfs "$0" && exec "$@"', folder];
};

let world, filler, created;
before(async () => {
  if (skip) return;
  world = await World.start({ under: onSmallDisk });
  created = {};
  for (const name of ["lia", "gil"]) {
    const user = await world.user(name);
    created[name] = await user.post("/api/v1/streams", { title: "Disco cheio", category: "conversa", language: "pt-PT" });
  }
});
after(() => world?.stop());

// As the server's namespace sees it.
const inside = (path) => join(`/proc/${world.server.pid}/root`, path);
const newestSegment = async () => Number((await world.playlist(created.lia.stream.id)).match(/seg-\d+/g).at(-1).slice(4));
const count = (word) => world.log.split("\n").filter((line) => line.includes(word)).length;

function fillDisk() {
  filler = inside(join(world.env.LUSO_DATA_DIR, "filler"));
  const file = openSync(filler, "w");
  try {
    for (let piece = Buffer.alloc(1 << 20); ;) {
      try {
        writeSync(file, piece);
      } catch (error) {
        if (error.code !== "ENOSPC") throw error;
        if (piece.length === 1) return;
        piece = piece.subarray(0, piece.length >> 1);
      }
    }
  } finally {
    closeSync(file);
  }
}

test("a full disk stops nothing that is live, and the log says it once", { skip }, async () => {
  world.publish(created.lia.publish.obs_key);
  await world.live(created.lia.stream.id);

  fillDisk();

  await until("a segment that could not be kept", async () => (await world.metric("luso_media_dvr_failures_total")) > 0);
  const began = await newestSegment();
  await until("three more segments", async () => (await newestSegment()) >= began + 3, { timeoutMs: 60_000 });
  const segment = await fetch(`${world.origin}/hls/${created.lia.stream.id}/seg-${await newestSegment()}.m4s`);
  assert.equal(segment.status, 200, "what could not be kept is played from memory");
  assert.ok((await world.metric("luso_media_dvr_failures_total")) >= 3);
  assert.equal(count("dvr.write_failed"), 1);
  assert.match(world.log, /dvr\.write_failed .*No space left on device/);
});

test("a second encoder is refused with the reason, and taken when there is room", { skip }, async () => {
  const refused = world.publish(created.gil.publish.obs_key, fixture(), { loop: false });
  await refused.ended;
  assert.match(world.log, /rtmp\.refused .*media\.disk_full/);
  assert.ok((await world.stream(created.lia.stream.id)).is_live);

  rmSync(filler);

  await until("the disk to be written again", () => count("dvr.writes_again") === 1);
  world.publish(created.gil.publish.obs_key);
  await world.live(created.gil.stream.id);
  assert.ok(world.server.running);
});
