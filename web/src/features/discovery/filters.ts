import { regionFrom, type RegionCode } from "@/features/channels/regions";
import type { Stream } from "@/lib/api/types";

// What narrows a list of streams, as it stands in an address. Short names: people share these.
export type Search = Promise<Record<string, string | string[] | undefined>>;
export type Filters = {
  category?: string; language?: Stream["language"]; region?: RegionCode; ours?: "1"; sort?: "recent"; cursor?: string;
};

export const LANGUAGES = ["pt-PT", "pt-BR", "other"] as const;

export function oneOf(search: Awaited<Search>, name: string): string | undefined {
  const value = search[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function filtersFrom(search: Awaited<Search>): Filters {
  const one = (name: string) => oneOf(search, name);
  return {
    category: one("category"), language: LANGUAGES.find((language) => language === one("language")), region: regionFrom(one("region")),
    ours: one("ours") === "1" ? "1" : undefined, sort: one("sort") === "recent" ? "recent" : undefined, cursor: one("cursor"),
  };
}

export function hrefOf(base: string, filters: Filters): string {
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value !== undefined) as [string, string][]);
  return query.size > 0 ? `${base}?${query}` : base;
}

export function isFiltered({ category, language, region, ours }: Filters): boolean {
  return Boolean(category ?? language ?? region ?? ours);
}

// The same for /api/v1/streams; whoever goes on adds the cursor.
export function queryOf({ category, language, region, ours, sort }: Filters) {
  return { live: true, category, language, region, ...(ours ? { portuguese_focused: true } : {}), ...(sort ? { sort } : {}) };
}
export type StreamQuery = ReturnType<typeof queryOf>;
