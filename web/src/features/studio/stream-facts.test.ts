import assert from "node:assert/strict";
import { test } from "node:test";
import { onAirSeconds, streamAddress } from "./stream-facts";

test("time on air runs from the first picture to the end, or to now", () => {
  const started_at = "2026-11-22T20:00:00Z";
  assert.equal(onAirSeconds({ started_at, ended_at: "2026-11-22T21:30:00Z" }), 5_400);
  assert.equal(onAirSeconds({ started_at, ended_at: null }, Date.parse("2026-11-22T20:00:30Z")), 30);
  assert.equal(onAirSeconds({ started_at: null, ended_at: "2026-11-22T21:30:00Z" }), 0);
});

test("a stream's page remembers whose studio it was opened from", () => {
  assert.equal(streamAddress(7, undefined), "/studio/streams/7");
  assert.equal(streamAddress(7, "ana"), "/studio/streams/7?channel=ana");
});
