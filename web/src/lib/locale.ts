// Which of our three catalogues a reader gets: their own choice first, then what their browser asks for.
export const LOCALES = ["pt-PT", "pt-BR", "en"] as const;
export type Locale = (typeof LOCALES)[number];
export const DEFAULT_LOCALE: Locale = "pt-PT";
export const LOCALE_HEADER = "x-luso-locale";
export const ASK_HEADER = "x-luso-ask-language";   // Set by the proxy alone, for a visitor who should be asked once.

// Hubs have an address per language; channels and streams keep one address whatever the interface speaks.
export const HUBS: Record<Locale, string> = { "pt-PT": "/pt-pt/", "pt-BR": "/pt-br/", en: "/en/" };

export function localeFrom(value: string | null | undefined): Locale | undefined {
  return LOCALES.find((locale) => locale === value);
}

export function localeOfHub(pathname: string): Locale | undefined {
  const path = pathname.endsWith("/") ? pathname : `${pathname}/`;
  return LOCALES.find((locale) => HUBS[locale] === path);
}

// The pages each hub repeats in its language: "/pt-br/categories/fado" is "/categories/fado" as Brazil reads it.
export const HUB_HEADER = "x-luso-hub";
const HUB_PAGE = /^\/(?:categories(?:\/[a-z0-9-]+)?|regions\/[a-z]+)$/;

export function hubOfPage(pathname: string): Locale | undefined {
  return LOCALES.find((locale) => pathname.startsWith(HUBS[locale]) && HUB_PAGE.test(pathname.slice(HUBS[locale].length - 1)));
}

export function negotiate(acceptLanguage: string | null): Locale {
  const wanted = wantedTags(acceptLanguage);
  for (const tag of wanted) {
    if (tag === "pt") {
      // Bare Portuguese: another tag further down may say which one; without it, most such browsers are Brazilian.
      return wanted.some((other) => other.startsWith("pt-") && other !== "pt-br") ? "pt-PT" : "pt-BR";
    }
    if (tag === "pt-br") return "pt-BR";
    if (tag.startsWith("pt-")) return "pt-PT";  // Angola, Mozambique, Cabo Verde… write as Portugal does.
    if (tag === "en" || tag.startsWith("en-")) return "en";
  }
  return DEFAULT_LOCALE;
}

// Does the browser leave us guessing? Portuguese without saying whose, or no language of ours. One that says nothing at
// all is a program, and is not asked.
export function isAmbiguous(acceptLanguage: string | null): boolean {
  const wanted = wantedTags(acceptLanguage);
  if (wanted.length === 0) return false;
  const first = wanted.find((tag) => /^(?:pt|en)(?:-|$)/.test(tag));
  return first === undefined || (first === "pt" && !wanted.some((tag) => tag.startsWith("pt-")));
}

// Language tags in the order they are wanted (RFC 9110, 12.5.4), in lower case.
function wantedTags(acceptLanguage: string | null): string[] {
  return (acceptLanguage ?? "")
    .split(",")
    .map((part, order) => {
      const [tag = "", ...parameters] = part.trim().split(";");
      const quality = parameters.map((p) => /^\s*q=([\d.]+)\s*$/.exec(p)?.[1]).find(Boolean);
      return { tag: tag.toLowerCase(), quality: quality === undefined ? 1 : Number(quality), order };
    })
    .filter(({ tag, quality }) => tag !== "" && quality > 0)
    .sort((a, b) => b.quality - a.quality || a.order - b.order)
    .map(({ tag }) => tag);
}
