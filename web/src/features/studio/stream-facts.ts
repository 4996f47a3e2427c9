import type { Stream } from "@/lib/api/types";

export function streamAddress(id: number, channel: string | undefined): string {
  return channel ? `/studio/streams/${id}?channel=${encodeURIComponent(channel)}` : `/studio/streams/${id}`;
}

// From the first picture to the end, or to now; 0 for one that never began.
export function onAirSeconds({ started_at, ended_at }: Pick<Stream, "started_at" | "ended_at">, now_ms: number = Date.now()): number {
  if (!started_at) return 0;
  return Math.max(0, ((ended_at ? Date.parse(ended_at) : now_ms) - Date.parse(started_at)) / 1000);
}
