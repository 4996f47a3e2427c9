import assert from "node:assert/strict";
import { test } from "node:test";
import type { Heartbeat, HeartbeatAnswer } from "../api/types";
import { HeartbeatSender, newSessionId, TabSession, type Playback } from "./heartbeat";

const ANSWER: HeartbeatAnswer = { state: "live", viewer_count: 3, title: "Fado", category: "fado", grace_ends_at: null, next_heartbeat_s: 10 };
const PLAYBACK: Playback = { playhead_s: 12.5, is_playing: true, is_visible: true, stalls: 1, stalled_ms: 820.4, protocol: "llhls", height: 720, latency_ms: 2100.7 };

// A world with a clock one can push and a server one can break.
function world(answers: (HeartbeatAnswer | null)[] = []) {
  const sent: { heartbeat: Heartbeat; keepalive: boolean }[] = [], heard: HeartbeatAnswer[] = [];
  let pending: { delay_ms: number; run: () => void } | null = null;
  const playback = { ...PLAYBACK };
  const sender = new HeartbeatSender("s".repeat(24), {
    send: async (heartbeat, { keepalive }) => { sent.push({ heartbeat, keepalive }); return answers.length > 0 ? answers.shift()! : ANSWER; },
    playback: () => playback,
    later: (delay_ms, run) => { const mine = { delay_ms, run }; pending = mine; return () => { if (pending === mine) pending = null; }; },
    onAnswer: (answer) => heard.push(answer),
  });
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return {
    sender, sent, heard, playback, settle,
    get wait_ms() { return pending?.delay_ms ?? null; },
    async pass() { const due = pending; pending = null; due?.run(); await settle(); },
  };
}

test("the first heartbeat goes out when playing starts, once however often it starts", async () => {
  const w = world();
  w.sender.start();
  w.sender.start();
  await w.settle();
  assert.equal(w.sent.length, 1);
  assert.equal(w.sent[0]?.keepalive, false);
});

test("the answer decides when the next one goes", async () => {
  const w = world([{ ...ANSWER, next_heartbeat_s: 7 }]);
  w.sender.start();
  await w.settle();
  assert.equal(w.wait_ms, 7_000);
  await w.pass();
  assert.equal(w.sent.length, 2);
});

test("a confused answer cannot make a player hammer or fall silent", async () => {
  for (const [asked, waited] of [[0, 2_000], [-5, 2_000], [100_000, 120_000]] as const) {
    const w = world([{ ...ANSWER, next_heartbeat_s: asked }]);
    w.sender.start();
    await w.settle();
    assert.equal(w.wait_ms, waited);
  }
});

test("a server that does not answer is asked again at the same pace", async () => {
  const w = world([{ ...ANSWER, next_heartbeat_s: 9 }, null]);
  w.sender.start();
  await w.settle();
  await w.pass();
  assert.equal(w.wait_ms, 9_000);
  assert.equal(w.heard.length, 1);
});

test("leaving is said once, in a request that outlives the page, and nothing follows", async () => {
  const w = world();
  w.sender.start();
  await w.settle();
  w.sender.leave();
  w.sender.leave();
  await w.settle();
  assert.equal(w.sent.length, 2);
  assert.deepEqual([w.sent[1]?.heartbeat.is_leaving, w.sent[1]?.keepalive], [true, true]);
  assert.equal(w.wait_ms, null);
});

test("somebody who never played leaves without a word", async () => {
  const w = world();
  w.sender.leave();
  await w.settle();
  assert.equal(w.sent.length, 0);
});

test("a page that comes back from the back button beats again", async () => {
  const w = world();
  w.sender.start();
  await w.settle();
  w.sender.leave();
  w.sender.start();
  await w.settle();
  assert.equal(w.sent.length, 3);
  assert.equal(w.sent[2]?.heartbeat.is_leaving, undefined);
});

test("an answer that comes after leaving changes nothing", async () => {
  const w = world();
  w.sender.start();
  w.sender.leave();
  await w.settle();
  assert.equal(w.heard.length, 0);
  assert.equal(w.wait_ms, null);
});

test("an ended stream is told to the page and not asked about again", async () => {
  const w = world([{ ...ANSWER, state: "ended" }]);
  w.sender.start();
  await w.settle();
  assert.equal(w.heard[0]?.state, "ended");
  assert.equal(w.wait_ms, null);
});

test("numbers fit the contract: whole milliseconds, no negative playhead, no NaN", async () => {
  const w = world();
  Object.assign(w.playback, { playhead_s: NaN, latency_ms: -3, height: 0 });
  w.sender.start();
  await w.settle();
  const { heartbeat } = w.sent[0]!;
  assert.equal(heartbeat.playhead_s, 0);
  assert.equal(heartbeat.stalled_ms, 820);
  assert.equal(heartbeat.latency_ms, 0);
  assert.equal("height" in heartbeat, false);
});

test("session ids fit the contract and do not repeat", () => {
  const ids = new Set(Array.from({ length: 200 }, () => newSessionId()));
  assert.equal(ids.size, 200);
  for (const id of ids) assert.match(id, /^[A-Za-z0-9_-]{16,64}$/);
});

function tab(kept = new Map<string, string>()) {
  return {
    kept, getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => { kept.set(key, value); },
    removeItem: (key: string) => { kept.delete(key); },
  };
}

test("a reload continues the session, each stream has its own", () => {
  const storage = tab(), first = new TabSession(7, storage), id = first.take();
  first.putBack();
  assert.equal(new TabSession(7, storage).take(), id);
  assert.notEqual(new TabSession(8, storage).take(), id);
});

test("a duplicated tab is another viewer, whichever of the two is reloaded", () => {
  const storage = tab(), first = new TabSession(7, storage), id = first.take();
  const copy = tab(new Map(storage.kept)), second = new TabSession(7, copy), other = second.take();
  assert.notEqual(other, id);
  first.putBack();
  second.putBack();
  assert.equal(new TabSession(7, storage).take(), id);
  assert.equal(new TabSession(7, copy).take(), other);
});

test("a page that comes back from the browser's memory is the viewer it was", () => {
  const storage = tab(), session = new TabSession(7, storage), id = session.take();
  session.putBack();
  assert.equal(session.take(), id);
  assert.equal(storage.kept.size, 0);
});

test("a store that refuses, or holds something else, still gives a session", () => {
  const refuse = () => { throw new Error("refused"); };
  const session = new TabSession(7, { getItem: refuse, setItem: refuse, removeItem: refuse });
  assert.match(session.take(), /^[A-Za-z0-9_-]{16,64}$/);
  assert.equal(session.take(), session.take());
  session.putBack();
  assert.match(new TabSession(9, tab(new Map([["luso.session.9", "bad id"]]))).take(), /^[A-Za-z0-9_-]{16,64}$/);
});
