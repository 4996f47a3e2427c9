import assert from "node:assert/strict";
import { test } from "node:test";
import { clockTime, countdown, sceneOf } from "./scene";

const still = { phase: "stalled", waited_ms: 0, streamState: "live", isOnline: true } as const;

test("a short wait shows nothing, half a second a spinner, four seconds words", () => {
  assert.equal(sceneOf({ ...still, waited_ms: 499 }), "clear");
  assert.equal(sceneOf({ ...still, waited_ms: 500 }), "spinner");
  assert.equal(sceneOf({ ...still, waited_ms: 3_999 }), "spinner");
  assert.equal(sceneOf({ ...still, waited_ms: 4_000 }), "reconnecting");
});

test("a moving picture is never covered, even when the source is gone or the stream over", () => {
  for (const streamState of ["live", "reconnecting", "ended"] as const) {
    assert.equal(sceneOf({ ...still, phase: "playing", streamState }), "clear");
  }
});

test("a still picture of a lost source says so, of an ended stream too", () => {
  assert.equal(sceneOf({ ...still, streamState: "reconnecting", waited_ms: 600 }), "source_lost");
  assert.equal(sceneOf({ ...still, streamState: "ended" }), "ended");
});

test("no network is named before the server is blamed", () => {
  assert.equal(sceneOf({ ...still, isOnline: false, waited_ms: 9_000 }), "offline");
});

test("the first load is a spinner however long it takes, a pause is the viewer's own", () => {
  assert.equal(sceneOf({ ...still, phase: "loading", waited_ms: 30_000 }), "spinner");
  assert.equal(sceneOf({ ...still, phase: "paused", waited_ms: 30_000 }), "paused");
});

test("the grace countdown ends at nothing", () => {
  const now = Date.parse("2026-11-22T10:00:00Z");
  assert.equal(countdown("2026-11-22T10:01:30Z", now), 90);
  assert.equal(countdown("2026-11-22T09:59:59Z", now), null);
  assert.equal(countdown(null, now), null);
  assert.equal(countdown("soon", now), null);
});

test("clock times read as clocks", () => {
  assert.deepEqual([0, 42, 90, 3_725, -4].map(clockTime), ["0:00", "0:42", "1:30", "1:02:05", "0:00"]);
});
