// Moments in a reader's words; Intl knows them all.
const STEPS = [["day", 86_400], ["hour", 3_600], ["minute", 60]] as const;

export function sinceIn(locale: string, moment: string, now_ms: number = Date.now()): string {
  const ago_s = Math.max(0, (now_ms - Date.parse(moment)) / 1000);
  const words = new Intl.RelativeTimeFormat(locale, { numeric: "always" });
  for (const [unit, size_s] of STEPS) if (ago_s >= size_s) return words.format(-Math.floor(ago_s / size_s), unit);
  return words.format(-Math.floor(ago_s), "second");
}

export function dateIn(locale: string, moment: string): string {
  return new Date(moment).toLocaleDateString(locale, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}

export function dateTimeIn(locale: string, moment: string): string {
  return new Date(moment).toLocaleString(locale, { dateStyle: "long", timeStyle: "short" });   // The month by its name.
}

// "2 minutos", "1 hora e 5 minutos": how long a rate limit or an average lasts.
export function durationIn(locale: string, seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const h = Math.floor(whole / 3600), m = Math.floor((whole % 3600) / 60), s = whole % 60;
  const unit = (n: number, name: string) => new Intl.NumberFormat(locale, { style: "unit", unit: name, unitDisplay: "long" }).format(n);
  const parts = h > 0 ? [unit(h, "hour"), ...(m > 0 ? [unit(m, "minute")] : [])]
    : m > 0 ? [unit(m, "minute"), ...(s > 0 && m < 5 ? [unit(s, "second")] : [])] : [unit(s, "second")];
  return new Intl.ListFormat(locale, { type: "conjunction" }).format(parts);
}
