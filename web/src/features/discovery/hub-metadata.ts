import type { Metadata } from "next";
import { cards, clipped, hubAlternates } from "@/lib/seo/metadata";
import { getText, pageHub } from "@/text/server";

// Of a page that every hub repeats: one canonical address a language, and each names the others.
export async function hubMetadata(path: string, title: string, description: string): Promise<Metadata> {
  const { t, locale } = await getText();
  const alternates = hubAlternates(path, await pageHub());
  return {
    title, description: clipped(description), alternates,
    ...cards({ siteName: t("site.name"), locale, path: String(alternates.canonical), title, description, image: { url: "/social-card.jpg", alt: t("share.card_alt") } }),
  };
}
