/**
 * A chart with its name and the same figures as a table. The picture is for eyes alone; screen
 * readers are told the table, which everybody can have shown in the picture's place.
 */
import { Table2 } from "lucide-react";
import { lazy, type ReactNode, Suspense, useId, useState } from "react";
import { IconButton } from "@/parts/button";
import { Loading } from "@/parts/progress";
import { useWords } from "../words";

// The library that draws is large, and not everybody looks at charts.
export const DayBars = lazy(() => import("../usage/day-bars"));
export const MonthLine = lazy(() => import("../usage/month-line"));
export const Intervals = lazy(() => import("../quality/intervals"));
export const TrendLine = lazy(() => import("../quality/trend-line"));

/** A table of a chart's figures. */
export interface Figures {
  readonly columns: readonly string[];
  /** The name of a row, and its figures. */
  readonly rows: readonly { readonly name: string; readonly cells: readonly string[] }[];
}

export function Chart({
  title,
  figures,
  actions,
  children,
}: {
  title: string;
  figures: Figures;
  actions?: ReactNode;
  children: ReactNode;
}) {
  const { t } = useWords();
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  return (
    <figure
      aria-labelledby={id}
      className="min-w-0 rounded-2xl border border-line bg-surface p-4 sm:p-5"
    >
      <figcaption className="mb-3 flex flex-wrap items-center justify-between gap-2">
        <h3 id={id} className="font-serif text-base font-semibold">
          {title}
        </h3>
        <div className="flex flex-wrap items-center gap-2">
          {actions}
          <IconButton
            label={t("asTable")}
            aria-pressed={asTable}
            className="aria-pressed:bg-tint"
            onClick={() => setAsTable(!asTable)}
          >
            <Table2 aria-hidden className="size-4" />
          </IconButton>
        </div>
      </figcaption>
      {!asTable && (
        <div aria-hidden="true">
          <Suspense fallback={<Loading />}>{children}</Suspense>
        </div>
      )}
      <FiguresTable title={title} figures={figures} shown={asTable} />
    </figure>
  );
}

function FiguresTable({
  title,
  figures,
  shown,
}: {
  title: string;
  figures: Figures;
  shown: boolean;
}) {
  return (
    <section
      // What scrolls has to be reached by the keyboard.
      tabIndex={shown ? 0 : undefined}
      className={shown ? "max-h-96 overflow-auto" : "sr-only"}
    >
      <table className="w-full border-collapse text-sm">
        <caption className="sr-only">{title}</caption>
        <thead>
          <tr className="border-b border-line text-xs text-soft">
            {figures.columns.map((column, at) => (
              <th
                key={column}
                scope="col"
                className={`px-3 py-2 font-medium ${at === 0 ? "text-start" : "text-end"}`}
              >
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {figures.rows.map((row) => (
            <tr key={row.name} className="border-b border-line last:border-b-0">
              <th scope="row" className="px-3 py-1.5 text-start font-normal">
                {row.name}
              </th>
              {row.cells.map((cell, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the cells of a row never move
                <td key={at} className="px-3 py-1.5 text-end tabular-nums">
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
