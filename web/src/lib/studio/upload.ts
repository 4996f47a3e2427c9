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
