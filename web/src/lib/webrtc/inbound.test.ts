import assert from "node:assert/strict";
import { test } from "node:test";
import { InboundMeter, readingOf, type Reading } from "./inbound";

const nothing: Reading = {
  at_ms: 0, isConnected: true, packets: 0, lost: 0, bytes: 0, frames: 0, dropped: 0, frameRate: 0, width: 0, height: 0,
  jitter_s: 0, rtt_s: null, bufferDelay_s: null, codecs: "", latency_s: null,
};
const at = (at_ms: number, packets: number, frames: number, lost = 0): Reading => ({ ...nothing, at_ms, packets, frames, lost, bytes: packets * 1_000 });

test("loss is a share of what should have come since the last reading", () => {
  const meter = new InboundMeter();
  meter.take(at(0, 1_000, 30, 50));
  assert.equal(meter.take(at(1_000, 1_090, 60, 60)).loss, 0.1);
  assert.equal(meter.take(at(2_000, 1_290, 90, 60)).loss, 0);
});

test("a handful of packets says nothing about loss", () => {
  const meter = new InboundMeter();
  meter.take(at(0, 100, 1));
  assert.equal(meter.take(at(1_000, 105, 2, 5)).loss, 0);
});

test("a picture that stands still while packets come is a freeze, told once, and again only after it moved", () => {
  const meter = new InboundMeter();
  meter.take(at(0, 100, 30));
  assert.equal(meter.take(at(499, 150, 30)).froze, false);
  assert.equal(meter.take(at(500, 200, 30)).froze, true);
  assert.equal(meter.take(at(1_000, 250, 30)).froze, false);
  meter.take(at(1_250, 300, 31));
  assert.equal(meter.take(at(1_800, 350, 31)).froze, true);
});

test("when nothing comes at all it is silence, not a freeze", () => {
  const meter = new InboundMeter();
  meter.take(at(0, 100, 30));
  const { froze, silent_ms } = meter.take(at(2_500, 100, 30));
  assert.deepEqual([froze, silent_ms], [false, 2_500]);
  assert.equal(meter.take(at(2_600, 110, 31)).silent_ms, 0);
});

const report = (extra: object = {}): [string, unknown][] => Object.entries({
  v: { id: "v", type: "inbound-rtp", kind: "video", packetsReceived: 900, packetsLost: 9, bytesReceived: 9_000, framesDecoded: 60, framesDropped: 2, framesPerSecond: 30, frameWidth: 1280, frameHeight: 720, jitter: 0.004, codecId: "c", jitterBufferDelay: 3, jitterBufferEmittedCount: 60, estimatedPlayoutTimestamp: 2_208_988_800_000 + 1_000_000 },
  a: { id: "a", type: "inbound-rtp", kind: "audio", packetsReceived: 100, packetsLost: 1, bytesReceived: 1_000, codecId: "o" },
  c: { id: "c", type: "codec", mimeType: "video/H264" }, o: { id: "o", type: "codec", mimeType: "audio/opus" },
  s: { id: "s", type: "remote-outbound-rtp", kind: "video", timestamp: 1_000_012.5, remoteTimestamp: 1_000_000 },
  t: { id: "t", type: "transport", selectedCandidatePairId: "p" }, p: { id: "p", type: "candidate-pair", currentRoundTripTime: 0.025 },
  ...extra,
});

test("a browser's report becomes one reading", () => {
  const reading = readingOf(report(), { at_ms: 5, wall_ms: 1_000_120, isConnected: true });
  assert.deepEqual(reading, {
    at_ms: 5, isConnected: true, packets: 1_000, lost: 10, bytes: 10_000, frames: 60, dropped: 2, frameRate: 30, width: 1280, height: 720,
    jitter_s: 0.004, rtt_s: 0.025, bufferDelay_s: 0.05, codecs: "H264, opus", latency_s: 0.12,
  });
});

test("the latency is the server's, whatever our own clock says", () => {
  const sender = (ahead_ms: number) => ({ s: { id: "s", type: "remote-outbound-rtp", kind: "video", timestamp: 1_000_012.5 + ahead_ms, remoteTimestamp: 1_000_000 } });
  for (const ahead_ms of [0, 800, -800, 300_000]) {
    const { latency_s } = readingOf(report(sender(ahead_ms)), { at_ms: 0, wall_ms: 1_000_120 + ahead_ms, isConnected: true });
    assert.equal(latency_s?.toFixed(3), "0.120");
  }
});

test("without a report there is no telling", () => {
  assert.equal(readingOf(report({ s: { id: "s", type: "other" } }), { at_ms: 0, wall_ms: 1_000_120, isConnected: true }).latency_s, null);
});
