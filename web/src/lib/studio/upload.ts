// How much can be sent from here, and what to send then. Pure, but for the measuring itself.

export type Quality = { height: number; frameRate: number; video_bps: number };
export type Advice = { verdict: "great" | "good" | "weak" | "poor"; quality: Quality };

export const AUDIO_BPS = 128_000;
const HEADROOM = 0.6;                // Of what was measured: radio comes and goes, and others share it.
const LADDER: readonly (Quality & { verdict: Advice["verdict"] })[] = [
  { verdict: "great", height: 1080, frameRate: 30, video_bps: 4_500_000 },
  { verdict: "good", height: 720, frameRate: 30, video_bps: 2_500_000 },
  { verdict: "weak", height: 480, frameRate: 30, video_bps: 1_000_000 },
  { verdict: "poor", height: 360, frameRate: 24, video_bps: 500_000 },
];

export function adviceFor(upload_bps: number): Advice {
  const affordable = LADDER.find(({ video_bps }) => video_bps + AUDIO_BPS <= upload_bps * HEADROOM);
  const { verdict, ...quality } = affordable ?? LADDER[LADDER.length - 1] ?? { verdict: "poor", height: 360, frameRate: 24, video_bps: 500_000 };
  return { verdict, quality };
}

const FIRST_BYTES = 128 << 10, BYTES_MAX = 1 << 20;
const LONG_ENOUGH_MS = 400;          // A shorter send says more about the round trip than about the width.

// Sends a little, then more if that was too quick to tell. Null when it could not be measured.
export async function measureUpload(send: (body: Blob) => Promise<boolean>, now: () => number): Promise<number | null> {
  for (let bytes = FIRST_BYTES; ; bytes = Math.min(bytes * 4, BYTES_MAX)) {
    const body = noise(bytes), began_ms = now();
    if (!(await send(body).catch(() => false))) return null;
    const took_ms = Math.max(now() - began_ms, 1);
    if (took_ms >= LONG_ENOUGH_MS || bytes === BYTES_MAX) return (bytes * 8_000) / took_ms;
  }
}

// Something that nothing on the way can compress.
function noise(bytes: number): Blob {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  for (let left = bytes; left > 0; left -= 65_536) parts.push(crypto.getRandomValues(new Uint8Array(Math.min(left, 65_536))));
  return new Blob(parts);
}

// --- For encoders: what to set in OBS for the upload there is. Lower than others advise, on purpose: most who watch do
// so on phones. The browser's ladder above leaves more room, because it may send a second, smaller picture besides.

export type EncoderAdvice = {
  name: "audio" | "small" | "medium" | "hd" | "full" | "best";
  upload_kbps_min: number;           // From here on.
  height: number; frameRate: number; video_kbps_min: number; video_kbps_max: number;
};

export const ENCODER_LADDER: readonly EncoderAdvice[] = [
  { name: "best", upload_kbps_min: 8_000, height: 1080, frameRate: 60, video_kbps_min: 6_000, video_kbps_max: 6_000 },
  { name: "full", upload_kbps_min: 4_500, height: 1080, frameRate: 30, video_kbps_min: 3_500, video_kbps_max: 5_000 },
  { name: "hd", upload_kbps_min: 2_500, height: 720, frameRate: 30, video_kbps_min: 2_000, video_kbps_max: 2_800 },
  { name: "medium", upload_kbps_min: 1_200, height: 480, frameRate: 30, video_kbps_min: 1_000, video_kbps_max: 1_500 },
  { name: "small", upload_kbps_min: 0, height: 360, frameRate: 30, video_kbps_min: 600, video_kbps_max: 800 },
];

const SHARE_OF_UPLOAD = 0.7;         // The rest is for the sound, for others in the house and for bad moments.
const AUDIO_KBPS = AUDIO_BPS / 1000;

// The row for this upload, with the bit rate to type: the most its range and seven tenths of the upload allow.
export function encoderAdviceFor(upload_kbps: number): EncoderAdvice & { video_kbps: number } {
  const row = ENCODER_LADDER.find(({ upload_kbps_min }) => upload_kbps >= upload_kbps_min) ?? ENCODER_LADDER[ENCODER_LADDER.length - 1]!;
  const affordable_kbps = upload_kbps * SHARE_OF_UPLOAD - AUDIO_KBPS;
  const video_kbps = Math.min(row.video_kbps_max, Math.max(row.video_kbps_min, affordable_kbps));
  return { ...row, video_kbps: Math.round(video_kbps / 50) * 50 };
}

// --- Two sizes at once (simulcast): viewers on narrow ways get the smaller one, and nobody re-encodes. Encoding twice
// is for machines that can, and a small picture has nothing smaller worth sending.

export const CORES_MIN = 4;
const HEIGHT_MIN = 720, SMALLER_BY = 2, SMALLER_SHARE = 0.25;

export function encodingsFor(quality: Quality, captured: { height?: number | undefined; cores: number }): RTCRtpEncodingParameters[] {
  const whole = { maxBitrate: quality.video_bps, maxFramerate: quality.frameRate };
  if ((captured.height ?? 0) < HEIGHT_MIN || captured.cores < CORES_MIN) return [whole];
  return [
    { rid: "h", ...whole },
    { rid: "l", ...whole, scaleResolutionDownBy: SMALLER_BY, maxBitrate: Math.round(quality.video_bps * SMALLER_SHARE) },
  ];
}
