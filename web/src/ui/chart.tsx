import { scaleFor } from "./internal/chart-scale";

// A small picture of numbers, drawn on the server. The same numbers stand in a table that opens below it and that a
// screen reader finds; the drawing itself is hidden from it. Up to two series: a third would need more than two looks.
export type Series = { label: string; values: readonly number[] };
type Props = {
  kind: "line" | "bar";
  caption: string;
  tableLabel: string;        // What opens the table: "Show as a table".
  xLabel: string;
  x: readonly string[];      // One label a value, already written in the reader's language.
  series: readonly Series[];
  format: (value: number) => string;
};

const WIDTH = 600, HEIGHT = 180;
const X_LABELS_MAX = 6;

export function Chart({ kind, caption, tableLabel, xLabel, x, series, format }: Props) {
  const { top, ticks } = scaleFor(Math.max(0, ...series.flatMap(({ values }) => values)));
  const step = Math.max(1, Math.ceil(x.length / X_LABELS_MAX));
  return (
    <figure className="chart">
      <figcaption className="flex flex-wrap items-baseline gap-x-4 gap-y-1 pb-3 font-semibold">{caption}
        {series.length > 1 && series.map(({ label }, order) => <span key={label} className={`chart-key chart-key-${order}`}>{label}</span>)}
      </figcaption>
      <div className="chart-frame" aria-hidden="true">
        <ol className="chart-y">{ticks.toReversed().map((tick) => <li key={tick}><span>{format(tick)}</span></li>)}</ol>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="chart-plot">
          {ticks.map((tick) => <path key={tick} className="chart-grid" d={`M0 ${yOf(tick, top)}H${WIDTH}`} />)}
          {series.map(({ label, values }, order) => kind === "line"
            ? <path key={label} className={`chart-line chart-line-${order}`} d={lineOf(values, top)} />
            : <path key={label} className={`chart-bar chart-bar-${order}`} d={barsOf(values, top, order, series.length)} />)}
        </svg>
        <ol className="chart-x">{x.filter((_, at) => at % step === 0).map((label) => <li key={label}>{label}</li>)}</ol>
      </div>
      <details className="pt-2">
        <summary className="inline-flex min-h-11 items-center text-sm text-muted underline">{tableLabel}</summary>
        <div className="max-h-80 overflow-auto" tabIndex={0} role="region" aria-label={caption}>
          <table className="chart-table">
            <caption className="sr-only">{caption}</caption>
            <thead><tr><th scope="col">{xLabel}</th>{series.map(({ label }) => <th key={label} scope="col">{label}</th>)}</tr></thead>
            <tbody>
              {x.map((label, at) => (
                <tr key={label}><th scope="row">{label}</th>{series.map(({ label: name, values }) => <td key={name}>{format(values[at] ?? 0)}</td>)}</tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}

const yOf = (value: number, top: number) => round(HEIGHT - (value / top) * HEIGHT);
const round = (n: number) => Math.round(n * 10) / 10;

function lineOf(values: readonly number[], top: number): string {
  const gap = values.length > 1 ? WIDTH / (values.length - 1) : 0;
  return values.map((value, at) => `${at === 0 ? "M" : "L"}${round(at * gap)} ${yOf(value, top)}`).join("");
}

function barsOf(values: readonly number[], top: number, order: number, count: number): string {
  const slot = WIDTH / Math.max(1, values.length), width = (slot * 0.7) / count;
  return values.map((value, at) => `M${round(at * slot + slot * 0.15 + order * width)} ${HEIGHT}V${yOf(value, top)}h${round(width)}V${HEIGHT}z`).join("");
}
