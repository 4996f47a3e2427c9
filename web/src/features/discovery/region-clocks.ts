import type { RegionCode } from "@/features/channels/regions";
import type { Locale } from "@/lib/locale";

// What the clocks of a region show. Cities in their own spelling: names, not words.
const ZONES: Record<RegionCode, readonly (readonly [city: string, zone: string])[]> = {
  br: [["Brasília", "America/Sao_Paulo"], ["Manaus", "America/Manaus"], ["Rio Branco", "America/Rio_Branco"], ["Fernando de Noronha", "America/Noronha"]],
  pt: [["Lisboa", "Europe/Lisbon"], ["Ponta Delgada", "Atlantic/Azores"], ["Funchal", "Atlantic/Madeira"]],
  ao: [["Luanda", "Africa/Luanda"]],
  mz: [["Maputo", "Africa/Maputo"]],
  cv: [["Praia", "Atlantic/Cape_Verde"]],
  gw: [["Bissau", "Africa/Bissau"]],
  st: [["São Tomé", "Africa/Sao_Tome"]],
  tl: [["Díli", "Asia/Dili"]],
  mo: [["Macau", "Asia/Macau"]],
  diaspora: [["Paris", "Europe/Paris"], ["Luxembourg", "Europe/Luxembourg"], ["Newark", "America/New_York"], ["Johannesburg", "Africa/Johannesburg"], ["東京", "Asia/Tokyo"]],
};

export function clocksOf(code: RegionCode, locale: Locale, now: Date): { city: string; time: string }[] {
  return ZONES[code].map(([city, timeZone]) => ({ city, time: now.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", timeZone }) }));
}
