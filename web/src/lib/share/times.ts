// A start as both shores read it.
const SHORES = [["lisbon", "Europe/Lisbon"], ["brasilia", "America/Sao_Paulo"]] as const;
export type ShoreTimes = Record<(typeof SHORES)[number][0], string>;

export function shoreTimes(moment: string): ShoreTimes {
  const at = new Date(moment);
  return Object.fromEntries(SHORES.map(([shore, timeZone]) =>
    [shore, at.toLocaleTimeString("pt-PT", { hour: "2-digit", minute: "2-digit", timeZone })])) as ShoreTimes;
}
