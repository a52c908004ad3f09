import { Chart, DayBars } from "../charts/chart";
import { Segments } from "../parts/segments";
import { useWords } from "../words";
import { useFeatureName } from "./budget-name";
import { byDay, daysBack, type Measure, REST, type UsedOnDay } from "./figures";
import { useShow } from "./show";

/** What was used on each day, by what for or by which model. */
export function DaysChart({
  used,
  days,
  measure,
  by,
  onBy,
}: {
  used: readonly UsedOnDay[];
  days: number;
  measure: Measure;
  by: "feature" | "model";
  onBy(by: "feature" | "model"): void;
}) {
  const { t } = useWords();
  const feature = useFeatureName();
  const { show, showShort, dayOf } = useShow(measure);
  const made = byDay(
    used,
    daysBack(days, Date.now()),
    (one) => (by === "feature" ? feature(one.feature) : one.model),
    measure,
  );
  const series = made.series.map((name) => (name === REST ? t("others") : name));
  const title = t("eachDay");
  return (
    <Chart
      title={title}
      actions={
        <Segments
          label={t("summedBy")}
          value={by}
          onChange={onBy}
          choices={[
            { value: "feature", label: t("by.feature") },
            { value: "model", label: t("by.model") },
          ]}
        />
      }
      figures={{
        columns: [t("by.day"), ...series, t("sum")],
        rows: made.days.map((day) => ({
          name: dayOf(day.day),
          cells: [...day.amounts, day.amounts.reduce((all, one) => all + one, 0)].map(show),
        })),
      }}
    >
      {series.length > 0 ? (
        <DayBars days={made.days} series={series} show={show} showShort={showShort} dayOf={dayOf} />
      ) : (
        <p className="py-14 text-center text-sm text-soft">{t("nothingUsed")}</p>
      )}
    </Chart>
  );
}
