import { pairsOf, type CaptionSample } from "./caption-pairs";
import { Cea608, type CaptionScreen } from "./cea608";

// Captions of the pictures as cues of the <video>'s own text track. Comes when somebody wants captions and there are some.

const REORDER_S = 0.2;        // Pictures are decoded in another order than they are shown in, across parts too.
const REORDER_MS_MAX = 500;   // What nothing follows is shown all the same.
const SHOWN_S_MAX = 16;       // CEA-608-E, 6.3: a decoder takes away what nobody took away.
const JUMP_S = 1;             // Time runs backwards: the viewer went back, and what was read is read again.
const LINES_BELOW = 2;        // Room for the controls, which every browser draws over captions.
const CUES_MAX = 500;         // Older ones can no longer be gone back to.

export class CaptionTrack {
  private readonly track: TextTrack;
  private decoder = this.begun();
  private pending: CaptionSample[] = [];
  private newest_s = -Infinity;
  private taken_s = -Infinity;
  private cue: VTTCue | null = null;
  private timer: number | undefined;

  // A <video> keeps the tracks it was given, so it is given one.
  constructor(video: HTMLVideoElement, label: string) {
    this.track = [...video.textTracks].find((track) => track.label === label) ?? video.addTextTrack("captions", label);
    this.clear();
  }

  show(isOn: boolean): void { this.track.mode = isOn ? "showing" : "disabled"; }

  take(samples: readonly CaptionSample[]): void {
    this.pending = [...this.pending, ...samples].sort((a, b) => a.pts - b.pts);
    this.newest_s = this.pending.at(-1)?.pts ?? this.newest_s;
    this.decode(this.newest_s - REORDER_S);
    window.clearTimeout(this.timer);
    if (this.pending.length > 0) this.timer = window.setTimeout(() => this.decode(Infinity), REORDER_MS_MAX);
  }

  destroy(): void {
    window.clearTimeout(this.timer);
    this.clear();
    this.track.mode = "disabled";
  }

  private begun(): Cea608 {
    return new Cea608((screen, at_s, isGrowing) => this.draw(screen, at_s, isGrowing));
  }

  private decode(until_s: number): void {
    const due = this.pending.filter((sample) => sample.pts <= until_s);
    this.pending = this.pending.filter((sample) => sample.pts > until_s);
    for (const sample of due) {
      if (sample.pts < this.taken_s - JUMP_S) this.goBack(sample.pts);
      this.taken_s = sample.pts;
      for (const [first, second] of pairsOf(sample)) this.decoder.take(first, second, sample.pts);
    }
  }

  private goBack(to_s: number): void {
    this.decoder = this.begun();
    this.cue = null;
    for (const cue of [...this.track.cues ?? []]) if (cue.endTime > to_s) this.track.removeCue(cue);
  }

  private draw({ lines, isTop }: CaptionScreen, at_s: number, isGrowing: boolean): void {
    const text = escaped(lines.join("\n"));
    if (isGrowing && this.cue) {
      this.cue.text = text;
      this.cue.endTime = at_s + SHOWN_S_MAX;
      this.place(lines.length, isTop);
      return;
    }
    if (this.cue) this.cue.endTime = Math.max(this.cue.startTime, Math.min(this.cue.endTime, at_s));
    this.cue = null;
    if (text === "") return;
    this.cue = new VTTCue(at_s, at_s + SHOWN_S_MAX, text);
    this.place(lines.length, isTop);
    this.track.addCue(this.cue);
    const first = this.track.cues?.[0];
    if (first && (this.track.cues?.length ?? 0) > CUES_MAX) this.track.removeCue(first);
  }

  // WebVTT counts lines from the bottom when they are negative, to the first one of the cue.
  private place(lines: number, isTop: boolean): void {
    if (this.cue) this.cue.line = isTop ? 0 : -(lines + LINES_BELOW);
  }

  private clear(): void {
    this.track.mode = "hidden";   // A disabled track shows its cues to nobody, script included.
    for (const cue of [...this.track.cues ?? []]) this.track.removeCue(cue);
  }
}

// In WebVTT's cue text these begin a tag or a character.
function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
