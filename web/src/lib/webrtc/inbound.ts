// What a peer connection receives, read from its statistics: pure, from two readings to what happened between them.

export type Reading = {
  at_ms: number;
  isConnected: boolean;
  packets: number; lost: number; bytes: number;
  frames: number; dropped: number; frameRate: number; width: number; height: number;
  jitter_s: number; rtt_s: number | null; bufferDelay_s: number | null;
  codecs: string;
  latency_s: number | null;
};
export type Happened = {
  loss: number;              // Share of the packets that should have come.
  bitrate_bps: number;
  froze: boolean;            // The picture has now stood still for too long, though packets come. Told once.
  still_ms: number;          // How long the picture has not changed.
  silent_ms: number;         // How long nothing has come at all.
};

export const FREEZE_MS = 500;
const LOSS_PACKETS_MIN = 20;   // Fewer say nothing about a share.

export class InboundMeter {
  private last: Reading | null = null;
  private movedAt_ms = 0;
  private heardAt_ms = 0;
  private isFrozen = false;

  take(now: Reading): Happened {
    const last = this.last ?? now, elapsed_ms = now.at_ms - last.at_ms;
    if (!this.last) this.movedAt_ms = this.heardAt_ms = now.at_ms;
    this.last = now;
    const came = now.packets - last.packets, lost = Math.max(0, now.lost - last.lost);
    if (came > 0) this.heardAt_ms = now.at_ms;
    if (now.frames > last.frames) { this.movedAt_ms = now.at_ms; this.isFrozen = false; }
    const silent_ms = now.at_ms - this.heardAt_ms;
    const froze = !this.isFrozen && now.frames > 0 && came > 0 && now.at_ms - this.movedAt_ms >= FREEZE_MS;
    if (froze) this.isFrozen = true;
    return {
      loss: came + lost >= LOSS_PACKETS_MIN ? lost / (came + lost) : 0,
      bitrate_bps: elapsed_ms > 0 ? ((now.bytes - last.bytes) * 8_000) / elapsed_ms : 0,
      froze, still_ms: now.at_ms - this.movedAt_ms, silent_ms,
    };
  }
}

const NTP_TO_UNIX_MS = 2_208_988_800_000;
const LATENCY_S_MAX = 60;   // More is a report that is wrong.
const ROUNDING_S = 0.05;    // Half of a round trip is an estimate too.

type Stat = Record<string, unknown> & { type: string; id: string };

export function readingOf(report: Iterable<[string, unknown]>, now: { at_ms: number; wall_ms: number; isConnected: boolean }): Reading {
  const stats = new Map([...report] as [string, Stat][]);
  const all = [...stats.values()], inbound = all.filter(({ type }) => type === "inbound-rtp");
  const video = inbound.find(({ kind }) => kind === "video"), audio = inbound.find(({ kind }) => kind === "audio");
  const sum = (name: string) => inbound.reduce((total, stat) => total + number(stat[name]), 0);
  const transport = all.find(({ type }) => type === "transport");
  const pair = stats.get(String(transport?.selectedCandidatePairId)) ?? all.find(({ type, nominated }) => type === "candidate-pair" && nominated === true);
  const codecs = [video, audio].map((stat) => String(stats.get(String(stat?.codecId))?.mimeType ?? "").split("/")[1]).filter(Boolean).join(", ");
  const emitted = number(video?.jitterBufferEmittedCount);
  const rtt_s = typeof pair?.currentRoundTripTime === "number" ? pair.currentRoundTripTime : null;
  return {
    at_ms: now.at_ms, isConnected: now.isConnected,
    packets: sum("packetsReceived"), lost: sum("packetsLost"), bytes: sum("bytesReceived"),
    frames: number(video?.framesDecoded), dropped: number(video?.framesDropped), frameRate: number(video?.framesPerSecond),
    width: number(video?.frameWidth), height: number(video?.frameHeight),
    jitter_s: number(video?.jitter ?? audio?.jitter), rtt_s,
    bufferDelay_s: emitted > 0 ? number(video?.jitterBufferDelay) / emitted : null,
    codecs, latency_s: latencyOf(video, all, now.wall_ms, rtt_s ?? 0),
  };
}

// From the server to the screen, by the server's clock alone: it stamps each picture as it comes in, and its reports tell what
// time it is there. What our own clock says cancels out, however wrong it is.
function latencyOf(video: Stat | undefined, all: Stat[], wall_ms: number, rtt_s: number): number | null {
  const shown_ms = number(video?.estimatedPlayoutTimestamp) - NTP_TO_UNIX_MS;
  const report = all.find(({ type, kind }) => type === "remote-outbound-rtp" && kind === "video");
  const heard_ms = number(report?.timestamp), said_ms = number(report?.remoteTimestamp);
  if (shown_ms <= 0 || heard_ms <= 0 || said_ms <= 0) return null;
  const there_ms = said_ms + (rtt_s * 1000) / 2 + (wall_ms - heard_ms);
  const latency_s = (there_ms - shown_ms) / 1000;
  return latency_s > -ROUNDING_S && latency_s < LATENCY_S_MAX ? Math.max(0, latency_s) : null;
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
