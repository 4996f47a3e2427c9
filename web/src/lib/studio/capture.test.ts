import assert from "node:assert/strict";
import { test } from "node:test";
import { levelOf, problemOf } from "./capture";

const named = (name: string) => Object.assign(new Error(name), { name });

test("what a browser refuses becomes something one can act on", () => {
  assert.equal(problemOf(named("NotAllowedError")), "denied");
  assert.equal(problemOf(named("NotFoundError")), "no_device");
  assert.equal(problemOf(named("NotReadableError")), "busy");
  assert.equal(problemOf(named("Whatever")), "failed");
  assert.equal(problemOf("text"), "failed");
});

test("silence is 0, full scale is 1, and half way is 30 dB under it", () => {
  assert.equal(levelOf(new Float32Array(1024)), 0);
  assert.equal(levelOf(new Float32Array(1024).fill(1)), 1);
  assert.equal(Math.round(levelOf(new Float32Array(1024).fill(10 ** (-30 / 20))) * 100), 50);
});
