import type { Rung } from "./ladder";

// One way of getting pictures into the <video>. The engine makes it, listens to it, and takes it down; it never touches
// volume, buttons or words.
export type SourceEvents = {
  onFirstFrame: () => void;
  onFailed: (failure: { retryAfter_ms?: number | null; isFinal?: boolean }) => void;   // Cannot go on by itself.
  onLost: (isMissing?: boolean) => void;                      // Should be tried again after a pause. Missing: the server has no such thing.
  onBuffered: () => void;                                     // New media came: whatever was wrong is over.
  onSample: (loss: number) => void;
  onFroze: () => void;                                        // Through the network's fault, for too long.
  onStill: (isStill: boolean) => void;                        // Where the <video> itself does not tell.
  onLevels: (levels: Level[], level?: number) => void;
  onCaptions: () => void;                                     // The pictures carry some.
};

export type Level = { index: number; height: number; frameRate: number; bitrate: number };
export type SourceStats = {
  protocol: Rung; player: "webrtc" | "hls.js" | "native"; frameRate: number; codecs: string;
  bandwidth_bps: number | null; latency_s: number | null; dropped_frames: number | null;
  rtt_s: number | null; loss: number | null; jitter_s: number | null; buffer_s: number | null;
};

export interface Source {
  attach(): void;                     // Into the <video>. Sources that need no rehearsal do it when they are made.
  canResume(): boolean;               // A retry may go on where this one stands, instead of starting afresh.
  resume(): void;
  setRung(rung: Rung): boolean;       // True when the same pipeline can serve that rung.
  chooseLevel(index: number): void;
  showCaptions(isOn: boolean): void;
  liveEdge(): number;                 // NaN where there is no timeline.
  stats(): SourceStats;
  destroy(): void;
}
