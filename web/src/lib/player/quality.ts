import type { Level } from "./source";

// What the viewer wants to spend: whatever fits, one size of picture ("720p60"), the lightest, or sound alone.
export type Quality = "auto" | "saver" | "audio" | `${number}p${string}`;

export function qualityFrom(text: string | null): Quality {
  if (text === "saver" || text === "audio") return text;
  return text && /^\d{2,5}p\d{0,3}$/.test(text) ? (text as Quality) : "auto";
}

export function levelName({ height, frameRate }: Pick<Level, "height" | "frameRate">): Quality {
  return `${height}p${frameRate > 35 ? Math.round(frameRate) : ""}`;
}

// Which level that is here; -1 leaves it to the bandwidth. A size this stream does not have is the next one below.
export function levelFor(quality: Quality, levels: readonly Level[]): number {
  if (quality === "auto" || quality === "audio" || levels.length < 2) return -1;
  const lightest = [...levels].sort((a, b) => a.bitrate - b.bitrate)[0]?.index ?? -1;
  if (quality === "saver") return lightest;
  const exact = levels.find((level) => levelName(level) === quality);
  if (exact) return exact.index;
  const height = parseInt(quality, 10);
  const fitting = levels.filter((level) => level.height <= height).sort((a, b) => b.height - a.height || b.bitrate - a.bitrate);
  return fitting[0]?.index ?? lightest;
}

// A choice made on a phone's data plan says nothing about the Wi-Fi at home. Where a browser does not tell, there is one.
export function qualityKey(navigator: object): string {
  const { connection } = navigator as { connection?: { type?: string } };
  return `luso.quality.${connection?.type ?? "any"}`;
}
