import type { Category } from "@/lib/api/types";
import type { Locale } from "@/lib/locale";

export function categoryName(category: Category, locale: Locale): string {
  return { "pt-PT": category.name_pt, "pt-BR": category.name_pt_br, en: category.name_en }[locale];
}

// What a choice of categories needs of them; the rest would only travel.
export type CategoryChoice = { slug: string; name: string };

export function choicesOf(categories: readonly Category[], locale: Locale): CategoryChoice[] {
  return categories.map((category) => ({ slug: category.slug, name: categoryName(category, locale) }));
}

export function namesBySlug(categories: readonly Category[], locale: Locale): Record<string, string> {
  return Object.fromEntries(categories.map((category) => [category.slug, categoryName(category, locale)]));
}
