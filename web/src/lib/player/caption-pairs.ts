export type CaptionSample = { type?: number; pts: number; bytes?: Uint8Array };

// The valid pairs of field 1 in one picture's user data, as hls.js hands it on (ATSC A/53 Part 4, table 6.9).
export function pairsOf({ type, bytes }: CaptionSample): [number, number][] {
  if (type !== 3 || !bytes) return [];
  const pairs: [number, number][] = [];
  for (let at = 2; at + 2 < bytes.length; at += 3) {
    const marker = bytes[at] ?? 0, first = bytes[at + 1] ?? 0, second = bytes[at + 2] ?? 0;
    if ((marker & 0x07) === 0x04 && ((first | second) & 0x7f) !== 0) pairs.push([first, second]);
  }
  return pairs;
}
