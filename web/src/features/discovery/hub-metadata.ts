import type { Metadata } from "next";
import { cards, clipped, hubAlternates } from "@/lib/seo/metadata";
import { placePath, type Place } from "@/lib/share/place";
import { getText, pageHub } from "@/text/server";

// Of a page that every hub repeats: one canonical address a language, and each names the others. A category and a region
// have a picture of their own.
export async function hubMetadata(path: string, title: string, description: string, place?: Place): Promise<Metadata> {
  const { t, locale } = await getText();
  const alternates = hubAlternates(path, await pageHub());
  const image = place ? { url: placePath({ ...place, locale, title, detail: t("site.tagline") }), alt: title } : { url: "/social-card.jpg", alt: t("share.card_alt") };
  return {
    title, description: clipped(description), alternates,
    ...cards({ siteName: t("site.name"), locale, path: String(alternates.canonical), title, description, image }),
  };
}
