import type Hls from "hls.js";
import type { LiveStream } from "@/features/live/live-stream";
import { api } from "@/lib/api/browser";
import { StreamEngine } from "@/lib/player/engine";
import { HeartbeatSender, TabSession } from "@/lib/player/heartbeat";
import { SystemControls } from "./system-controls";

const ASK_WHY_AFTER_MS = 1_000;
const ASK_WHY_EVERY_MS = 3_000;

// One stream being watched: its <video>, the engine behind it, and the heartbeats that say so. Made by the page that shows
// the stream; may outlive it in the mini player, so it is no component and moves from place to place as it is.
export class Playback {
  readonly video = document.createElement("video");
  readonly still = document.createElement("canvas");
  readonly engine: StreamEngine;
  readonly streamId: number;
  readonly sessionId: string;
  live: LiveStream;

  private readonly listeners = new Set<() => void>();
  private readonly session: TabSession;
  private readonly sender: HeartbeatSender;
  private readonly system: SystemControls;
  private readonly undo: (() => void)[] = [];
  private unfollow = () => {};
  private asking: number | undefined;
  private place: Element | null = null;

  constructor(live: LiveStream) {
    const { id, hls_url } = live.stream;
    this.live = live;
    this.streamId = id;
    this.video.className = "player-video";
    this.video.playsInline = true;
    this.still.className = "player-still";
    this.still.hidden = true;
    this.still.ariaHidden = "true";
    this.engine = new StreamEngine(this.video, this.still, {
      hlsUrl: hls_url, whepUrl: `/whep/${id}`, loadHls,
      isOver: async () => { await this.live.ask(); return this.live.stream.state === "ended"; },
    });
    this.session = new TabSession(id, tabStorage());
    this.sessionId = this.session.take();
    this.sender = this.heartbeats();
    this.system = new SystemControls(this);
    this.engine.onChange = () => this.changed();
    this.engine.onEnded = () => void this.live.ask();
    this.engine.onRest = () => this.rest();
    this.on(window, "pageshow", (event) => { if ((event as PageTransitionEvent).persisted) this.session.take(); });   // The next picture starts the beats.
    this.on(this.video, "enterpictureinpicture", () => this.tell());
    this.on(this.video, "leavepictureinpicture", () => this.tell());
    this.follow(live);
  }

  // The page's store of this stream; another one after its viewer has been elsewhere.
  follow(live: LiveStream): void {
    this.unfollow();
    this.live = live;
    const heard = () => {
      const { state, title } = live.stream;
      this.video.ariaLabel = title;
      this.engine.setSourceLost(state === "reconnecting");
      if (state === "ended") this.engine.setEnded();
      this.system.update();
      this.tell();
    };
    const stop = live.subscribe(heard);
    this.unfollow = () => { stop(); };
    heard();
  }

  // At once, so that the <video> is never outside the document. Where it was is cleared when only it was there.
  moveTo(place: Element): void {
    const before = this.place;
    place.append(this.video, this.still);
    this.place = place;
    if (before instanceof HTMLElement && before.hidden) before.remove();
  }

  subscribe(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  get isInPicture(): boolean { return document.pictureInPictureElement === this.video; }

  // Going to another page does not end what moves; what its viewer stopped, or what is over, it does.
  get isWorthKeeping(): boolean {
    const { phase } = this.engine.state;
    return this.live.stream.state !== "ended" && (phase === "playing" || phase === "stalled" || phase === "recovering");
  }

  destroy(): void {
    this.unfollow();
    window.clearTimeout(this.asking);
    for (const step of this.undo) step();
    this.rest();
    this.system.destroy();
    this.engine.destroy();
    this.video.remove();
    this.still.remove();
  }

  private changed(): void {
    const { phase, quality } = this.engine.state;
    if (phase === "playing") this.sender.start();
    const hasPicture = quality !== "audio" && (phase === "playing" || phase === "paused" || phase === "stalled");
    this.video.dataset.visible = String(hasPicture);
    this.askWhy(phase === "stalled" || phase === "recovering");
    this.system.update();
    this.tell();
  }

  // A picture that stands still: ask the server why, sooner than the next heartbeat would tell.
  private askWhy(isStill: boolean): void {
    if (!isStill) {
      window.clearTimeout(this.asking);
      this.asking = undefined;
    } else if (this.asking === undefined) {
      const ask = () => {
        void this.live.ask();
        this.asking = window.setTimeout(ask, ASK_WHY_EVERY_MS);
      };
      this.asking = window.setTimeout(ask, ASK_WHY_AFTER_MS);
    }
  }

  private heartbeats(): HeartbeatSender {
    return new HeartbeatSender(this.sessionId, {
      send: async (body, { keepalive }) => {
        const answer = await api("post", "/api/v1/streams/{stream_id}/heartbeat", { path: { stream_id: this.streamId }, body, keepalive });
        return answer.ok ? answer.data : null;
      },
      playback: () => {
        const stats = this.engine.stats();
        return {
          playhead_s: this.video.currentTime, is_playing: this.engine.state.phase === "playing",
          is_visible: !document.hidden || this.isInPicture,   // Seen over another window all the same.
          stalls: stats.stalls, stalled_ms: stats.stalled_ms, protocol: stats.protocol, height: stats.height,
          ...(stats.latency_s === null ? {} : { latency_ms: stats.latency_s * 1000 }),
        };
      },
      later: (delay_ms, run) => {
        const timer = window.setTimeout(run, delay_ms);
        return () => window.clearTimeout(timer);
      },
      onAnswer: (answer) => this.live.apply(answer),
    });
  }

  private rest(): void {
    this.sender.leave();
    this.session.putBack();
  }

  private on(target: EventTarget, name: string, run: (event: Event) => void): void {
    target.addEventListener(name, run);
    this.undo.push(() => target.removeEventListener(name, run));
  }

  private tell(): void {
    for (const listener of this.listeners) listener();
  }
}

// Safari on an old iPhone has no Media Source and plays HLS by itself: it never downloads hls.js.
async function loadHls(): Promise<typeof Hls | null> {
  const hasMediaSource = "MediaSource" in window || "ManagedMediaSource" in window;
  if (!hasMediaSource && document.createElement("video").canPlayType("application/vnd.apple.mpegurl")) return null;
  const { default: HlsClass } = await import("hls.js/light");
  await new Promise((resume) => setTimeout(resume));   // Reading it took a while; a tap may be waiting.
  return HlsClass;
}

function tabStorage(): Storage | undefined {
  try { return window.sessionStorage; } catch { return undefined; }
}
