import type { Region, RegionChoice } from "@/lib/api/types";

// In the order people read them; the whole world last.
export const REGIONS = ["br", "pt", "ao", "mz", "cv", "gw", "st", "tl", "mo", "diaspora"] as const satisfies readonly NonNullable<Region>[];
export type RegionCode = (typeof REGIONS)[number];

export function regionFrom(text: string | undefined): RegionCode | undefined {
  return REGIONS.find((region) => region === text);
}

// What a form says; anything else takes the region away.
export function regionChoiceFrom(text: string | undefined): RegionChoice {
  return regionFrom(text) ?? "none";
}
