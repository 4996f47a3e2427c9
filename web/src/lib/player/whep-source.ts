import { InboundMeter, readingOf, type Reading } from "../webrtc/inbound";
import { deleteSession, iceFragmentOf, patchIce, postOffer, SignallingError, withIceOf } from "../webrtc/signalling";
import type { Source, SourceEvents, SourceStats } from "./source";

// Pictures by WebRTC: one POST, one answer, then frames. Rehearses beside a picture that plays: until attach() it only
// receives. Whatever ends it, the engine goes on by another rung and may come back later with a new one.

const LOOK_FIRST_MS = 100, LOOK_MS = 500;
const STILL_MS = 700;
const QUIET_MS = 1_500;                // Sound alone: packets come also of silence.
const SILENT_MS_MAX = 2_000;           // Nothing at all for so long, and the broadcaster is there: the way is cut.
const DISCONNECTED_MS_MAX = 1_000;
const RESTART_MS_MAX = 3_000;          // What another way over another network may take to show something.
const PLAYOUT_DELAY_MS = 10;           // With none at all Chromium no longer holds the picture back for its sound.

export class WhepSource implements Source {
  private readonly peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
  private readonly stream = new MediaStream();
  private readonly meter = new InboundMeter();
  private readonly opening = new AbortController();
  private location = "";
  private etag = "*";
  private reading: Reading | null = null;
  private loss: number | null = null;
  private bitrate_bps: number | null = null;
  private timer: number | undefined;
  private disconnectedSince_ms: number | null = null;
  private restartedAt_ms: number | null = null;   // Since when a new way is being looked for.
  private isAttached = false;
  private hasPicture = false;
  private isStill = false;
  private isOver = false;
  isHeld = false;                      // The broadcaster is away: silence is nobody's fault.

  constructor(private readonly url: string, private readonly video: HTMLVideoElement, private readonly events: SourceEvents,
    private readonly isAudioOnly = false) {
    this.peer.addEventListener("track", ({ track }) => this.came(track));
    this.peer.addEventListener("connectionstatechange", () => this.connection());
    void this.open();
    this.look(LOOK_FIRST_MS);
  }

  attach(): void {
    this.isAttached = true;
    if (this.isAudioOnly && this.stream.getTracks().length === 0) return;   // Chromium never begins a stream that was empty and then has no picture.
    if (this.video.srcObject !== this.stream) this.video.srcObject = this.stream;
  }

  private came(track: MediaStreamTrack): void {
    this.stream.addTrack(track);
    if (this.isAttached) this.attach();
  }

  canResume(): boolean { return false; }
  resume(): void {}
  setRung(): boolean { return false; }
  chooseLevel(): void {}
  showCaptions(): void {}             // Browsers do not read them out of what comes by WebRTC.
  liveEdge(): number { return NaN; }

  stats(): SourceStats {
    const now = this.reading;
    return {
      protocol: "whep", player: "webrtc", frameRate: now?.frameRate ?? 0, codecs: now?.codecs ?? "", bandwidth_bps: this.bitrate_bps,
      latency_s: now?.latency_s ?? null, dropped_frames: now?.dropped ?? 0, rtt_s: now?.rtt_s ?? null, loss: this.loss,
      jitter_s: now?.jitter_s ?? null, buffer_s: now?.bufferDelay_s ?? null,
    };
  }

  destroy(): void {
    if (this.isOver) return;
    this.isOver = true;
    window.clearTimeout(this.timer);
    this.opening.abort();
    this.hangUp();
    this.peer.close();
    if (this.video.srcObject === this.stream) this.video.srcObject = null;
  }

  private async open(): Promise<void> {
    try {
      if (!this.isAudioOnly) this.peer.addTransceiver("video", { direction: "recvonly" });   // What is not asked for is not sent.
      this.peer.addTransceiver("audio", { direction: "recvonly" });
      const offer = await this.peer.createOffer();
      const sdp = inStereo(offer.sdp ?? "");
      const answer = await postOffer(`${this.url}?playout_delay_ms=${PLAYOUT_DELAY_MS}`, sdp, { signal: this.opening.signal });
      this.location = answer.location;
      this.etag = answer.etag;
      if (this.isOver) return this.hangUp();
      if (answer.iceServers.length > 0) this.peer.setConfiguration({ ...this.peer.getConfiguration(), iceServers: answer.iceServers });
      await this.peer.setLocalDescription({ type: "offer", sdp });   // Only now are candidates gathered, with those servers.
      await this.peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    } catch (error) {
      this.fail(error instanceof SignallingError ? error.refusal : {});
    }
  }

  private connection(): void {
    const { connectionState } = this.peer;
    if (connectionState === "failed") return this.cut();
    this.disconnectedSince_ms = connectionState === "disconnected" ? performance.now() : null;
  }

  // Another network may lead to the same session: looked for once, and again only after something came by it.
  private cut(): void {
    if (this.restartedAt_ms === null && this.hasPicture && this.location) {
      this.restartedAt_ms = performance.now();
      void this.restart().then((isUnderWay) => { if (!isUnderWay) this.fail({}); });
      return;
    }
    if (this.restartedAt_ms === null || performance.now() - this.restartedAt_ms >= RESTART_MS_MAX) this.fail({});
  }

  private async restart(): Promise<boolean> {
    try {
      const offer = await this.peer.createOffer({ iceRestart: true });
      const answered = await patchIce({ location: this.location, etag: this.etag }, iceFragmentOf(offer.sdp ?? ""));
      const sdp = answered && withIceOf(this.peer.currentRemoteDescription?.sdp ?? "", answered.fragment);
      if (!answered || !sdp || this.isOver) return false;
      this.etag = answered.etag;
      await this.peer.setLocalDescription(offer);
      await this.peer.setRemoteDescription({ type: "answer", sdp });
      return true;
    } catch {
      return false;   // Closed meanwhile, or of another mind: the next rung.
    }
  }

  private fail(failure: { retryAfter_ms?: number | null; isFinal?: boolean }): void {
    if (!this.isOver) this.events.onFailed(failure);
  }

  private look(delay_ms: number): void {
    this.timer = window.setTimeout(() => void this.measure(), delay_ms);
  }

  private async measure(): Promise<void> {
    const report = await this.peer.getStats().catch(() => null);
    if (this.isOver) return;
    if (report) this.took(readingOf(report as unknown as Iterable<[string, unknown]>, {
      at_ms: performance.now(), wall_ms: Date.now(), isConnected: this.peer.connectionState === "connected",
    }));
    if (!this.isOver) this.look(this.hasPicture ? LOOK_MS : LOOK_FIRST_MS);
  }

  private took(reading: Reading): void {
    const happened = this.meter.take(reading);
    this.reading = reading;
    this.loss = happened.loss;
    this.bitrate_bps = happened.bitrate_bps;
    if (!this.hasPicture) {
      this.hasPicture = reading.frames > 0 || (reading.packets > 0 && !this.hasVideo());
      if (this.hasPicture) this.events.onFirstFrame();
      return;
    }
    this.watchStillness(this.hasVideo() ? happened.still_ms >= STILL_MS : happened.silent_ms >= QUIET_MS);
    if (happened.silent_ms === 0 || this.isHeld) this.restartedAt_ms = null;
    if (document.hidden || this.isHeld || this.isOver) return;
    const isCut = happened.silent_ms >= SILENT_MS_MAX ||
      (this.disconnectedSince_ms !== null && performance.now() - this.disconnectedSince_ms >= DISCONNECTED_MS_MAX && happened.silent_ms > 0);
    if (isCut) return this.cut();
    this.events.onSample(happened.loss);
    if (happened.froze && !this.isOver) this.events.onFroze();
  }

  private watchStillness(isStill: boolean): void {
    if (isStill === this.isStill) return;
    this.isStill = isStill;
    this.events.onStill(isStill);
  }

  // A broadcast of sound alone is answered without a picture.
  private hasVideo(): boolean {
    return this.peer.getTransceivers().some(({ receiver, currentDirection }) => receiver.track.kind === "video" && currentDirection === "recvonly");
  }

  private hangUp(): void {
    deleteSession(this.location);
    this.location = "";
  }
}

// Browsers offer Opus in mono unless told otherwise (RFC 7587, 6.1).
function inStereo(sdp: string): string {
  return sdp.replace(/(a=fmtp:(\d+) (?:[^\r\n]*;)?useinbandfec=1)(?![^\r\n]*stereo=1)/g, "$1;stereo=1");
}
