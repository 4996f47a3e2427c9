import assert from "node:assert/strict";
import { test } from "node:test";
import { adviceFor, ENCODER_LADDER, encoderAdviceFor, encodingsFor, measureUpload } from "./upload";

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

test("an encoder is told what seven tenths of the upload carry, inside the range of its size", () => {
  assert.deepEqual([1_000, 1_200, 2_499, 2_500, 4_500, 8_000].map((kbps) => encoderAdviceFor(kbps).name), ["small", "medium", "medium", "hd", "full", "best"]);
  assert.equal(encoderAdviceFor(3_500).video_kbps, 2_300);
  assert.equal(encoderAdviceFor(100_000).video_kbps, 6_000);
  assert.equal(encoderAdviceFor(300).video_kbps, 600);
  for (const row of ENCODER_LADDER) assert.ok(row.video_kbps_min <= row.video_kbps_max);
});

test("two sizes are sent where the picture is large and the machine can, else one", () => {
  const { quality } = adviceFor(8_000_000);
  assert.deepEqual(encodingsFor(quality, { height: 1080, cores: 8 }).map(({ rid, scaleResolutionDownBy }) => [rid, scaleResolutionDownBy]), [["h", undefined], ["l", 2]]);
  assert.equal(encodingsFor(quality, { height: 480, cores: 8 }).length, 1);
  assert.equal(encodingsFor(quality, { height: 1080, cores: 2 }).length, 1);
  assert.equal(encodingsFor(quality, { cores: 8 }).length, 1);
});

test("both sizes together stay inside what the measured upload leaves", () => {
  for (const upload_bps of [5_000_000, 8_000_000, 20_000_000]) {
    const { quality } = adviceFor(upload_bps);
    const sent_bps = encodingsFor(quality, { height: quality.height, cores: 8 }).reduce((sum, { maxBitrate = 0 }) => sum + maxBitrate, 128_000);
    assert.ok(sent_bps <= upload_bps * 0.8, `${sent_bps} of ${upload_bps}`);
  }
});
