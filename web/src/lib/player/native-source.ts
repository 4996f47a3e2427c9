import type { Source, SourceEvents, SourceStats } from "./source";

// An iPhone without Media Source plays HLS by itself: an address, and hands off.
export class NativeSource implements Source {
  private readonly lost = () => this.events.onLost();
  private readonly found = () => { if (this.captions().length > 0) this.events.onCaptions(); };

  constructor(url: string, private readonly video: HTMLVideoElement, private readonly events: SourceEvents) {
    video.addEventListener("error", this.lost);
    video.textTracks.addEventListener("addtrack", this.found);
    video.src = url;
  }

  attach(): void {}
  canResume(): boolean { return false; }
  resume(): void {}
  setRung(): boolean { return true; }    // Safari chooses between parts and segments itself.
  chooseLevel(): void {}
  showCaptions(isOn: boolean): void { for (const track of this.captions()) track.mode = isOn ? "showing" : "disabled"; }
  liveEdge(): number { return NaN; }

  stats(): SourceStats {
    return {
      protocol: "hls", player: "native", frameRate: 0, codecs: "", bandwidth_bps: null, latency_s: null, dropped_frames: null,
      rtt_s: null, loss: null, jitter_s: null, buffer_s: null,
    };
  }

  destroy(): void {
    this.video.removeEventListener("error", this.lost);
    this.video.textTracks.removeEventListener("addtrack", this.found);
    this.video.removeAttribute("src");
    this.video.load();
  }

  private captions(): TextTrack[] { return [...this.video.textTracks].filter(({ kind }) => kind === "captions"); }
}
