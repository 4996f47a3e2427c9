import type Hls from "hls.js";
import type { ErrorData } from "hls.js";
import type { Rung } from "./ladder";
import type { Source, SourceEvents, SourceStats } from "./source";

const RECOVER_MEDIA_MS_MIN = 5_000;    // hls.js: recoverMediaError() more often than this makes things worse.
const STABLE_BUFFER_S = 30, LIVE_BUFFER_S = 20;
const STABLE_SYNC_SEGMENTS = 3;

// Pictures by hls.js: in parts at the live edge, or, on the stable rung, in whole segments with a reserve behind it.
export class HlsSource implements Source {
  private readonly hls: Hls;
  private mediaRecovered_ms = -Infinity;
  private isOver = false;

  constructor(private readonly HlsClass: typeof Hls, url: string, video: HTMLVideoElement,
    private readonly events: SourceEvents, private rung: Rung) {
    const isStable = rung === "hls";
    const hls = new HlsClass({
      backBufferLength: 60, maxBufferLength: isStable ? STABLE_BUFFER_S : LIVE_BUFFER_S, capLevelToPlayerSize: true,
      maxLiveSyncPlaybackRate: isStable ? 1 : 1.05, lowLatencyMode: !isStable,
      ...(isStable ? { liveSyncDurationCount: STABLE_SYNC_SEGMENTS } : {}), progressive: false, enableWorker: false,
    });
    this.hls = hls;
    const { Events } = HlsClass;
    hls.on(Events.MANIFEST_PARSED, () => this.events.onLevels(
      hls.levels.map((level, index) => ({ index, height: level.height, frameRate: level.frameRate || 0, bitrate: level.bitrate }))));
    hls.on(Events.FRAG_BUFFERED, () => this.events.onBuffered());
    hls.on(Events.LEVEL_SWITCHED, (_, { level }) => this.events.onLevels([], level));
    hls.on(Events.ERROR, (_, error) => this.failed(error));
    hls.loadSource(url);
    hls.attachMedia(video);
  }

  attach(): void {}
  canResume(): boolean { return this.hls.levels.length > 0; }
  resume(): void { this.hls.startLoad(); }
  setRung(rung: Rung): boolean { return rung === this.rung; }
  chooseLevel(index: number): void { this.hls.nextLevel = index; }
  liveEdge(): number { return this.hls.liveSyncPosition ?? NaN; }

  destroy(): void {
    this.isOver = true;
    this.hls.destroy();
  }

  stats(): SourceStats {
    const { hls } = this, level = hls.levels[hls.currentLevel] ?? hls.levels[hls.loadLevel];
    return {
      protocol: this.rung === "llhls" && level?.details?.partTarget ? "llhls" : "hls", player: "hls.js",
      frameRate: level?.frameRate || 0, codecs: [level?.videoCodec, level?.audioCodec].filter(Boolean).join(", "),
      bandwidth_bps: hls.bandwidthEstimate, dropped_frames: null,
      latency_s: Number.isFinite(hls.latency) ? hls.latency : null,   // From the newest part: no clock can be wrong about it.
      rtt_s: null, loss: null, jitter_s: null, buffer_s: null,
    };
  }

  private failed(error: ErrorData): void {
    if (!error.fatal || this.isOver) return;
    const now = performance.now();
    if (error.type === this.HlsClass.ErrorTypes.MEDIA_ERROR && now - this.mediaRecovered_ms > RECOVER_MEDIA_MS_MIN) {
      this.mediaRecovered_ms = now;
      return this.hls.recoverMediaError();
    }
    this.hls.stopLoad();
    this.events.onLost();
  }
}
