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
const LATENCY_S_MAX = 60;   // More is a clock that is wrong.

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
  return {
    at_ms: now.at_ms, isConnected: now.isConnected,
    packets: sum("packetsReceived"), lost: sum("packetsLost"), bytes: sum("bytesReceived"),
    frames: number(video?.framesDecoded), dropped: number(video?.framesDropped), frameRate: number(video?.framesPerSecond),
    width: number(video?.frameWidth), height: number(video?.frameHeight),
    jitter_s: number(video?.jitter ?? audio?.jitter), rtt_s: typeof pair?.currentRoundTripTime === "number" ? pair.currentRoundTripTime : null,
    bufferDelay_s: emitted > 0 ? number(video?.jitterBufferDelay) / emitted : null,
    codecs, latency_s: latencyOf(video, all, now.wall_ms),
  };
}

// Sender reports carry the broadcaster's time, so the browser knows when what it shows was sent.
function latencyOf(video: Stat | undefined, all: Stat[], wall_ms: number): number | null {
  const playing_ms = number(video?.estimatedPlayoutTimestamp) - NTP_TO_UNIX_MS;
  if (playing_ms <= 0) return null;
  const sender = all.find(({ type, kind }) => type === "remote-outbound-rtp" && kind === "video");
  const heard_ms = number(sender?.timestamp), said_ms = number(sender?.remoteTimestamp);
  const ahead_ms = heard_ms > 0 && said_ms > 0 && Math.abs(heard_ms - said_ms) > 2_000 ? heard_ms - said_ms : 0;   // Our clock against the server's.
  const latency_s = (wall_ms - ahead_ms - playing_ms) / 1000;
  return latency_s >= 0 && latency_s < LATENCY_S_MAX ? latency_s : null;
}

function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}
