"use client";

import { useEffect, useState } from "react";
import { useLocale, useText } from "@/text/client";
import { useHydrated } from "@/ui/use-hydrated";
import { momentIn, untilIn, zoneName, ZONES } from "./moments";

// A moment on the viewer's own clock. The server does not know it: its HTML says the time where most of the language's
// speakers are, with the place's name beside it, and the page puts the viewer's there.
export function LocalTime({ at, className }: { at: string; className?: string }) {
  const locale = useLocale(), isHydrated = useHydrated();
  return <time dateTime={at} className={className}>{momentIn(locale, at, isHydrated ? undefined : ZONES[locale])}</time>;
}

export function LocalZone() {
  const t = useText(), locale = useLocale(), isHydrated = useHydrated();
  return <>{t("schedule.your_time", { zone: zoneName(locale, isHydrated ? undefined : ZONES[locale]) })}</>;
}

const MINUTE_MS = 60_000;

// "Começa dentro de 2 horas e 5 minutos", and what is said when it should begin.
export function Countdown({ at, className }: { at: string; className?: string }) {
  const t = useText(), locale = useLocale();
  const [now_ms, setNow] = useState(() => Date.now());
  useEffect(() => {
    const left_ms = Date.parse(at) - Date.now();
    const timer = setTimeout(() => setNow(Date.now()), left_ms > 0 && left_ms <= 2 * MINUTE_MS ? 1_000 : 15_000);
    return () => clearTimeout(timer);
  }, [at, now_ms]);
  const left = untilIn(locale, at, now_ms);
  return <span className={className} suppressHydrationWarning>{left === null ? t("schedule.due") : t("live.upcoming", { time: left })}</span>;
}
