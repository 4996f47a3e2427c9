import assert from "node:assert/strict";
import { test } from "node:test";
import type { Emote } from "@/lib/api/types";
import { byKind, emoteContext, emoteName, homesOf } from "./emotes";

const emote = (slug: string, kind: Emote["kind"]) => ({
  slug, kind, name_pt: "Golo", name_pt_br: "Gol", name_en: "Goal", context_pt: "a", context_pt_br: "b", context_en: "c", regions: ["tl", "pt", "ao"],
}) as Emote;

test("emotes are grouped by kind, in a picker's order, and empty groups are left out", () => {
  const groups = byKind([emote("fado", "music"), emote("kkkk", "reaction"), emote("samba", "music")]);
  assert.deepEqual(groups.map(({ kind, emotes }) => [kind, emotes.map(({ slug }) => slug)]), [["reaction", ["kkkk"]], ["music", ["fado", "samba"]]]);
});

test("an emote speaks the reader's Portuguese", () => {
  assert.deepEqual((["pt-PT", "pt-BR", "en"] as const).map((locale) => emoteName(emote("golo", "sport"), locale)), ["Golo", "Gol", "Goal"]);
  assert.deepEqual((["pt-PT", "pt-BR", "en"] as const).map((locale) => emoteContext(emote("golo", "sport"), locale)), ["a", "b", "c"]);
});

test("homes come in the order people read regions", () => {
  assert.deepEqual(homesOf(emote("golo", "sport")), ["pt", "ao", "tl"]);
});
