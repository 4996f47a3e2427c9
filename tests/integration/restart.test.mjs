// kill -9 of the server, and what must still be there when it starts again.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { World, until } from "../lib/world.mjs";

let world, rui, created;
before(async () => {
  world = await World.start({ config: { grace_window_s: 60 } });
  rui = await world.user("rui");
  created = await rui.post("/api/v1/streams", { title: "Roda de samba", category: "samba-pagode", language: "pt-BR" });
});
after(() => world?.stop());

const beat = (id, session, playhead) => rui.raw("POST", `/api/v1/streams/${id}/heartbeat`, { session_id: session, playhead_s: playhead, stalls: 0, stalled_ms: 0, is_playing: true, is_visible: true }, { Cookie: "" });

test("accounts, the stream, its counts and its address survive kill -9", async () => {
  const { id } = created.stream;
  const encoder = world.publish(created.publish.obs_key);
  await world.live(id);
  for (const viewer of ["a", "b", "c"]) {
    await beat(id, `sessao-de-teste-000${viewer}`, 1);
    await beat(id, `sessao-de-teste-000${viewer}`, 4);
  }
  await until("three viewers", async () => (await world.stream(id)).viewer_count === 3);
  const before = await world.playlist(id);

  await world.server.stop("SIGKILL");
  await encoder.ended;
  await world.startServer();

  const stream = await world.stream(id);
  assert.equal(stream.state, "reconnecting");
  assert.equal(stream.total_viewers, 3);
  assert.equal(stream.peak_viewers, 3);
  assert.equal((await rui.get("/api/v1/account")).username, "rui");

  world.publish(created.publish.obs_key);
  await until("the same stream to be live again", async () => (await world.stream(id)).state === "live");
  await until("parts after the restart", async () => (await world.playlist(id)).includes("#EXT-X-PART:"));
  const sequence = (text) => Number(/#EXT-X-MEDIA-SEQUENCE:(\d+)/.exec(text)[1]);
  assert.ok(sequence(await world.playlist(id)) >= sequence(before), "media sequence numbers never run backwards");

  for (const viewer of ["a", "b", "c"]) await beat(id, `sessao-de-teste-000${viewer}`, 9);
  await until("the viewers to be counted again", async () => (await world.stream(id)).viewer_count === 3);
  assert.equal((await world.stream(id)).total_viewers, 3, "a viewer who comes back is not a new viewer");
});

test("SIGTERM finishes in order", async () => {
  const end = await world.server.stop("SIGTERM");

  assert.equal(end.code, 0);
  assert.match(world.log, /server\.stopped/);
});
