import { useQuery } from "@tanstack/react-query";
import type { Wire } from "@/api/client";
import { Chart, MonthLine } from "../charts/chart";
import { Fetched } from "../parts/state";
import { usageQuery } from "../queries";
import { useWords } from "../words";
import { monthLine } from "./figures";
import { useShow } from "./show";

/** A month has so many days at most. */
const MONTH_DAYS = 31;

/** What this month has cost day after day, with the line to its end. */
export function MonthChart({ forecast }: { forecast: Wire["Forecast"] | null | undefined }) {
  const { t } = useWords();
  const query = useQuery(usageQuery(MONTH_DAYS, "feature"));
  const { show, showShort, dayOf } = useShow("cost");
  const words = {
    spent: t("spentSoFar"),
    expected: t("expected"),
    range: t("expectedRange"),
    budget: t("budget"),
    alert: t("alert"),
  };
  return (
    <Fetched query={query}>
      {() => {
        const month = query.data?.month;
        if (!month) return null;
        // Money of bills is not of models, and does not count for the tenant's budget.
        const used = (query.data?.days ?? []).filter((day) => day.feature !== "bill");
        const days = monthLine(used, month.first, Date.now(), forecast);
        return (
          <Chart
            title={t("monthChart")}
            figures={{
              columns: [t("by.day"), words.spent, words.expected, words.range],
              rows: days.map((day) => ({
                name: dayOf(day.day),
                cells: [
                  day.spent === undefined ? "—" : show(day.spent),
                  day.expected === undefined ? "—" : show(day.expected),
                  day.range ? `${show(day.range[0])} – ${show(day.range[1])}` : "—",
                ],
              })),
            }}
          >
            <MonthLine
              days={days}
              budget={month.budget_usd}
              alert={month.alert_usd}
              words={words}
              show={show}
              showShort={showShort}
              dayOf={dayOf}
            />
          </Chart>
        );
      }}
    </Fetched>
  );
}
