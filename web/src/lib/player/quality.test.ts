import assert from "node:assert/strict";
import { test } from "node:test";
import { levelFor, levelName, qualityFrom, qualityKey } from "./quality";

const levels = [
  { index: 0, height: 360, frameRate: 30, bitrate: 600_000 },
  { index: 1, height: 720, frameRate: 30, bitrate: 2_000_000 },
  { index: 2, height: 720, frameRate: 60, bitrate: 3_000_000 },
  { index: 3, height: 1080, frameRate: 60, bitrate: 6_000_000 },
];

test("a level is called by its height, and by its rate when that is high", () => {
  assert.deepEqual(levels.map(levelName), ["360p", "720p", "720p60", "1080p60"]);
});

test("a choice finds its level, or the next one below", () => {
  assert.equal(levelFor("720p60", levels), 2);
  assert.equal(levelFor("720p", levels), 1);
  assert.equal(levelFor("480p", levels), 0);
  assert.equal(levelFor("1440p60", levels), 3);
  assert.equal(levelFor("160p", levels), 0);
});

test("saving data is the lightest level, and one level alone leaves nothing to choose", () => {
  assert.equal(levelFor("saver", [...levels].reverse()), 0);
  assert.equal(levelFor("saver", levels.slice(0, 1)), -1);
  assert.equal(levelFor("auto", levels), -1);
  assert.equal(levelFor("audio", levels), -1);
});

test("what was kept is read back, and nonsense is automatic", () => {
  for (const kept of ["saver", "audio", "720p60", "360p"]) assert.equal(qualityFrom(kept), kept);
  for (const kept of [null, "", "4k", "p60", "720p60; x", "-1"]) assert.equal(qualityFrom(kept), "auto");
});

test("each kind of network has its own choice", () => {
  assert.notEqual(qualityKey({ connection: { type: "wifi" } }), qualityKey({ connection: { type: "cellular" } }));
  assert.equal(qualityKey({}), "luso.quality.any");
});
