import type { Metadata } from "next";
import { HUBS, LOCALES, type Locale } from "../locale";

// What links, cards and search results say of a page. Nested metadata of Next.js replaces what the layout gave, whole, so
// every page's card is made here and none forgets the site's name or its language.
export const DESCRIPTION_MAX = 160;
export const CARD_SIZE = { width: 1200, height: 630 } as const;
const PLAYER_SIZE = { width: 1280, height: 720 } as const;
const OG_LOCALES: Record<Locale, string> = { "pt-PT": "pt_PT", "pt-BR": "pt_BR", en: "en_US" };

export type Image = { url: string; alt: string; type?: "image/jpeg" | "image/png" };
export type Page = {
  siteName: string;
  locale: Locale;
  path?: string;   // The canonical one; a page without an address of its own has none.
  title: string;
  description: string;
  image: Image;
  type?: "website" | "profile" | "video.other";
  player?: string;   // The whole address of what plays it elsewhere.
};

export function cards({ siteName, locale, path, title, description, image, type = "website", player }: Page): Pick<Metadata, "openGraph" | "twitter"> {
  const images = [{ type: "image/jpeg", ...image, ...CARD_SIZE }];
  const said = { title, description: clipped(description) };
  const isSecure = player?.startsWith("https://") ?? false;
  return {
    openGraph: {
      ...said, type, siteName, images, ...(path ? { url: path } : {}), locale: OG_LOCALES[locale],
      alternateLocale: LOCALES.filter((other) => other !== locale).map((other) => OG_LOCALES[other]),
      ...(player ? { videos: [{ url: player, ...(isSecure ? { secureUrl: player } : {}), type: "text/html", ...PLAYER_SIZE }] } : {}),
    } as Metadata["openGraph"],
    twitter: player && isSecure   // Players must be sent over TLS, or the card is refused whole.
      ? { ...said, card: "player", images: [image], players: [{ playerUrl: player, streamUrl: player, ...PLAYER_SIZE }] }
      : { ...said, card: "summary_large_image", images: [image] },
  };
}

// A hub page ("/", "/categories/fado") has an address in each language and one that asks the browser. Other Portuguese
// readers are sent to the European page.
export function hubAlternates(path: string, hub?: Locale): NonNullable<Metadata["alternates"]> {
  const languages = Object.fromEntries(LOCALES.map((locale) => [locale, hubPath(path, locale)]));
  return { canonical: hub ? hubPath(path, hub) : path, languages: { ...languages, pt: hubPath(path, "pt-PT"), "x-default": path } };
}

export function hubPath(path: string, locale: Locale): string {
  return path === "/" ? HUBS[locale] : HUBS[locale].slice(0, -1) + path;
}

// Cut at a word, so that results do not end in the middle of one.
export function clipped(text: string, max = DESCRIPTION_MAX): string {
  const line = text.replace(/\s+/gu, " ").trim();
  if (line.length <= max) return line;
  const cut = line.slice(0, max - 1).replace(/[\uD800-\uDBFF]$/u, "");
  const space = cut.lastIndexOf(" ");
  return `${(space > max / 2 ? cut.slice(0, space) : cut).replace(/[\s,;:.–-]+$/u, "")}…`;
}
