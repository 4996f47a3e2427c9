import type { StreamState } from "../api/types";

// What the viewer is shown over the picture, decided from what the engine sees and what the server says.
export type Phase = "loading" | "playing" | "paused" | "stalled" | "recovering" | "unsupported";
export type Scene =
  | "clear" | "spinner" | "reconnecting" | "source_lost" | "ended" | "offline" | "unsupported" | "paused";

export const SPINNER_AFTER_MS = 500;         // A shorter wait is not worth a word.
export const RECONNECTING_AFTER_MS = 4_000;

export function sceneOf(now: {
  phase: Phase; waited_ms: number; streamState: StreamState; isOnline: boolean;
}): Scene {
  const isMoving = now.phase === "playing";
  if (now.phase === "unsupported") return "unsupported";
  if (now.streamState === "ended" && !isMoving) return "ended";
  if (isMoving) return "clear";
  if (now.phase === "paused") return "paused";
  if (!now.isOnline) return "offline";
  if (now.streamState === "reconnecting" && now.waited_ms >= SPINNER_AFTER_MS) return "source_lost";
  if (now.waited_ms >= RECONNECTING_AFTER_MS && now.phase !== "loading") return "reconnecting";
  return now.waited_ms >= SPINNER_AFTER_MS ? "spinner" : "clear";
}

export function countdown(until: string | null, now_ms: number): number | null {
  if (!until) return null;
  const left_s = Math.ceil((Date.parse(until) - now_ms) / 1000);
  return Number.isFinite(left_s) && left_s > 0 ? left_s : null;
}

export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const h = Math.floor(whole / 3600), m = Math.floor((whole % 3600) / 60), s = whole % 60;
  const two = (n: number) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}
