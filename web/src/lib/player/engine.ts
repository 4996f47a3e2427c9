import type Hls from "hls.js";
import { retryDelayMs } from "./backoff";
import { begin, next, type Ladder, type LadderEvent, type Mode, type Rung } from "./ladder";
import { HlsSource } from "./hls-source";
import { NativeSource } from "./native-source";
import { levelFor, qualityFrom, qualityKey, type Quality } from "./quality";
import type { Phase } from "./scene";
import type { Level, Source, SourceEvents, SourceStats } from "./source";
import { store, stored } from "./stored";
import { WhepSource } from "./whep-source";

// Plays one stream in one <video> and keeps it playing: by the best rung of the ladder that works, through a publisher's
// restart, a dropped network and a server's restart, behind the last picture where there is a gap.
// Knows no React and no words; listeners are told that something changed and read `state`.

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
  quality: Quality;                  // What the viewer chose.
  isAudioLost: boolean;              // Sound alone did not come: the lightest picture does instead.
  hasCaptions: boolean;              // The pictures carry some; by WebRTC they cannot be read.
  wantsCaptions: boolean;
  mode: Mode;
  rung: Rung | null;                 // What the picture comes by.
};
export type EngineStats = Omit<SourceStats, "dropped_frames" | "buffer_s"> & {
  width: number; height: number; dropped_frames: number; buffer_s: number; stalls: number; stalled_ms: number;
};
export type EngineOptions = {
  hlsUrl: string;                              // Of the master playlist.
  whepUrl: string;
  loadHls: () => Promise<typeof Hls | null>;   // Null: this browser plays HLS by itself.
  isOver: () => Promise<boolean>;              // Asks the server whether the stream has ended.
};

const STUCK_MS = 10_000;               // A picture that should move and has not for this long gets a new pipeline.
const TICK_MS = 500;
const ASK_OVER_MS_MAX = 1_000;
const AT_LIVE_S = 8;
const AUDIO_MISSES_MAX = 2;            // A stream without sound has no sound to play alone.
const LOOK_FOR_CAPTIONS_MS = 30_000, LOOK_FOR_CAPTIONS_MS_MAX = 1_000;
const VOLUME_KEY = "luso.volume", MUTED_KEY = "luso.muted", MODE_KEY = "luso.latency", CAPTIONS_KEY = "luso.captions";

export class StreamEngine {
  state: EngineState = {
    phase: "loading", waitingSince_ms: null, isMuted: false, wasMutedByUs: false, volume: 1, position_s: 0, behind_s: 0,
    isAtLive: true, window_s: 0, levels: [], level: -1,
    quality: qualityFrom(stored(qualityKey(navigator))), isAudioLost: false, mode: modeFrom(stored(MODE_KEY)), rung: null,
    hasCaptions: false, wantsCaptions: stored(CAPTIONS_KEY) === "1",
  };
  onChange: () => void = () => {};
  onEnded: () => void = () => {};      // The playlist said that nothing more comes.
  onRest: () => void = () => {};       // The page goes away; the picture still plays.

  private ladder: Ladder;
  private source: Source | null = null;              // What the <video> shows.
  private rehearsal: WhepSource | null = null;       // A better rung that is being looked at meanwhile.
  private attempt = 0;
  private retryTimer: number | undefined;
  private moved = { at_ms: performance.now(), time_s: -1 };
  private stalls = 0;
  private stalledDone_ms = 0;
  private isSourceLost = false;
  private lookedForCaptions_ms = -Infinity;
  private wantsPlay = true;
  private isTakingDown = false;
  private isEnded = false;
  private readonly undo: (() => void)[] = [];
  private isDestroyed = false;

  constructor(private readonly video: HTMLVideoElement, private readonly still: HTMLCanvasElement, private readonly options: EngineOptions) {
    video.volume = Number(stored(VOLUME_KEY) ?? 1);
    video.muted = stored(MUTED_KEY) === "1";
    this.ladder = this.begun();
    this.listen();
    this.whenVisible(() => void this.openSoon());
    const ticking = window.setInterval(() => this.tick(), TICK_MS);
    this.undo.push(() => window.clearInterval(ticking));
  }

  destroy(): void {
    this.isDestroyed = true;
    window.clearTimeout(this.retryTimer);
    for (const step of this.undo) step();
    this.rehearsal?.destroy();
    this.source?.destroy();
  }

  // With sound if the browser lets us, silent otherwise: a moving picture beats a still one.
  async play({ isMuted = false } = {}): Promise<void> {
    this.wantsPlay = true;
    if (isMuted) this.video.muted = true;   // Asked for by the page, not by the viewer: not remembered.
    if (!this.video.src && !this.video.srcObject) return;   // As soon as there is something to play.
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

  // The viewer's wish clears what was held against a rung.
  setMode(mode: Mode): void {
    if (mode === this.state.mode) return;
    store(MODE_KEY, mode);
    this.set({ mode });
    if (this.state.quality === "audio" || this.state.quality === "saver") return this.chooseQuality("auto");
    this.climbAnew();
  }

  // By another ladder: what plays goes on where it may, and until the better one has come.
  private climbAnew(): void {
    const playing = this.ladder.playing;
    this.ladder = this.begun();
    this.dropRehearsal();
    if (playing !== null && this.ladder.trying?.rung === playing) return this.moveTo(next(this.ladder, { kind: "first_frame", rung: playing }, performance.now()));
    if (this.ladder.trying?.rung === "whep" && this.source) {
      this.ladder = { ...this.ladder, playing };
      return this.rehearse();
    }
    void this.open();
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

  // A size of the picture changes on the way; sound alone and saving data come by another way altogether.
  chooseQuality(quality: Quality): void {
    const before = this.state.quality;
    if (quality === before) return;
    store(qualityKey(navigator), quality);
    this.set({ quality, isAudioLost: false });
    if ([quality, before].some((one) => one === "audio" || one === "saver")) return this.startOver();
    this.source?.chooseLevel(levelFor(quality, this.state.levels));
  }

  setCaptions(isOn: boolean): void {
    const wasReading = this.isReading;
    store(CAPTIONS_KEY, isOn ? "1" : "0");
    this.set({ wantsCaptions: isOn });
    this.applyCaptions(wasReading);
  }

  async toggleCaptions(): Promise<void> {
    await this.lookForCaptions();
    if (this.state.hasCaptions) this.setCaptions(!this.state.wantsCaptions);
  }

  // What comes by WebRTC says nothing of captions; the master playlist does. Asked when somebody may want to know.
  async lookForCaptions(): Promise<void> {
    if (this.state.hasCaptions) return;
    this.lookedForCaptions_ms = performance.now();
    const answer = await fetch(this.options.hlsUrl).catch(() => null);
    const text = answer?.ok ? await answer.text().catch(() => "") : "";
    if (text.includes("TYPE=CLOSED-CAPTIONS")) this.foundCaptions();
  }

  // Told by the page: the publisher is away. Waiting is right then, rebuilding is not.
  setSourceLost(isLost: boolean): void {
    const isBack = this.isSourceLost && !isLost;
    this.isSourceLost = isLost;
    for (const source of [this.source, this.rehearsal]) if (source instanceof WhepSource) source.isHeld = isLost;
    this.say({ kind: "held", isHeld: isLost });
    if (!isBack) return;
    this.moved.at_ms = performance.now();
    if (this.video.ended) this.retryLater();   // The playlist had been closed: nobody asks for it any more.
  }

  // Told by the page: the stream is over. What hls.js still holds plays to its end; by WebRTC nothing more will come.
  setEnded(): void {
    if (this.ladder.playing !== null && !(this.source instanceof WhepSource)) return;
    this.isEnded = true;
    window.clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    this.dropRehearsal();
    this.takeDown();
    this.waiting("stalled");
  }

  // The network or the tab came back: do not sit out the rest of the wait.
  retryNow(): void {
    if (this.retryTimer === undefined) return;
    window.clearTimeout(this.retryTimer);
    this.retry();
  }

  stats(): EngineStats {
    const { video } = this, shown = video.getVideoPlaybackQuality?.();
    const now = this.source?.stats() ?? NO_STATS;
    return {
      ...now, width: video.videoWidth, height: video.videoHeight,
      dropped_frames: now.dropped_frames ?? shown?.droppedVideoFrames ?? 0,
      buffer_s: now.buffer_s ?? Math.max(0, bufferedEnd(video) - video.currentTime),
      stalls: this.stalls,
      stalled_ms: this.stalledDone_ms + (this.state.waitingSince_ms === null ? 0 : performance.now() - this.state.waitingSince_ms),
    };
  }

  get rungNumber(): number { return this.ladder.rungs.indexOf(this.ladder.playing ?? this.ladder.trying?.rung ?? "hls") + 1; }
  get rungCount(): number { return this.ladder.rungs.length; }

  private say(event: LadderEvent): void {
    if (this.isDestroyed) return;
    this.moveTo(next(this.ladder, event, performance.now()));
  }

  // A stream that has no sound: its lightest picture is the next best.
  private loseAudio(): void {
    this.set({ quality: "saver", isAudioLost: true });
    this.startOver();
  }

  private begun(): Ladder {
    const { quality, mode } = this.state, now_ms = performance.now();
    const wished = quality === "audio" ? "ultra" : quality === "saver" ? "stable" : mode;
    const ladder = begin(wished === "ultra" && this.isReading ? "low" : wished, rungsHere(), now_ms);
    return { ...ladder, isHeld: this.isSourceLost };
  }

  private get isReading(): boolean { return this.state.wantsCaptions && this.state.hasCaptions && this.state.quality !== "audio"; }

  private foundCaptions(): void {
    if (this.state.hasCaptions || this.isDestroyed) return;
    const wasReading = this.isReading;
    this.set({ hasCaptions: true });
    this.applyCaptions(wasReading);
  }

  // Reading them is worth two seconds: they come by HLS, and the lowest latency comes back when they are put away.
  private applyCaptions(wasReading: boolean): void {
    this.source?.showCaptions(this.isReading);
    if (this.isReading === wasReading || this.state.mode !== "ultra" || this.state.quality === "saver") return;
    if (this.source) this.climbAnew(); else this.ladder = this.begun();
  }

  private startOver(): void {
    this.dropRehearsal();
    window.clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    this.ladder = this.begun();
    this.set({ phase: "loading", waitingSince_ms: null });   // Asked for: no stall of the network's.
    void this.open();
  }

  // What the ladder decided, done.
  private moveTo(now: Ladder): void {
    const before = this.ladder;
    this.ladder = now;
    if (now.playing !== before.playing) this.set({ rung: now.playing ?? this.state.rung });
    if (before.playing !== null && now.playing === null) this.waiting("recovering");
    if (now.trying === before.trying || now.trying?.rung === before.trying?.rung) return;
    if (now.trying === null) return now.playing === before.playing ? this.dropRehearsal() : undefined;
    if (now.playing !== null && now.trying.rung === "whep") return this.rehearse();
    if (now.playing !== null) this.ladder = { ...now, playing: null };   // Other rungs share the <video>: one at a time.
    void (before.playing === "whep" && now.playing === null ? this.openUnlessOver() : this.open());
  }

  // WebRTC ends without saying why. The playlist of a stream that is over would begin at its beginning.
  private async openUnlessOver(): Promise<void> {
    const soon = new Promise<boolean>((resolve) => setTimeout(resolve, ASK_OVER_MS_MAX, false));
    if (await Promise.race([this.options.isOver().catch(() => false), soon])) return this.setEnded();
    await this.open();
  }

  // In a task of its own: making a connection keeps a phone busy, and so does making the page around us. Who reads captions
  // begins where they can be read.
  private async openSoon(): Promise<void> {
    if (this.state.wantsCaptions && this.ladder.trying?.rung === "whep") {
      await Promise.race([this.lookForCaptions(), new Promise((resolve) => setTimeout(resolve, LOOK_FOR_CAPTIONS_MS_MAX))]);
      if (this.isDestroyed || this.source) return;
    }
    const timer = window.setTimeout(() => void this.open());
    this.undo.push(() => window.clearTimeout(timer));
  }

  // Makes what the ladder is trying, in the place of what there was.
  private async open(): Promise<void> {
    const rung = this.ladder.trying?.rung;
    if (!rung || this.isDestroyed || this.isEnded) return;
    this.dropRehearsal();
    this.takeDown();
    this.moved = { at_ms: performance.now(), time_s: -1 };
    if (rung === "whep") {
      this.source = new WhepSource(this.options.whepUrl, this.video, this.eventsOf(rung), this.state.quality === "audio");
      this.source.attach();
    } else {
      const HlsClass = await this.options.loadHls().catch(() => undefined);
      if (this.isDestroyed || this.isEnded || this.ladder.trying?.rung !== rung || this.source) return;
      if (HlsClass === undefined) return this.retryLater();   // hls.js itself did not come.
      if (HlsClass?.isSupported() === false) return this.set({ phase: "unsupported" });
      const { hlsUrl } = this.options, url = this.state.quality === "audio" ? hlsUrl.replace(/index\.m3u8$/, "sound/live.m3u8") : hlsUrl;
      this.source = HlsClass ? new HlsSource(HlsClass, url, this.video, this.eventsOf(rung), rung) : new NativeSource(url, this.video, this.eventsOf(rung));
    }
    this.source.showCaptions(this.isReading);
    if (this.source instanceof WhepSource) this.source.isHeld = this.isSourceLost;
    if (this.wantsPlay) void this.play();
  }

  // A better rung, beside the picture that plays.
  private rehearse(): void {
    this.dropRehearsal();
    const better = new WhepSource(this.options.whepUrl, this.video, {
      ...this.eventsOf("whep"),
      onFirstFrame: () => {
        if (this.rehearsal !== better) return;
        this.rehearsal = null;
        this.takeDown();
        this.source = better;
        better.attach();
        if (this.wantsPlay) void this.play();
        this.say({ kind: "first_frame", rung: "whep" });
      },
    }, this.state.quality === "audio");
    better.isHeld = this.isSourceLost;
    this.rehearsal = better;
  }

  private dropRehearsal(): void {
    this.rehearsal?.destroy();
    this.rehearsal = null;
  }

  private takeDown(): void {
    if (!this.source) return;
    this.keepStill();
    this.isTakingDown = true;
    this.source.destroy();
    this.isTakingDown = false;
    this.source = null;
    this.set({ levels: [], level: -1, window_s: 0, behind_s: 0, isAtLive: true });
  }

  private eventsOf(rung: Rung): SourceEvents {
    return {
      onFirstFrame: () => {
        this.say({ kind: "first_frame", rung });
        if (this.wantsPlay && this.video.paused) void this.play();   // Sound alone is attached only when it has come.
      },
      onFailed: (failure) => this.say({ kind: "failed", rung, ...failure }),
      onLost: (isMissing) => { if (isMissing && this.state.quality === "audio" && this.attempt >= AUDIO_MISSES_MAX) this.loseAudio(); else this.retryLater(); },
      onBuffered: () => { this.attempt = 0; },
      onCaptions: () => this.foundCaptions(),
      onSample: (loss) => this.say({ kind: "sample", loss }),
      onFroze: () => this.say({ kind: "froze" }),
      onStill: (isStill) => {
        if (isStill && !this.video.paused) this.waiting("stalled");
        if (!isStill && !this.video.paused && this.state.phase !== "playing") this.moving();
      },
      onLevels: (levels, level) => {
        if (level !== undefined) return this.set({ level });
        this.set({ levels });
        const chosen = levelFor(this.state.quality, levels);
        if (chosen >= 0) this.source?.chooseLevel(chosen);
      },
    };
  }

  private retryLater(): void {
    if (this.retryTimer !== undefined || this.isDestroyed || this.isEnded) return;
    const delay_ms = retryDelayMs(this.attempt++, { isHidden: document.hidden, random: Math.random() });
    // What is buffered may go on playing; only a picture that stands still is a wait.
    if (this.state.phase !== "playing") this.waiting("recovering");
    this.retryTimer = window.setTimeout(() => this.retry(), delay_ms);
  }

  private retry(): void {
    this.retryTimer = undefined;
    if (this.state.phase === "playing" && this.source?.canResume()) return this.source.resume();
    this.waiting("recovering");
    const rung = this.ladder.trying?.rung ?? this.ladder.playing ?? this.ladder.rungs[0] ?? "hls";
    this.dropRehearsal();
    this.ladder = { ...this.ladder, playing: null, trying: { rung, since_ms: performance.now() } };
    void this.open();
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

  private tick(): void {
    const { video } = this, now = performance.now();
    if (video.currentTime !== this.moved.time_s) this.moved = { at_ms: now, time_s: video.currentTime };
    const isStuck = this.wantsPlay && !this.isSourceLost && now - this.moved.at_ms > STUCK_MS;
    if (isStuck && this.source && this.state.phase !== "paused" && this.state.phase !== "unsupported" && navigator.onLine) {
      this.moved.at_ms = now;
      this.retryLater();
    }
    if (this.source || this.rehearsal) this.say({ kind: "tick", isVisible: !document.hidden && this.state.isAtLive && this.wantsPlay });
    const isLate = this.state.wantsCaptions && !this.state.hasCaptions && this.state.rung === "whep" && now - this.lookedForCaptions_ms > LOOK_FOR_CAPTIONS_MS;
    if (isLate && !document.hidden) void this.lookForCaptions();
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
    const { seekable, srcObject } = this.video;
    return seekable.length > 0 && !srcObject ? { start: seekable.start(0), end: seekable.end(seekable.length - 1) } : null;
  }

  private liveEdge(): number {
    const edge = this.source?.liveEdge() ?? NaN;
    return Number.isFinite(edge) ? edge : this.seekable()?.end ?? NaN;
  }

  // A page opened in the background joins when somebody looks at it.
  private whenVisible(run: () => void): void {
    if (!document.hidden) return run();
    const shown = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", shown);
      this.ladder = this.begun();
      run();
    };
    document.addEventListener("visibilitychange", shown);
    this.undo.push(() => document.removeEventListener("visibilitychange", shown));
  }

  private listen(): void {
    const on = (target: EventTarget, name: string, run: (event: Event) => void) => {
      target.addEventListener(name, run);
      this.undo.push(() => target.removeEventListener(name, run));
    };
    on(this.video, "playing", () => this.moving());
    on(this.video, "waiting", () => { if (!this.video.paused) this.waiting("stalled"); });
    on(this.video, "pause", () => this.paused());
    on(this.video, "ended", () => { this.waiting("stalled"); this.onEnded(); });
    on(this.video, "volumechange", () => this.set({ isMuted: this.video.muted, volume: this.video.volume }));
    on(window, "online", () => this.retryNow());
    on(window, "pagehide", () => this.rest());
    on(window, "pageshow", (event) => { if ((event as PageTransitionEvent).persisted) this.begin(); });
    on(document, "visibilitychange", () => { if (!document.hidden) this.retryNow(); });
  }

  // The page goes away, perhaps only into the browser's memory: nobody need serve it until it comes back.
  private rest(): void {
    this.onRest();
    window.clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    this.dropRehearsal();
    this.takeDown();
    this.set({ phase: "loading", waitingSince_ms: null });
  }

  private begin(): void {
    this.ladder = this.begun();
    void this.open();
  }

  private moving(): void {
    if (this.state.waitingSince_ms !== null && this.state.phase !== "loading") {
      this.stalledDone_ms += performance.now() - this.state.waitingSince_ms;
    }
    this.attempt = 0;
    this.wantsPlay = true;
    this.still.hidden = true;
    this.set({ phase: "playing", waitingSince_ms: null });
    const rung = this.ladder.trying?.rung;
    if (rung && !this.rehearsal && this.source && !(this.source instanceof WhepSource)) this.say({ kind: "first_frame", rung });
  }

  // By our button, a media key or the system; taking the pipeline down also pauses, but with nothing left to show.
  private paused(): void {
    if (this.isTakingDown || this.video.ended || this.video.readyState < 2) return;
    this.wantsPlay = false;
    this.set({ phase: "paused", waitingSince_ms: null });
  }

  private waiting(phase: "stalled" | "recovering"): void {
    const isFirst = this.state.phase === "playing";
    if (isFirst) {
      this.stalls++;
      if (phase === "stalled" && !(this.source instanceof WhepSource)) this.say({ kind: "froze" });   // WHEP tells of its own.
    }
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

const NO_STATS: SourceStats = {
  protocol: "hls", player: "hls.js", frameRate: 0, codecs: "", bandwidth_bps: null, latency_s: null, dropped_frames: null,
  rtt_s: null, loss: null, jitter_s: null, buffer_s: null,
};

// What this browser can do at all.
function rungsHere(): ReadonlySet<Rung> {
  const hasMediaSource = "MediaSource" in window || "ManagedMediaSource" in window;
  return new Set<Rung>([...("RTCPeerConnection" in window ? ["whep"] as const : []), ...(hasMediaSource ? ["llhls"] as const : []), "hls"]);
}

function modeFrom(text: string | null): Mode {
  return text === "low" || text === "stable" ? text : "ultra";
}

function bufferedEnd(video: HTMLVideoElement): number {
  const { buffered, currentTime } = video;
  for (let i = 0; i < buffered.length; i++) {
    if (buffered.start(i) <= currentTime + 0.1 && buffered.end(i) >= currentTime) return buffered.end(i);
  }
  return currentTime;
}
