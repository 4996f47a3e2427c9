// The axis of a chart: a round top not far above the greatest value, and the ticks up to it.
const TICKS = 4;

export function scaleFor(greatest: number): { top: number; ticks: number[] } {
  const rough = Math.max(greatest, TICKS) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].map((factor) => factor * power).find((one) => one >= rough && Number.isInteger(one)) ?? Math.ceil(rough);
  return { top: step * TICKS, ticks: Array.from({ length: TICKS + 1 }, (_, at) => at * step) };
}
