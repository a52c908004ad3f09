/** Who or what used how much, the most first. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import type { Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { useFormats } from "@/parts/format";
import { useNames } from "../names";
import { Segments } from "../parts/segments";
import { Fetched } from "../parts/state";
import { useNarrow } from "../parts/table";
import { usageQuery } from "../queries";
import { useWords } from "../words";
import { useComponentName, useFeatureName } from "./budget-name";
import { amount, type Measure } from "./figures";
import { useShow } from "./show";

const BY = ["user", "key", "feature", "component", "model"] as const;
type By = (typeof BY)[number];

/** So many rows are shown until more are asked for. */
const SHOWN = 10;

export function Breakdown({ days, measure }: { days: number; measure: Measure }) {
  const { t } = useWords();
  const [by, setBy] = useState<By>("user");
  const [all, setAll] = useState(false);
  const query = useQuery({ ...usageQuery(days, by), placeholderData: keepPreviousData });
  const rows = [...(query.data?.by ?? [])].sort(
    (one, other) => amount(other, measure) - amount(one, measure),
  );
  return (
    <section
      aria-label={t("whoUsed")}
      className="rounded-2xl border border-line bg-surface p-4 sm:p-5"
    >
      <div className="mb-4 flex flex-wrap items-center justify-between gap-2">
        <h3 className="font-serif text-base font-semibold">{t("whoUsed")}</h3>
        <Segments<By>
          label={t("summedBy")}
          value={by}
          onChange={setBy}
          choices={BY.map((value) => ({ value, label: t(`by.${value}`) }))}
        />
      </div>
      <Fetched query={query}>
        {() =>
          rows.length === 0 ? (
            <p className="text-sm text-soft">{t("nothingUsed")}</p>
          ) : (
            <>
              <Bars rows={all ? rows : rows.slice(0, SHOWN)} by={by} measure={measure} />
              {rows.length > SHOWN && !all && (
                <Button className="mt-4" onClick={() => setAll(true)}>
                  {t("showAll", { count: rows.length })}
                </Button>
              )}
            </>
          )
        }
      </Fetched>
    </section>
  );
}

function Bars({
  rows,
  by,
  measure,
}: {
  rows: readonly Wire["UsedBy"][];
  by: By;
  measure: Measure;
}) {
  const { t } = useWords();
  const formats = useFormats();
  const narrow = useNarrow();
  const { show } = useShow(measure);
  const named = useNamed(by);
  const most = Math.max(...rows.map((row) => amount(row, measure)), Number.MIN_VALUE);
  return (
    <table className="w-full border-collapse text-sm">
      <caption className="sr-only">{t("whoUsed")}</caption>
      <thead className="sr-only">
        <tr>
          <th scope="col">{t(`by.${by}`)}</th>
          <th scope="col">{t(measure)}</th>
          {!narrow && <th scope="col">{t("details")}</th>}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.name}>
            <th scope="row" className="w-full py-1.5 pe-6 text-start font-normal">
              <span className="mb-1 block break-words">{named(row.name)}</span>
              <span aria-hidden className="block h-2 rounded-full bg-sunken">
                <span
                  className="block h-full min-w-0.5 rounded-full bg-accent"
                  style={{ width: `${(amount(row, measure) / most) * 100}%` }}
                />
              </span>
            </th>
            <td className="whitespace-nowrap py-1.5 text-end align-bottom font-medium tabular-nums">
              {show(amount(row, measure))}
            </td>
            {!narrow && (
              <td className="whitespace-nowrap py-1.5 ps-8 text-end align-bottom text-xs text-soft tabular-nums">
                {t("usedDetails", {
                  count: row.calls,
                  calls: formats.number(row.calls),
                  tokens: formats.number(row.prompt_tokens + row.completion_tokens),
                })}
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function useNamed(by: By): (name: string) => string {
  const names = useNames();
  const feature = useFeatureName();
  const component = useComponentName();
  switch (by) {
    case "feature":
      return feature;
    case "component":
      return component;
    case "model":
      return (name) => name;
    default:
      return names;
  }
}
