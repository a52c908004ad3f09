/** Rows and columns: a table where there is room, cards on a phone. */
import { type ReactNode, useSyncExternalStore } from "react";

/** A column. */
export interface Column<T> {
  readonly label: string;
  cell(row: T): ReactNode;
  /** Whether it names the row: the first column of a table, the title of a card. */
  readonly names?: boolean;
  /** Whether it is of figures, which are aligned at their end. */
  readonly figures?: boolean;
  /** Whether it stays on one line: moments, and words as short. */
  readonly whole?: boolean;
  /** Whether the heading is told to screen readers alone. */
  readonly quiet?: boolean;
}

const narrow = globalThis.matchMedia?.("(max-width: 47.99rem)");

/** Whether there is room for cards only. */
export function useNarrow(): boolean {
  return useSyncExternalStore(
    (listener) => {
      narrow?.addEventListener("change", listener);
      return () => narrow?.removeEventListener("change", listener);
    },
    () => narrow?.matches ?? false,
  );
}

interface Rows<T> {
  /** What the table is of, for screen readers. */
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  id(row: T): string;
  /** What can be done with a row. */
  actions?: (row: T) => ReactNode;
  /** The heading of that column. */
  actionsLabel?: string;
}

/** The rows. */
export function Table<T>(given: Rows<T>) {
  return useNarrow() ? <Cards {...given} /> : <Wide {...given} />;
}

function Wide<T>({ label, columns, rows, id, actions, actionsLabel }: Rows<T>) {
  return (
    <section
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it may scroll sideways
      tabIndex={0}
      className="overflow-x-auto rounded-2xl border border-line bg-surface"
    >
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr className="border-b border-line text-soft">
            {columns.map((column) => (
              <th
                key={column.label}
                scope="col"
                className={`px-4 py-2.5 text-xs font-medium whitespace-nowrap ${column.figures ? "text-end" : "text-start"}`}
              >
                <span className={column.quiet ? "sr-only" : ""}>{column.label}</span>
              </th>
            ))}
            {actions && (
              <th scope="col" className="px-2">
                <span className="sr-only">{actionsLabel}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={id(row)} className="border-b border-line last:border-b-0 hover:bg-sunken/50">
              {columns.map((column) => {
                const className = `px-4 py-3 align-middle ${column.figures ? "text-end tabular-nums" : "text-start"} ${column.whole ? "whitespace-nowrap" : ""}`;
                return column.names ? (
                  <th key={column.label} scope="row" className={`${className} font-medium`}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.label} className={className}>
                    {column.cell(row)}
                  </td>
                );
              })}
              {actions && <td className="w-0 px-2 py-1 text-end">{actions(row)}</td>}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Cards<T>({ label, columns, rows, id, actions }: Rows<T>) {
  const name = columns.find((column) => column.names);
  return (
    <ul aria-label={label} className="flex flex-col gap-3">
      {rows.map((row) => (
        <li key={id(row)} className="rounded-2xl border border-line bg-surface p-4 text-sm">
          <div className="flex items-start justify-between gap-2">
            <div className="min-w-0 break-words font-medium">{name?.cell(row)}</div>
            {actions && <div className="-my-1.5 -me-1.5 shrink-0">{actions(row)}</div>}
          </div>
          <dl className="mt-2 flex flex-col gap-1.5">
            {columns
              .filter((column) => column !== name)
              .map((column) => (
                <div key={column.label} className="flex items-baseline justify-between gap-4">
                  <dt className="shrink-0 text-xs text-soft">{column.label}</dt>
                  <dd className="min-w-0 break-words text-end">{column.cell(row)}</dd>
                </div>
              ))}
          </dl>
        </li>
      ))}
    </ul>
  );
}
