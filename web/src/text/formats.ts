import type { Region as Said } from "@/lib/api/types";
import type { Locale } from "@/lib/locale";

type Region = NonNullable<Said>;

// How dates, counts and money look: the catalogue says in which Portuguese, the region in which country. CLDR has traps
// (formats.test.ts has them all): it knows nothing of Portuguese in France or Japan and formats it as in Brazil; it counts
// 0 in Angola as one; it ends Cabo Verde's escudos with a space nobody sees.

const CURRENCIES: Readonly<Record<Region, string>> = {
  br: "BRL", pt: "EUR", ao: "AOA", mz: "MZN", cv: "CVE", gw: "XOF", st: "STN", tl: "USD", mo: "MOP", diaspora: "EUR",
};
// Monday (ISO 8601: 1) in calendars; elsewhere Sunday. The diaspora keeps Portugal's.
const MONDAY_FIRST: ReadonlySet<Region> = new Set(["ao", "cv", "gw", "st", "tl"]);

// What Intl is to be asked with. Brazilian stays Brazilian wherever it is read; the European catalogue takes the habits of
// the reader's country, and those of Portugal where Intl knows no better.
export function formatTag(locale: Locale, region: Region | null): string {
  if (locale !== "pt-PT" || region === null || region === "br" || region === "diaspora") return locale;
  return `pt-${region.toUpperCase()}`;
}

export function currencyOf(region: Region | null): string {
  return CURRENCIES[region ?? "pt"];
}

export function weekStartOf(region: Region | null): 1 | 7 {
  return region !== null && MONDAY_FIRST.has(region) ? 1 : 7;
}

// An amount in the currency's smallest unit, as it is kept.
export function money(tag: string, minor: number, currency: string): string {
  const style = new Intl.NumberFormat(tag, { style: "currency", currency });
  const digits = style.resolvedOptions().maximumFractionDigits ?? 2;
  return style.format(minor / 10 ** digits).replaceAll("\u200b", "").trim();
}

// The month by its name: 3/4 is read as a day of April here and of March there, and Intl turns pt-PT's "short" month into 04.
export function namedDate(tag: string, moment: Date, timeZone?: string): string {
  return moment.toLocaleDateString(tag, { day: "numeric", month: "long", year: "numeric", timeZone });
}

export function clockTime(tag: string, moment: Date, timeZone?: string): string {
  return moment.toLocaleTimeString(tag, { hour: "2-digit", minute: "2-digit", hourCycle: tag.startsWith("pt") ? "h23" : undefined, timeZone });
}
