import assert from "node:assert/strict";
import { test } from "node:test";
import { retryDelayMs } from "./backoff";

const visible = { isHidden: false, random: 0.5 };

test("waits 1, 2, 4, 8 and then 15 seconds for ever", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 50].map((attempt) => retryDelayMs(attempt, visible)), [1000, 2000, 4000, 8000, 15000, 15000, 15000]);
});

test("jitter moves a wait by a fifth at most, both ways", () => {
  assert.equal(retryDelayMs(2, { isHidden: false, random: 0 }), 3200);
  assert.equal(retryDelayMs(2, { isHidden: false, random: 1 }), 4800);
});

test("a hidden tab asks at most once a minute", () => {
  assert.equal(retryDelayMs(0, { isHidden: true, random: 0 }), 60_000);
});

test("an attempt below zero is the first", () => {
  assert.equal(retryDelayMs(-3, visible), 1000);
});
