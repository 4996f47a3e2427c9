import type { Quality } from "./upload";

// Camera, microphone and screen, and in plain words why not.
export type Picture = "camera" | "screen";
export type CaptureProblem = "denied" | "no_device" | "busy" | "insecure" | "unsupported" | "failed";

export class CaptureError extends Error {
  constructor(readonly problem: CaptureProblem) { super(problem); }
}

export type Choice = { picture: Picture; cameraId?: string; microphoneId?: string; quality: Quality };

const SOUND = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };

export async function capture({ picture, cameraId, microphoneId, quality }: Choice): Promise<MediaStream> {
  if (!window.isSecureContext) throw new CaptureError("insecure");
  if (!navigator.mediaDevices?.getUserMedia) throw new CaptureError("unsupported");
  const audio = { ...SOUND, ...(microphoneId ? { deviceId: { exact: microphoneId } } : {}) };
  const video = { width: { ideal: Math.round((quality.height * 16) / 9) }, height: { ideal: quality.height }, frameRate: { ideal: quality.frameRate, max: 60 } };
  try {
    if (picture === "camera") {
      return await navigator.mediaDevices.getUserMedia({ audio, video: { ...video, ...(cameraId ? { deviceId: { exact: cameraId } } : {}) } });
    }
    // The screen first: that dialog needs the press; the microphone joins it.
    const screen = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { ideal: quality.frameRate } }, audio: false });
    const voice = await navigator.mediaDevices.getUserMedia({ audio }).catch(() => null);
    for (const track of voice?.getAudioTracks() ?? []) screen.addTrack(track);
    return screen;
  } catch (error) {
    throw new CaptureError(problemOf(error));
  }
}

export function problemOf(error: unknown): CaptureProblem {
  switch (error instanceof Error ? error.name : "") {
    case "NotAllowedError": case "SecurityError": return "denied";
    case "NotFoundError": case "OverconstrainedError": return "no_device";
    case "NotReadableError": case "AbortError": return "busy";
    case "TypeError": case "NotSupportedError": return "unsupported";
    default: return "failed";
  }
}

export function stopAll(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

export type Devices = { cameras: MediaDeviceInfo[]; microphones: MediaDeviceInfo[] };

export async function devices(): Promise<Devices> {
  const all = await navigator.mediaDevices.enumerateDevices().catch(() => []);
  const named = all.filter(({ deviceId }) => deviceId !== "");
  return { cameras: named.filter(({ kind }) => kind === "videoinput"), microphones: named.filter(({ kind }) => kind === "audioinput") };
}

// How loud it is, 0 to 1, told some times a second. Returns how to stop.
export function listenLevel(stream: MediaStream, told: (level: number) => void): () => void {
  if (stream.getAudioTracks().length === 0) { told(0); return () => {}; }
  const context = new AudioContext(), analyser = context.createAnalyser();
  analyser.fftSize = 1024;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  const timer = setInterval(() => {
    analyser.getFloatTimeDomainData(samples);
    told(levelOf(samples));
  }, 100);
  return () => { clearInterval(timer); void context.close(); };
}

const QUIET_DB = -60;   // Below it the meter is empty.

export function levelOf(samples: Float32Array): number {
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(samples.length, 1);
  const decibels = 10 * Math.log10(Math.max(power, 1e-12));
  return Math.min(1, Math.max(0, 1 - decibels / QUIET_DB));
}
