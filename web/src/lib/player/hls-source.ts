import type Hls from "hls.js";
import type { ErrorData } from "hls.js";
import { pairsOf, type CaptionSample } from "./caption-pairs";
import type { CaptionTrack } from "./caption-track";
import type { Rung } from "./ladder";
import type { Source, SourceEvents, SourceStats } from "./source";

const RECOVER_MEDIA_MS_MIN = 5_000;    // hls.js: recoverMediaError() more often than this makes things worse.
const STABLE_BUFFER_S = 30, LIVE_BUFFER_S = 20;
const STABLE_SYNC_SEGMENTS = 3;
const CAPTIONS_GROUP = "cc";            // As our master playlist names it.
const KEPT_CAPTIONS_S = 20;            // Who turns captions on reads the one that is being shown.

// Pictures by hls.js: in parts at the live edge, or, on the stable rung, in whole segments with a reserve behind it.
export class HlsSource implements Source {
  private readonly hls: Hls;
  private mediaRecovered_ms = -Infinity;
  private isOver = false;
  private kept: CaptionSample[] = [];  // Until there is a track for them.
  private captions: CaptionTrack | null = null;
  private wantsCaptions = false;

  constructor(private readonly HlsClass: typeof Hls, url: string, private readonly video: HTMLVideoElement,
    private readonly events: SourceEvents, private rung: Rung) {
    const isStable = rung === "hls";
    const hls = new HlsClass({
      backBufferLength: 60, maxBufferLength: isStable ? STABLE_BUFFER_S : LIVE_BUFFER_S, capLevelToPlayerSize: true,
      maxLiveSyncPlaybackRate: isStable ? 1 : 1.05, lowLatencyMode: !isStable,
      ...(isStable ? { liveSyncDurationCount: STABLE_SYNC_SEGMENTS } : {}), progressive: false, enableWorker: false,
    });
    this.hls = hls;
    const { Events } = HlsClass;
    hls.on(Events.MANIFEST_PARSED, () => this.parsed());
    hls.on(Events.FRAG_PARSING_USERDATA, (_, { samples }) => this.said(samples as readonly CaptionSample[]));
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

  showCaptions(isOn: boolean): void {
    this.wantsCaptions = isOn;
    this.captions?.show(isOn);
    if (isOn && !this.captions) void this.makeCaptions();
  }

  liveEdge(): number { return this.hls.liveSyncPosition ?? NaN; }

  destroy(): void {
    this.isOver = true;
    this.hls.destroy();
    this.captions?.destroy();
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

  private parsed(): void {
    const { levels } = this.hls;
    this.events.onLevels(levels.map((level, index) => ({ index, height: level.height, frameRate: level.frameRate || 0, bitrate: level.bitrate })));
    if (levels.some(({ attrs }) => attrs["CLOSED-CAPTIONS"] === CAPTIONS_GROUP)) this.events.onCaptions();
  }

  // A broadcast may begin to have captions at any time; its pictures tell before any playlist is read again.
  private said(samples: readonly CaptionSample[]): void {
    if (this.captions) return this.captions.take(samples);
    const newest_s = samples.at(-1)?.pts ?? 0;
    this.kept = [...this.kept.filter(({ pts }) => newest_s - pts < KEPT_CAPTIONS_S), ...samples];
    if (samples.some((sample) => pairsOf(sample).length > 0)) this.events.onCaptions();
  }

  private async makeCaptions(): Promise<void> {
    const { CaptionTrack } = await import("./caption-track");
    if (this.isOver || this.captions) return;
    this.captions = new CaptionTrack(this.video, "CC1");
    this.captions.show(this.wantsCaptions);
    this.captions.take(this.kept);
    this.kept = [];
  }

  private failed(error: ErrorData): void {
    if (!error.fatal || this.isOver) return;
    const now = performance.now();
    if (error.type === this.HlsClass.ErrorTypes.MEDIA_ERROR && now - this.mediaRecovered_ms > RECOVER_MEDIA_MS_MIN) {
      this.mediaRecovered_ms = now;
      return this.hls.recoverMediaError();
    }
    this.hls.stopLoad();
    this.events.onLost(error.response?.code === 404);
  }
}
