// Every way a publish can be refused: the encoder is told, a line is logged, a counter moves.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { World, until } from "../lib/world.mjs";

let world, eva, admin;
before(async () => {
  world = await World.start();
  eva = await world.user("eva");
  admin = await world.user("chefe", "admin");
});
after(() => world?.stop());

const make = (api) => api.post("/api/v1/streams", { title: "Teste", category: "conversa", language: "pt-PT" });

// Publishes, expects to be refused for `reason`, and that all three see it.
async function refused(key, reason, town = world) {
  const before = await town.metric(`luso_media_publish_refused_total{reason="${reason}"}`);
  const encoder = town.publish(key);
  const { code } = await encoder.ended;
  assert.notEqual(code, 0);
  assert.match(readFileSync(encoder.logFile, "utf8"), new RegExp(`Server error: ${reason.replace(".", "\\.")}`));
  assert.equal(await town.metric(`luso_media_publish_refused_total{reason="${reason}"}`), before + 1);
  assert.match(town.log, new RegExp(`rtmp\\.refused .*reason="${reason.replace(".", "\\.")}"`));
  assert.doesNotMatch(town.log, new RegExp(key.split("?")[0].slice(4)), "stream keys never reach the log");
}

test("an unknown key", () => refused("chave_que_ninguem_deu?token=a.b.c", "live.bad_key"));

test("a key without its token", async () => {
  const { publish } = await make(eva);
  await refused(publish.stream_key, "live.bad_token");
});

test("a forged token, and one that says it needs no signature", async () => {
  const { publish } = await eva.get("/api/v1/streams/mine").then((list) => eva.get(`/api/v1/streams/${list.items[0].id}/key`)).then((publish) => ({ publish }));
  const [head, body, signature] = publish.token.split(".");
  const flipped = signature.startsWith("A") ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
  await refused(`${publish.stream_key}?token=${head}.${body}.${flipped}`, "live.bad_token");
  const none = Buffer.from(JSON.stringify({ alg: "none", typ: "JWT" })).toString("base64url");
  await refused(`${publish.stream_key}?token=${none}.${body}.`, "live.bad_token");
});

test("a token of another stream", async () => {
  const [first, second] = [await make(eva), await make(eva)];
  await refused(`${first.publish.stream_key}?token=${second.publish.token}`, "live.bad_token");
});

test("an expired token", async () => {
  const hasty = await World.start({ config: { stream_token_ttl_s: 1 } });
  try {
    const { publish } = await make(await hasty.user("eva"));
    await until("the token to expire", () => Date.parse(publish.expires_at) + 1500 < Date.now());
    await refused(publish.obs_key, "live.expired", hasty);
  } finally {
    await hasty.stop();
  }
});

test("a revoked key, at once also for who publishes with it", async () => {
  const lia = await world.user("lia");
  const { stream, publish } = await make(lia);
  const encoder = world.publish(publish.obs_key);
  await world.live(stream.id);

  await lia.delete(`/api/v1/streams/${stream.id}/key`);

  await encoder.ended;
  await refused(publish.obs_key, "live.revoked");
});

test("a rotated key ends the running publisher and the new one works", async () => {
  const gil = await world.user("gil");
  const { stream, publish } = await make(gil);
  const encoder = world.publish(publish.obs_key);
  await world.live(stream.id);

  const rotated = await gil.post(`/api/v1/streams/${stream.id}/key`);

  await encoder.ended;
  assert.notEqual(rotated.stream_key, publish.stream_key);
  world.publish(rotated.obs_key);
  await until("the stream to be live with the new key", async () => (await world.stream(stream.id)).state === "live");
});

test("a banned creator, at once also while live", async () => {
  const mau = await world.user("mau");
  const { stream, publish } = await make(mau);
  const encoder = world.publish(publish.obs_key);
  await world.live(stream.id);

  await admin.put("/api/v1/users/mau/ban", { reason: "retransmissão de um jogo protegido" });

  await encoder.ended;
  assert.equal((await world.stream(stream.id)).is_live, false);
  const again = world.publish(publish.obs_key);
  assert.notEqual((await again.ended).code, 0);
  await assert.rejects(mau.get("/api/v1/account"), { status: 401 });
});

test("a stream that has ended", async () => {
  const ivo = await world.user("ivo");
  const { stream, publish } = await make(ivo);
  await ivo.post(`/api/v1/streams/${stream.id}/end`);
  await refused(publish.obs_key, "live.ended");
});

test("one encoder more than the server may carry", async () => {
  const small = await World.start({ config: { publishers_max: 1 } });
  try {
    const [first, second] = [await make(await small.user("primeira")), await make(await small.user("segunda"))];
    small.publish(first.publish.obs_key);
    await small.live(first.stream.id);
    await refused(second.publish.obs_key, "media.full", small);
  } finally {
    await small.stop();
  }
});

test("the sixth stream of a day, with the time it frees", async () => {
  const zeca = await world.user("zeca");
  for (let i = 0; i < 5; ++i) await make(zeca);

  const sixth = await zeca.raw("POST", "/api/v1/streams", { title: "Seis", category: "conversa", language: "pt-PT" });

  assert.equal(sixth.status, 429);
  assert.equal(sixth.body.error.reason, "live.daily_limit");
  const wait = Number(sixth.headers.get("retry-after"));
  assert.ok(wait > 23 * 3600 && wait <= 24 * 3600, `Retry-After ${wait}`);
});
