import { deleteSession, postOffer, SignallingError, type Refusal } from "../webrtc/signalling";
import { AUDIO_BPS, encodingsFor, type Quality } from "./upload";

// Publishes a captured stream by WHIP (RFC 9725): H.264 first, Opus, one session that follows device changes.

export type WhipState = "connecting" | "live" | "reconnecting" | "stopped" | "refused";
export type WhipStats = { bitrate_bps: number; frameRate: number; rtt_s: number | null; loss: number | null; isCpuShort: boolean };
type Options = {
  url: string; token: string; quality: Quality;
  onState: (state: WhipState, refusal?: Refusal) => void;
};

const RECONNECT_MS = [1_000, 2_000, 4_000, 8_000] as const;   // The server keeps the stream for two minutes.
const DISCONNECTED_MS_MAX = 4_000;

export class WhipPublisher {
  private peer: RTCPeerConnection | null = null;
  private location = "";
  private attempt = 0;
  private timer: number | undefined;
  private isStopped = false;
  private sent = { at_ms: 0, bytes: 0 };
  private stream: MediaStream;

  constructor(stream: MediaStream, private readonly options: Options) {
    this.stream = stream;
    window.addEventListener("pagehide", this.goodbye);
    void this.connect();
  }

  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    window.clearTimeout(this.timer);
    window.removeEventListener("pagehide", this.goodbye);
    this.hangUp();
    this.options.onState("stopped");
  }

  // Another camera, microphone or screen, without a new session.
  async replace(stream: MediaStream): Promise<void> {
    this.stream = stream;
    for (const transceiver of this.peer?.getTransceivers() ?? []) {
      const kind = transceiver.receiver.track.kind;
      await transceiver.sender.replaceTrack(stream.getTracks().find((track) => track.kind === kind) ?? null);
    }
  }

  async stats(): Promise<WhipStats | null> {
    const report = await this.peer?.getStats().catch(() => null);
    if (!report) return null;
    const stats = [...(report as unknown as Map<string, Record<string, unknown> & { type: string }>).values()];
    const video = stats.find(({ type, kind }) => type === "outbound-rtp" && kind === "video");
    const heard = stats.find(({ type, kind }) => type === "remote-inbound-rtp" && kind === "video");
    const bytes = stats.filter(({ type }) => type === "outbound-rtp").reduce((sum, { bytesSent }) => sum + Number(bytesSent ?? 0), 0);
    const now_ms = performance.now(), elapsed_ms = now_ms - this.sent.at_ms;
    const bitrate_bps = this.sent.at_ms > 0 && bytes >= this.sent.bytes ? ((bytes - this.sent.bytes) * 8_000) / elapsed_ms : 0;
    this.sent = { at_ms: now_ms, bytes };
    return {
      bitrate_bps, frameRate: Number(video?.framesPerSecond ?? 0), rtt_s: numberOr(heard?.roundTripTime), loss: numberOr(heard?.fractionLost),
      isCpuShort: video?.qualityLimitationReason === "cpu",
    };
  }

  private async connect(): Promise<void> {
    this.options.onState(this.attempt === 0 ? "connecting" : "reconnecting");
    const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    this.peer = peer;
    peer.addEventListener("connectionstatechange", () => { if (this.peer === peer) this.connection(peer); });
    try {
      this.addTracks(peer);
      const offer = await peer.createOffer();
      const answer = await postOffer(this.options.url, offer.sdp ?? "", { token: this.options.token });
      this.location = answer.location;
      if (this.isStopped || this.peer !== peer) return deleteSession(answer.location);
      if (answer.iceServers.length > 0) peer.setConfiguration({ ...peer.getConfiguration(), iceServers: answer.iceServers });
      await peer.setLocalDescription(offer);
      await peer.setRemoteDescription({ type: "answer", sdp: answer.sdp });
    } catch (error) {
      if (this.isStopped || this.peer !== peer) return;
      const refusal = error instanceof SignallingError ? error.refusal : null;
      if (refusal?.isFinal || (refusal && this.attempt === 0 && refusal.reason !== "offline")) return this.refused(refusal);
      this.again(refusal?.retryAfter_ms ?? 0);
    }
  }

  private addTracks(peer: RTCPeerConnection): void {
    const { quality } = this.options;
    const [video] = this.stream.getVideoTracks(), [audio] = this.stream.getAudioTracks();
    if (video) {
      const sending = peer.addTransceiver(video, { direction: "sendonly", streams: [this.stream], sendEncodings: encodingsFor(quality, { height: video.getSettings().height, cores: navigator.hardwareConcurrency }) });
      const codecs = RTCRtpReceiver.getCapabilities("video")?.codecs ?? [];
      sending.setCodecPreferences?.(h264First(codecs));
    }
    if (audio) peer.addTransceiver(audio, { direction: "sendonly", streams: [this.stream], sendEncodings: [{ maxBitrate: AUDIO_BPS }] });
  }

  private connection(peer: RTCPeerConnection): void {
    window.clearTimeout(this.timer);
    if (peer.connectionState === "connected") { this.attempt = 0; this.options.onState("live"); }
    if (peer.connectionState === "failed") this.again(0);
    if (peer.connectionState === "disconnected") {
      this.options.onState("reconnecting");
      this.timer = window.setTimeout(() => this.again(0), DISCONNECTED_MS_MAX);
    }
  }

  private again(after_ms: number): void {
    if (this.isStopped) return;
    this.hangUp();
    this.options.onState("reconnecting");
    const delay_ms = Math.max(after_ms, RECONNECT_MS[Math.min(this.attempt, RECONNECT_MS.length - 1)] ?? 8_000);
    this.attempt++;
    window.clearTimeout(this.timer);
    this.timer = window.setTimeout(() => void this.connect(), delay_ms);
  }

  private refused(refusal: Refusal): void {
    this.isStopped = true;
    window.removeEventListener("pagehide", this.goodbye);
    this.hangUp();
    this.options.onState("refused", refusal);
  }

  private hangUp(): void {
    this.goodbye();
    this.peer?.close();
    this.peer = null;
  }

  private readonly goodbye = (): void => {
    deleteSession(this.location);
    this.location = "";
  };
}

// What LL-HLS can pass on as it comes; RTX and FEC keep their places behind.
export function h264First<C extends { mimeType: string; sdpFmtpLine?: string }>(codecs: readonly C[]): C[] {
  const rank = ({ mimeType, sdpFmtpLine }: C) =>
    mimeType.toLowerCase() !== "video/h264" ? 2 : sdpFmtpLine?.includes("packetization-mode=1") ? 0 : 1;
  return [...codecs].sort((a, b) => rank(a) - rank(b));
}

function numberOr(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
