// How long to wait before trying again: 1, 2, 4, 8, then 15 seconds, a fifth more or less so that viewers of a server
// that restarts do not come back all at once. A hidden tab asks at most once a minute.
const STEPS_MS = [1_000, 2_000, 4_000, 8_000, 15_000] as const;
const JITTER = 0.2;
const HIDDEN_MS_MIN = 60_000;

export function retryDelayMs(attempt: number, options: { isHidden: boolean; random: number }): number {
  const step = STEPS_MS[Math.min(Math.max(attempt, 0), STEPS_MS.length - 1)] ?? 15_000;
  const jittered = Math.round(step * (1 - JITTER + 2 * JITTER * options.random));
  return options.isHidden ? Math.max(jittered, HIDDEN_MS_MIN) : jittered;
}
