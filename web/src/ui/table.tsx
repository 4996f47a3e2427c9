import type { ReactNode } from "react";

// Rows and columns; on a narrow screen each row becomes a card that names its own values. The roles are spelled out
// because browsers forget them when CSS lays a table out as something else.
export type Column<Row> = { key: string; label: string; cell: (row: Row) => ReactNode; isNumber?: boolean; isHeader?: boolean };
type Props<Row> = { caption: string; hideCaption?: boolean; columns: readonly Column<Row>[]; rows: readonly Row[]; keyOf: (row: Row) => string; empty?: ReactNode };

export function Table<Row>({ caption, hideCaption = false, columns, rows, keyOf, empty }: Props<Row>) {
  if (rows.length === 0 && empty) return <>{empty}</>;
  return (
    <table role="table" className="table">
      <caption className={hideCaption ? "sr-only" : "table-caption"}>{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">{columns.map((column) => <th key={column.key} role="columnheader" scope="col" data-number={column.isNumber}>{column.label}</th>)}</tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={keyOf(row)} role="row">
            {columns.map((column) => column.isHeader
              ? <th key={column.key} role="rowheader" scope="row">{column.cell(row)}</th>
              : <td key={column.key} role="cell" data-label={column.label} data-number={column.isNumber}>{column.cell(row)}</td>)}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
