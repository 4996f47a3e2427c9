import { durationIn } from "@/lib/time";
import type { Locale } from "@/lib/locale";

// Moments of a schedule in words.
export const ZONES: Readonly<Record<Locale, string>> = { "pt-PT": "Europe/Lisbon", "pt-BR": "America/Sao_Paulo", en: "UTC" };

// "domingo, 22 de novembro às 21:00": always with the month's name, so that nobody reads 11/12 wrong.
export function momentIn(locale: Locale, at: string, zone?: string): string {
  return new Date(at).toLocaleString(locale, { weekday: "long", day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", timeZone: zone });
}

export function zoneName(locale: Locale, zone?: string): string {
  const parts = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: "longGeneric" }).formatToParts(new Date());
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? zone ?? "UTC";
}

const DAY_S = 86_400, HOUR_S = 3_600, MINUTE_S = 60;

// How long until then, as exact as it matters: days and hours, hours and minutes, the last minutes to the second. Null
// when the moment has come.
export function untilIn(locale: Locale, at: string, now_ms: number): string | null {
  const left_s = Math.ceil((Date.parse(at) - now_ms) / 1000);
  if (!(left_s > 0)) return null;
  if (left_s < 2 * MINUTE_S) return durationIn(locale, left_s);
  if (left_s < DAY_S) return durationIn(locale, Math.floor(left_s / MINUTE_S) * MINUTE_S);
  const unit = (n: number, name: string) => new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "long" }).format(n);
  const days = Math.floor(left_s / DAY_S), hours = Math.floor((left_s % DAY_S) / HOUR_S);
  return new Intl.ListFormat(locale, { type: "conjunction" }).format([unit(days, "day"), ...(hours > 0 && days < 7 ? [unit(hours, "hour")] : [])]);
}
