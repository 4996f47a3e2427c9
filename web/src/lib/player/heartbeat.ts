import type { Heartbeat, HeartbeatAnswer } from "../api/types";

// A player says that it is still there. The server counts from these and answers with what the page should show.
// Nothing here touches the network, the clock or the page: those are handed in, and a test hands in its own.

export type Playback = {
  playhead_s: number;
  is_playing: boolean;
  is_visible: boolean;
  stalls: number;
  stalled_ms: number;
  protocol: NonNullable<Heartbeat["protocol"]>;
  height?: number;
  latency_ms?: number;
};

export type HeartbeatPorts = {
  send: (heartbeat: Heartbeat, options: { keepalive: boolean }) => Promise<HeartbeatAnswer | null>;
  playback: () => Playback;
  later: (delay_ms: number, run: () => void) => () => void;   // Returns how to call it off.
  onAnswer: (answer: HeartbeatAnswer) => void;
};

const DEFAULT_PERIOD_S = 15;
const PERIOD_S_MIN = 2, PERIOD_S_MAX = 120;   // What a confused answer may ask for at most.

export class HeartbeatSender {
  private cancel: (() => void) | null = null;
  private isRunning = false;
  private period_s = DEFAULT_PERIOD_S;

  constructor(private readonly sessionId: string, private readonly ports: HeartbeatPorts) {}

  // The picture moves: the first heartbeat goes out now. Starting twice is starting once.
  start(): void {
    if (this.isRunning) return;
    this.isRunning = true;
    void this.beat();
  }

  // The page goes away, or the viewer left the stream: the last word, sent so that it survives the page.
  leave(): void {
    if (!this.isRunning) return;
    this.halt();
    void this.ports.send({ ...this.heartbeat(), is_leaving: true }, { keepalive: true });
  }

  private halt(): void {
    this.isRunning = false;
    this.cancel?.();
    this.cancel = null;
  }

  private async beat(): Promise<void> {
    const answer = await this.ports.send(this.heartbeat(), { keepalive: false });
    if (!this.isRunning) return;
    if (answer) {
      this.period_s = Math.min(Math.max(answer.next_heartbeat_s, PERIOD_S_MIN), PERIOD_S_MAX);
      this.ports.onAnswer(answer);
      if (answer.state === "ended") return this.halt();
    }
    this.cancel = this.ports.later(this.period_s * 1000, () => void this.beat());
  }

  private heartbeat(): Heartbeat {
    const { height, latency_ms, ...now } = this.ports.playback();
    return {
      session_id: this.sessionId, ...now,
      playhead_s: Number.isFinite(now.playhead_s) ? Math.max(0, now.playhead_s) : 0,
      stalled_ms: Math.round(now.stalled_ms),
      ...(height ? { height } : {}),
      ...(latency_ms !== undefined && Number.isFinite(latency_ms) ? { latency_ms: Math.max(0, Math.round(latency_ms)) } : {}),
    };
  }
}

export function newSessionId(random: Uint8Array = crypto.getRandomValues(new Uint8Array(18))): string {
  return btoa(String.fromCharCode(...random)).replaceAll("+", "-").replaceAll("/", "_");
}

type TabStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

// One a tab and stream: a reload or a server's restart continues the same session, another tab is another viewer. Browsers
// copy a tab's storage when it is duplicated, so the id lies there only between two pages: taken out by the one that uses
// it, put back as that goes away.
export class TabSession {
  private readonly name: string;
  private id = "";
  constructor(streamId: number, private readonly storage: TabStorage | undefined) { this.name = `luso.session.${streamId}`; }

  take(): string {
    try {
      const kept = this.storage?.getItem(this.name);
      this.storage?.removeItem(this.name);
      if (!this.id && kept && /^[A-Za-z0-9_-]{16,64}$/.test(kept)) this.id = kept;
    } catch { /* Storage refused: still a viewer, only not one that survives a reload. */ }
    return (this.id ||= newSessionId());
  }

  putBack(): void {
    try { if (this.id) this.storage?.setItem(this.name, this.id); } catch { /* As above. */ }
  }
}
