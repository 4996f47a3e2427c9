import type Hls from "hls.js";
import type { ErrorData } from "hls.js";
import { retryDelayMs } from "./backoff";
import type { Phase } from "./scene";

// Plays one stream in one <video> and keeps it playing: through a publisher's restart (hls.js crosses the
// discontinuity), a dropped network and a server's restart (rebuilt with back-off behind the last picture).
// Knows no React and no words; listeners are told that something changed and read `state`.

export type Level = { index: number; height: number; frameRate: number; bitrate: number };
export type EngineState = {
  phase: Phase;
  waitingSince_ms: number | null;    // Since when the picture should move and does not.
  isMuted: boolean;
  wasMutedByUs: boolean;             // The browser refused sound; the viewer did not ask for silence.
  volume: number;
  position_s: number;
  behind_s: number;                  // From the newest picture the player would show.
  isAtLive: boolean;
  window_s: number;                  // How far back one can go.
  levels: Level[];
  level: number;                     // Playing now, -1 unknown.
  chosenLevel: number;               // -1 is automatic.
};
export type EngineStats = {
  protocol: "llhls" | "hls"; isNative: boolean; width: number; height: number; frameRate: number; codecs: string;
  bandwidth_bps: number | null; buffer_s: number; latency_s: number | null;
  dropped_frames: number; stalls: number; stalled_ms: number;
};

const RECOVER_MEDIA_MS_MIN = 5_000;    // hls.js: recoverMediaError() more often than this makes things worse.
const STUCK_MS = 10_000;               // A picture that should move and has not for this long gets a new pipeline.
const AT_LIVE_S = 8;
const VOLUME_KEY = "luso.volume", MUTED_KEY = "luso.muted";

export class StreamEngine {
  state: EngineState = {
    phase: "loading", waitingSince_ms: null, isMuted: false, wasMutedByUs: false, volume: 1, position_s: 0, behind_s: 0,
    isAtLive: true, window_s: 0, levels: [], level: -1, chosenLevel: -1,
  };
  onChange: () => void = () => {};
  onEnded: () => void = () => {};      // The playlist said that nothing more comes.

  private hls: Hls | null = null;
  private attempt = 0;
  private retryTimer: number | undefined;
  private mediaRecovered_ms = -Infinity;
  private moved = { at_ms: performance.now(), time_s: -1 };
  private stalls = 0;
  private stalledDone_ms = 0;
  private isSourceLost = false;
  private wantsPlay = true;
  private readonly undo: (() => void)[] = [];
  private isDestroyed = false;

  constructor(private readonly video: HTMLVideoElement, private readonly still: HTMLCanvasElement,
    private readonly url: string, private readonly HlsClass: typeof Hls | null) {
    video.volume = Number(stored(VOLUME_KEY) ?? 1);
    video.muted = stored(MUTED_KEY) === "1";
    this.listen();
    this.build();
    const watchdog = window.setInterval(() => this.watch(), 1_000);
    this.undo.push(() => window.clearInterval(watchdog));
  }

  destroy(): void {
    this.isDestroyed = true;
    window.clearTimeout(this.retryTimer);
    for (const step of this.undo) step();
    this.hls?.destroy();
    this.video.removeAttribute("src");
    this.video.load();
  }

  // With sound if the browser lets us, silent otherwise: a moving picture beats a still one.
  async play(): Promise<void> {
    this.wantsPlay = true;
    try {
      await this.video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError" || this.isDestroyed) return;
      if (!this.video.muted) {
        this.video.muted = true;
        this.set({ wasMutedByUs: true });
        return this.play();
      }
      this.set({ phase: "paused" });   // Not even in silence: wait for a tap.
    }
  }

  pause(): void {
    this.wantsPlay = false;
    this.video.pause();
  }

  togglePlay(): void {
    if (this.video.paused) void this.play(); else this.pause();
  }

  setMuted(isMuted: boolean): void {
    this.video.muted = isMuted;
    if (!isMuted && this.video.volume === 0) this.video.volume = 0.5;
    this.set({ wasMutedByUs: false });
    store(MUTED_KEY, isMuted ? "1" : "0");
  }

  setVolume(volume: number): void {
    this.video.volume = Math.min(1, Math.max(0, volume));
    if (volume > 0 && this.video.muted) this.setMuted(false);
    store(VOLUME_KEY, String(this.video.volume));
  }

  seekBy(delta_s: number): void {
    const range = this.seekable();
    if (range) this.video.currentTime = Math.min(this.liveEdge(), Math.max(range.start, this.video.currentTime + delta_s));
  }

  seekTo(position_s: number): void {
    this.video.currentTime = position_s;
  }

  toLive(): void {
    const edge = this.liveEdge();
    if (Number.isFinite(edge)) this.video.currentTime = edge;
    void this.play();
  }

  chooseLevel(index: number): void {
    if (this.hls) this.hls.nextLevel = index;
    this.set({ chosenLevel: index });
  }

  // Told by the page: the publisher is away. Waiting is right then, rebuilding is not.
  setSourceLost(isLost: boolean): void {
    const isBack = this.isSourceLost && !isLost;
    this.isSourceLost = isLost;
    if (!isBack) return;
    this.moved.at_ms = performance.now();
    if (this.video.ended) this.retryLater();   // The playlist had been closed: nobody asks for it any more.
  }

  // The network or the tab came back: do not sit out the rest of the wait.
  retryNow(): void {
    if (this.retryTimer === undefined) return;
    window.clearTimeout(this.retryTimer);
    this.retry();
  }

  stats(): EngineStats {
    const { video, hls } = this;
    const level = hls?.levels[hls.currentLevel] ?? hls?.levels[hls.loadLevel];
    const end = bufferedEnd(video);
    const shown = video.getVideoPlaybackQuality?.();
    return {
      protocol: level?.details?.partTarget ? "llhls" : "hls",
      isNative: hls === null,
      width: video.videoWidth, height: video.videoHeight,
      frameRate: level?.frameRate || 0,
      codecs: [level?.videoCodec, level?.audioCodec].filter(Boolean).join(", "),
      bandwidth_bps: hls ? hls.bandwidthEstimate : null,
      buffer_s: Math.max(0, end - video.currentTime),
      latency_s: this.latency(),
      dropped_frames: shown?.droppedVideoFrames ?? 0,
      stalls: this.stalls,
      stalled_ms: this.stalledDone_ms + (this.state.waitingSince_ms === null ? 0 : performance.now() - this.state.waitingSince_ms),
    };
  }

  // From the broadcaster's clock when the playlist carries it, from the live edge otherwise.
  private latency(): number | null {
    const playing = this.hls?.playingDate?.getTime();
    if (playing !== undefined) {
      const latency = (Date.now() - playing) / 1000;
      if (latency > 0 && latency < 24 * 3600) return latency;
    }
    return this.hls ? this.hls.latency : null;
  }

  private build(): void {
    this.moved = { at_ms: performance.now(), time_s: -1 };
    if (!this.HlsClass) {
      this.video.src = this.url;    // Safari without Media Source plays HLS itself.
    } else if (!this.HlsClass.isSupported()) {
      return this.set({ phase: "unsupported" });
    } else {
      this.buildHls(this.HlsClass);
    }
    if (this.wantsPlay) void this.play();
  }

  private buildHls(HlsClass: typeof Hls): void {
    const hls = new HlsClass({
      backBufferLength: 60, maxBufferLength: 20, capLevelToPlayerSize: true, maxLiveSyncPlaybackRate: 1.05,
      progressive: false, enableWorker: false,
    });
    this.hls = hls;
    const { Events } = HlsClass;
    hls.on(Events.MANIFEST_PARSED, () => {
      this.set({ levels: hls.levels.map((level, index) => ({ index, height: level.height, frameRate: level.frameRate || 0, bitrate: level.bitrate })) });
      if (this.state.chosenLevel >= 0 && this.state.chosenLevel < hls.levels.length) hls.nextLevel = this.state.chosenLevel;
    });
    hls.on(Events.FRAG_BUFFERED, () => { this.attempt = 0; });
    hls.on(Events.LEVEL_SWITCHED, (_, { level }) => this.set({ level }));
    hls.on(Events.ERROR, (_, error) => this.failed(HlsClass, error));
    hls.loadSource(this.url);
    hls.attachMedia(this.video);
  }

  private failed(HlsClass: typeof Hls, error: ErrorData): void {
    if (!error.fatal || this.isDestroyed) return;
    const now = performance.now();
    if (error.type === HlsClass.ErrorTypes.MEDIA_ERROR && now - this.mediaRecovered_ms > RECOVER_MEDIA_MS_MIN) {
      this.mediaRecovered_ms = now;
      this.hls?.recoverMediaError();
      return;
    }
    this.hls?.stopLoad();
    this.retryLater();
  }

  private retryLater(): void {
    if (this.retryTimer !== undefined || this.isDestroyed) return;
    const delay_ms = retryDelayMs(this.attempt++, { isHidden: document.hidden, random: Math.random() });
    // What is buffered may go on playing; only a picture that stands still is a wait.
    if (this.state.phase !== "playing") this.waiting("recovering");
    this.retryTimer = window.setTimeout(() => this.retry(), delay_ms);
  }

  private retry(): void {
    this.retryTimer = undefined;
    const isStillPlaying = this.state.phase === "playing" && this.hls !== null && this.hls.levels.length > 0;
    if (isStillPlaying) this.hls?.startLoad(); else this.rebuild();
  }

  private rebuild(): void {
    this.keepStill();
    this.hls?.destroy();
    this.hls = null;
    this.waiting("recovering");
    this.build();
  }

  // The last picture stays in view while the pipeline is made anew.
  private keepStill(): void {
    const { video, still } = this;
    if (video.videoWidth === 0 || video.readyState < 2) return;
    still.width = video.videoWidth;
    still.height = video.videoHeight;
    still.getContext("2d")?.drawImage(video, 0, 0);
    still.hidden = false;
  }

  private watch(): void {
    const { video } = this, now = performance.now();
    if (video.currentTime !== this.moved.time_s) this.moved = { at_ms: now, time_s: video.currentTime };
    const isStuck = this.wantsPlay && !this.isSourceLost && now - this.moved.at_ms > STUCK_MS;
    if (isStuck && this.state.phase !== "paused" && this.state.phase !== "unsupported" && navigator.onLine) {
      this.moved.at_ms = now;
      this.retryLater();
    }
    this.measure();
  }

  private measure(): void {
    const range = this.seekable(), edge = this.liveEdge();
    const behind_s = Number.isFinite(edge) ? Math.max(0, edge - this.video.currentTime) : 0;
    this.set({
      position_s: this.video.currentTime, behind_s, isAtLive: behind_s < AT_LIVE_S, window_s: range ? range.end - range.start : 0,
    });
  }

  private seekable(): { start: number; end: number } | null {
    const { seekable } = this.video;
    return seekable.length > 0 ? { start: seekable.start(0), end: seekable.end(seekable.length - 1) } : null;
  }

  private liveEdge(): number {
    return this.hls?.liveSyncPosition ?? this.seekable()?.end ?? NaN;
  }

  private listen(): void {
    const on = (target: EventTarget, name: string, run: () => void) => {
      target.addEventListener(name, run);
      this.undo.push(() => target.removeEventListener(name, run));
    };
    on(this.video, "playing", () => this.moving());
    on(this.video, "waiting", () => { if (!this.video.paused) this.waiting("stalled"); });
    on(this.video, "pause", () => this.paused());
    on(this.video, "ended", () => { this.waiting("stalled"); this.onEnded(); });
    on(this.video, "volumechange", () => this.set({ isMuted: this.video.muted, volume: this.video.volume }));
    on(this.video, "error", () => { if (!this.hls && this.video.src) this.retryLater(); });
    on(window, "online", () => this.retryNow());
    on(document, "visibilitychange", () => { if (!document.hidden) this.retryNow(); });
  }

  private moving(): void {
    if (this.state.waitingSince_ms !== null && this.state.phase !== "loading") {
      this.stalledDone_ms += performance.now() - this.state.waitingSince_ms;
    }
    this.attempt = 0;
    this.wantsPlay = true;
    this.still.hidden = true;
    this.set({ phase: "playing", waitingSince_ms: null });
  }

  // By our button, a media key or the system; taking the pipeline down also pauses, but with nothing left to show.
  private paused(): void {
    if (this.video.ended || this.video.readyState < 2) return;
    this.wantsPlay = false;
    this.set({ phase: "paused", waitingSince_ms: null });
  }

  private waiting(phase: "stalled" | "recovering"): void {
    const isFirst = this.state.phase === "playing";
    if (isFirst) this.stalls++;
    this.set({
      phase: this.state.phase === "loading" && phase === "stalled" ? "loading" : phase,
      waitingSince_ms: this.state.waitingSince_ms ?? performance.now(),
    });
  }

  private set(change: Partial<EngineState>): void {
    const next = { ...this.state, ...change };
    const hasChanged = (Object.keys(change) as (keyof EngineState)[]).some((key) => this.state[key] !== next[key]);
    if (!hasChanged || this.isDestroyed) return;
    this.state = next;
    this.onChange();
  }
}

function bufferedEnd(video: HTMLVideoElement): number {
  const { buffered, currentTime } = video;
  for (let i = 0; i < buffered.length; i++) {
    if (buffered.start(i) <= currentTime + 0.1 && buffered.end(i) >= currentTime) return buffered.end(i);
  }
  return currentTime;
}

function stored(key: string): string | null {
  try { return localStorage.getItem(key); } catch { return null; }
}

function store(key: string, value: string): void {
  try { localStorage.setItem(key, value); } catch { /* A private window; the choice lasts as long as the page. */ }
}
