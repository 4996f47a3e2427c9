import { REGIONS, type RegionCode } from "@/features/channels/regions";
import type { Emote } from "@/lib/api/types";
import type { Locale } from "@/lib/locale";

export const KINDS = ["reaction", "feeling", "chat", "celebration", "music", "food", "sport"] as const satisfies readonly Emote["kind"][];

export function emoteName(emote: Emote, locale: Locale): string {
  return { "pt-PT": emote.name_pt, "pt-BR": emote.name_pt_br, en: emote.name_en }[locale];
}

export function emoteContext(emote: Emote, locale: Locale): string {
  return { "pt-PT": emote.context_pt, "pt-BR": emote.context_pt_br, en: emote.context_en }[locale];
}

// Where it is at home, in the order people read regions; none is everywhere.
export function homesOf(emote: Pick<Emote, "regions">): RegionCode[] {
  return REGIONS.filter((region) => emote.regions.includes(region));
}

export function byKind(emotes: readonly Emote[]): { kind: Emote["kind"]; emotes: Emote[] }[] {
  return KINDS.map((kind) => ({ kind, emotes: emotes.filter((emote) => emote.kind === kind) })).filter((group) => group.emotes.length > 0);
}
