// The hour of each point, in the reader's own zone; with the day where a broadcast goes on past midnight and an hour
// would come twice.
export function clockLabels(locale: string, moments: readonly string[], timeZone?: string): string[] {
  const dates = moments.map((moment) => new Date(moment));
  const span_ms = dates.length > 1 ? (dates.at(-1)?.getTime() ?? 0) - (dates[0]?.getTime() ?? 0) : 0;
  const style: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", timeZone, ...(span_ms >= 86_400_000 ? { day: "numeric", month: "short" } : {}) };
  const words = new Intl.DateTimeFormat(locale, style);
  return dates.map((date) => words.format(date));
}
