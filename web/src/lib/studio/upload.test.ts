import assert from "node:assert/strict";
import { test } from "node:test";
import { adviceFor, measureUpload } from "./upload";

test("what is advised leaves room: six tenths of the measured upload carry picture and sound", () => {
  assert.equal(adviceFor(8_000_000).quality.height, 1080);
  assert.equal(adviceFor(7_000_000).quality.height, 720);
  assert.equal(adviceFor(4_000_000).verdict, "weak");
  assert.equal(adviceFor(1_000_000).quality.height, 360);
});

test("even next to nothing gets an answer", () => {
  assert.deepEqual(adviceFor(10_000), { verdict: "poor", quality: { height: 360, frameRate: 24, video_bps: 500_000 } });
});

test("a first send that was too quick is followed by a larger one", async () => {
  let clock_ms = 0;
  const sizes: number[] = [];
  const upload_bps = await measureUpload(async (body) => { sizes.push(body.size); clock_ms += body.size / 1_000; return true; }, () => clock_ms);
  assert.deepEqual(sizes, [131_072, 524_288]);
  assert.equal(upload_bps, 8_000_000);
});

test("a send that fails measures nothing", async () => {
  assert.equal(await measureUpload(async () => false, () => 0), null);
  assert.equal(await measureUpload(async () => { throw new Error("offline"); }, () => 0), null);
});
