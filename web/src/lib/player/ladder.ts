// Which way a stream comes to the viewer, decided without touching network, clock or page. The best rung is tried first; one
// that fails rests, longer each time, while the picture comes by the next one: a player never swings to and fro.

export type Rung = "whep" | "llhls" | "hls";
export type Mode = "ultra" | "low" | "stable";
export const MODES: readonly Mode[] = ["ultra", "low", "stable"];

export type Ladder = Readonly<{
  mode: Mode;
  rungs: readonly Rung[];                                       // Best first; never empty.
  playing: Rung | null;                                         // Where the picture comes from.
  trying: Readonly<{ rung: Rung; since_ms: number }> | null;    // What is being opened, beside or instead of it.
  rests: Readonly<Partial<Record<Rung, Rest>>>;
  playingSince_ms: number;
  lossySince_ms: number | null;
  freezes_ms: readonly number[];                                // When the picture stood still, of late.
  isHeld: boolean;                                              // The broadcaster is away: nothing is the rungs' fault.
}>;
type Rest = Readonly<{ failures: number; refusals: number; until_ms: number }>;

export type LadderEvent =
  | { kind: "first_frame"; rung: Rung }
  | { kind: "failed"; rung: Rung; retryAfter_ms?: number | null; isFinal?: boolean }
  | { kind: "sample"; loss: number }      // The share of packets lost since the last one, of what is playing.
  | { kind: "froze" }
  | { kind: "held"; isHeld: boolean }
  | { kind: "tick"; isVisible: boolean };

export const FIRST_FRAME_MS: Readonly<Record<Rung, number>> = { whep: 3_000, llhls: 10_000, hls: Infinity };
export const LOSS_MAX = 0.05, LOSSY_MS_MAX = 10_000;
export const FREEZES_MAX = 2, FREEZES_WITHIN_MS = 30_000;
const REST_MS = [30_000, 120_000, 600_000, 1_800_000] as const;
const REFUSAL_MS_MIN = 2_000, REFUSAL_MS_MAX = 30_000;
const REFUSALS_MAX = 5;               // "Come back in three seconds", this often, is no longer only a matter of waiting.
const STEADY_MS = 300_000;            // A rung that held for so long is forgiven what came before.
const SETTLE_MS = 2_000;              // A picture that has just come is left alone for a moment.

const RUNGS: Readonly<Record<Mode, readonly Rung[]>> = { ultra: ["whep", "llhls", "hls"], low: ["llhls", "hls"], stable: ["hls"] };

// `can`: what this browser and this stream offer at all. HLS is what is left when nothing else is.
export function begin(mode: Mode, can: ReadonlySet<Rung>, now_ms: number): Ladder {
  const wanted = RUNGS[mode].filter((rung) => can.has(rung));
  const rungs: readonly Rung[] = wanted.length > 0 ? wanted : ["hls"];
  return {
    mode, rungs, playing: null, trying: { rung: rungs[0] ?? "hls", since_ms: now_ms }, rests: {}, playingSince_ms: now_ms,
    lossySince_ms: null, freezes_ms: [], isHeld: false,
  };
}

export function next(ladder: Ladder, event: LadderEvent, now_ms: number): Ladder {
  switch (event.kind) {
    case "first_frame": return arrived(ladder, event.rung, now_ms);
    case "failed": return failed(ladder, event, now_ms);
    case "sample": return sampled(ladder, event.loss, now_ms);
    case "froze": return froze(ladder, now_ms);
    case "held": return held(ladder, event.isHeld, now_ms);
    case "tick": return ticked(ladder, event.isVisible, now_ms);
  }
}

function arrived(ladder: Ladder, rung: Rung, now_ms: number): Ladder {
  if (ladder.trying?.rung !== rung) return ladder;
  return { ...ladder, playing: rung, trying: null, playingSince_ms: now_ms, lossySince_ms: null, freezes_ms: [] };
}

function failed(ladder: Ladder, event: { rung: Rung; retryAfter_ms?: number | null; isFinal?: boolean }, now_ms: number): Ladder {
  const { rung } = event, isTrying = ladder.trying?.rung === rung, isPlaying = ladder.playing === rung;
  if (!isTrying && !isPlaying) return ladder;
  const rests = { ...ladder.rests, [rung]: restFor(ladder.rests[rung], event, now_ms) };
  if (isTrying && ladder.playing !== null && !isPlaying) return { ...ladder, trying: null, rests };   // It was only a look upwards.
  const below = awake({ ...ladder, rests }, now_ms).find((other) => other !== rung) ?? ladder.rungs.at(-1) ?? rung;
  return { ...ladder, playing: null, trying: { rung: below, since_ms: now_ms }, rests, lossySince_ms: null, freezes_ms: [] };
}

function restFor(before: Rest | undefined, event: { retryAfter_ms?: number | null; isFinal?: boolean }, now_ms: number): Rest {
  const { failures, refusals } = before ?? { failures: 0, refusals: 0 };
  if (event.isFinal) return { failures, refusals, until_ms: Infinity };
  if (event.retryAfter_ms != null && refusals < REFUSALS_MAX) {
    const wait_ms = Math.min(Math.max(event.retryAfter_ms, REFUSAL_MS_MIN), REFUSAL_MS_MAX);
    return { failures, refusals: refusals + 1, until_ms: now_ms + wait_ms };
  }
  const rest_ms = REST_MS[Math.min(failures, REST_MS.length - 1)] ?? Infinity;
  return { failures: failures + 1, refusals, until_ms: now_ms + rest_ms };
}

// Rungs that may be tried now, best first. The last one never rests: there is nothing under it.
function awake(ladder: Ladder, now_ms: number): Rung[] {
  return ladder.rungs.filter((rung, index) => index === ladder.rungs.length - 1 || (ladder.rests[rung]?.until_ms ?? 0) <= now_ms);
}

function sampled(ladder: Ladder, loss: number, now_ms: number): Ladder {
  if (ladder.playing === null || ladder.isHeld) return ladder;
  if (loss <= LOSS_MAX) return ladder.lossySince_ms === null ? ladder : { ...ladder, lossySince_ms: null };
  const lossySince_ms = ladder.lossySince_ms ?? now_ms;
  if (now_ms - lossySince_ms >= LOSSY_MS_MAX) return failed(ladder, { rung: ladder.playing }, now_ms);
  return { ...ladder, lossySince_ms };
}

function froze(ladder: Ladder, now_ms: number): Ladder {
  if (ladder.playing === null || ladder.isHeld || ladder.playing === ladder.rungs.at(-1)) return ladder;
  const freezes_ms = [...ladder.freezes_ms.filter((at_ms) => now_ms - at_ms < FREEZES_WITHIN_MS), now_ms];
  if (freezes_ms.length >= FREEZES_MAX) return failed(ladder, { rung: ladder.playing }, now_ms);
  return { ...ladder, freezes_ms };
}

function held(ladder: Ladder, isHeld: boolean, now_ms: number): Ladder {
  if (isHeld === ladder.isHeld) return ladder;
  const trying = ladder.trying && { ...ladder.trying, since_ms: now_ms };   // Waiting for the broadcaster was not its time.
  return { ...ladder, isHeld, trying, lossySince_ms: null };
}

function ticked(ladder: Ladder, isVisible: boolean, now_ms: number): Ladder {
  if (ladder.isHeld) return ladder;
  const { trying, playing } = ladder;
  if (trying) return now_ms - trying.since_ms >= FIRST_FRAME_MS[trying.rung] ? failed(ladder, { rung: trying.rung }, now_ms) : ladder;
  if (playing === null) return ladder;
  const steady = forgiven(ladder, playing, now_ms);
  const best = awake(steady, now_ms)[0];
  const isBetter = best !== undefined && steady.rungs.indexOf(best) < steady.rungs.indexOf(playing);
  if (!isBetter || !isVisible || now_ms - steady.playingSince_ms < SETTLE_MS) return steady;
  return { ...steady, trying: { rung: best, since_ms: now_ms } };
}

function forgiven(ladder: Ladder, rung: Rung, now_ms: number): Ladder {
  if (!ladder.rests[rung] || now_ms - ladder.playingSince_ms < STEADY_MS) return ladder;
  const { [rung]: _, ...rests } = ladder.rests;
  return { ...ladder, rests };
}
