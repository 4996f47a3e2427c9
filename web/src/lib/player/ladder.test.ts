import assert from "node:assert/strict";
import { test } from "node:test";
import { begin, next, type Ladder, type LadderEvent, type Rung } from "./ladder";

const EVERYTHING: ReadonlySet<Rung> = new Set(["whep", "llhls", "hls"]);
const tick = { kind: "tick", isVisible: true } as const;

// A player's life: events at moments, in order.
function after(ladder: Ladder, ...events: [number, LadderEvent][]): Ladder {
  return events.reduce((now, [at_ms, event]) => next(now, event, at_ms), ladder);
}
const watching = (rung: Rung = "whep") => after(begin("ultra", EVERYTHING, 0), [0, { kind: "first_frame", rung: "whep" }],
  ...(rung === "whep" ? [] : [[1, { kind: "failed", rung: "whep" }], [2, { kind: "first_frame", rung }]] as [number, LadderEvent][]));

test("a mode says where to begin", () => {
  assert.equal(begin("ultra", EVERYTHING, 0).trying?.rung, "whep");
  assert.equal(begin("low", EVERYTHING, 0).trying?.rung, "llhls");
  assert.equal(begin("stable", EVERYTHING, 0).trying?.rung, "hls");
});

test("what a browser cannot do is never tried", () => {
  const ladder = begin("ultra", new Set<Rung>(["hls"]), 0);
  assert.deepEqual(ladder.rungs, ["hls"]);
  assert.deepEqual(begin("low", new Set<Rung>(["whep"]), 0).rungs, ["hls"]);
});

test("three seconds without a picture by WHEP, and LL-HLS is opened", () => {
  const ladder = begin("ultra", EVERYTHING, 1_000);
  assert.equal(next(ladder, tick, 3_999).trying?.rung, "whep");
  assert.deepEqual(next(ladder, tick, 4_000).trying, { rung: "llhls", since_ms: 4_000 });
});

test("a broadcaster who is away costs a rung nothing", () => {
  const ladder = after(begin("ultra", EVERYTHING, 0), [100, { kind: "held", isHeld: true }], [60_000, tick], [60_001, { kind: "froze" }]);
  assert.equal(ladder.trying?.rung, "whep");
  const back = after(ladder, [70_000, { kind: "held", isHeld: false }], [72_999, tick]);
  assert.equal(back.trying?.rung, "whep");
  assert.equal(next(back, tick, 73_000).trying?.rung, "llhls");
});

test("loss over a twentieth for ten seconds is too much; a calm second in between starts the count anew", () => {
  const lossy = { kind: "sample", loss: 0.06 } as const, calm = { kind: "sample", loss: 0.05 } as const;
  assert.equal(after(watching(), [1_000, lossy], [10_999, lossy]).playing, "whep");
  assert.equal(after(watching(), [1_000, lossy], [11_000, lossy]).trying?.rung, "llhls");
  assert.equal(after(watching(), [1_000, lossy], [9_000, calm], [11_000, lossy], [20_000, lossy]).playing, "whep");
});

test("two freezes in half a minute are too many, one now and then is not", () => {
  const froze = { kind: "froze" } as const;
  assert.equal(after(watching(), [1_000, froze], [30_999, froze]).trying?.rung, "llhls");
  assert.equal(after(watching(), [1_000, froze], [31_000, froze]).playing, "whep");
});

test("the last rung is never left: there is nothing under it", () => {
  const ladder = after(begin("stable", EVERYTHING, 0), [5, { kind: "first_frame", rung: "hls" }], [10, { kind: "froze" }], [20, { kind: "froze" }]);
  assert.equal(ladder.playing, "hls");
  assert.equal(after(ladder, [30, { kind: "failed", rung: "hls" }]).trying?.rung, "hls");
});

test("a rung that failed is looked at again after its rest, beside the picture that plays", () => {
  const ladder = watching("llhls");
  assert.equal(next(ladder, tick, 30_000).trying, null);
  const looking = next(ladder, tick, 30_001);
  assert.deepEqual([looking.playing, looking.trying?.rung], ["llhls", "whep"]);
  assert.equal(next(looking, { kind: "first_frame", rung: "whep" }, 31_000).playing, "whep");
  assert.deepEqual([next(looking, tick, 33_001).playing, next(looking, tick, 33_001).trying], ["llhls", null]);
});

test("rests grow, so a player never swings to and fro", () => {
  let ladder = watching("llhls"), now_ms = 2, looks: number[] = [];
  while (now_ms < 2 * 3_600_000) {
    now_ms += 1_000;
    const before = ladder.trying;
    ladder = next(ladder, tick, now_ms);
    if (ladder.trying && !before) looks.push(now_ms);
  }
  const gaps = looks.slice(1).map((at_ms, index) => at_ms - (looks[index] ?? 0));
  assert.ok(looks.length >= 4 && looks.length <= 7, `${looks.length} looks in two hours`);
  assert.ok(gaps.every((gap, index) => index === 0 || gap >= (gaps[index - 1] ?? 0)), gaps.join(" "));
  assert.equal(ladder.playing, "llhls");
});

test("nobody looks upwards in a hidden tab", () => {
  assert.equal(next(watching("llhls"), { kind: "tick", isVisible: false }, 60_000).trying, null);
});

test("five minutes in peace and the past is forgiven", () => {
  const failedOnce = after(watching("llhls"), [30_001, tick], [30_500, { kind: "first_frame", rung: "whep" }]);
  assert.equal(failedOnce.rests.whep?.failures, 1);
  assert.equal(next(failedOnce, tick, 330_500).rests.whep, undefined);
});

test("a refusal with a time is a short wait, but not for ever", () => {
  let ladder = begin("ultra", EVERYTHING, 0), now_ms = 0;
  const waits: number[] = [];
  for (let n = 0; n < 7; n++) {
    ladder = next(ladder, { kind: "failed", rung: "whep", retryAfter_ms: 3_000 }, now_ms);
    if (ladder.trying?.rung === "llhls") ladder = next(ladder, { kind: "first_frame", rung: "llhls" }, now_ms);
    waits.push((ladder.rests.whep?.until_ms ?? 0) - now_ms);
    now_ms = (ladder.rests.whep?.until_ms ?? 0) + 2_000;
    ladder = next(ladder, tick, now_ms);
    assert.equal(ladder.trying?.rung, "whep");
  }
  assert.deepEqual(waits, [3_000, 3_000, 3_000, 3_000, 3_000, 30_000, 120_000]);
});

test("a final refusal is not asked again", () => {
  const ladder = after(begin("ultra", EVERYTHING, 0), [10, { kind: "failed", rung: "whep", isFinal: true }], [20, { kind: "first_frame", rung: "llhls" }]);
  assert.equal(next(ladder, tick, 1e9).trying, null);
});

test("late news of a rung that is no longer in use changes nothing", () => {
  const ladder = watching();
  assert.equal(next(ladder, { kind: "failed", rung: "hls" }, 10), ladder);
  assert.equal(next(ladder, { kind: "first_frame", rung: "llhls" }, 10), ladder);
});
