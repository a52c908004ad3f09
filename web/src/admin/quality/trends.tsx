/** How quality has changed: a chart for each measure of what was measured more than once. */
import { useMemo, useState } from "react";
import type { Wire } from "@/api/client";
import { SelectField } from "@/parts/field";
import { useFormats } from "@/parts/format";
import { Chart, TrendLine } from "../charts/chart";
import { Section } from "../parts/section";
import { useWords } from "../words";
import { type Point, subjectsOf, type Trend, trendsOf, unitOf } from "./trend";

export function Trends({ evaluations }: { evaluations: readonly Wire["Evaluation"][] }) {
  const { t } = useWords();
  const [chosen, setChosen] = useState<string | undefined>();
  const subjects = useMemo(() => subjectsOf(evaluations), [evaluations]);
  const subject = subjects.find((one) => one.key === chosen) ?? subjects[0];
  const trends = useMemo(
    () => (subject ? trendsOf(evaluations, subject.key) : []),
    [evaluations, subject],
  );
  const wayOf = useWay();
  if (!subject) return null;
  return (
    <Section title={t("overTime")}>
      <div className="mb-4 sm:max-w-md">
        <SelectField
          label={t("measuredOf")}
          value={subject.key}
          onChange={(event) => setChosen(event.target.value)}
        >
          {subjects.map(({ key, name, way }) => (
            <option key={key} value={key}>
              {name} · {wayOf(way)}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="grid gap-4 md:grid-cols-2 2xl:grid-cols-3">
        {trends.map((trend) => (
          <TrendChart key={trend.measure} trend={trend} />
        ))}
      </div>
    </Section>
  );
}

function TrendChart({ trend }: { trend: Trend }) {
  const { t } = useWords();
  const { date, moment } = useFormats();
  const show = useShow(trend.measure);
  const name = useMeasureName()(trend.measure);
  const { points } = trend;
  const between = ({ range }: Point) => (range ? `${show(range[0])} – ${show(range[1])}` : "—");
  const momentOf = ({ at }: Point) => moment(new Date(at).toISOString());
  return (
    <Chart
      title={name}
      figures={{
        columns: [t("when"), t("value"), t("interval"), t("measuredVersion")],
        rows: points.map((point) => ({
          name: momentOf(point),
          cells: [show(point.value), between(point), point.version],
        })),
      }}
    >
      <TrendLine
        points={points}
        show={show}
        dayOf={(at) => date(new Date(at).toISOString())}
        rowsOf={(point) => [
          { name: t("value"), value: show(point.value) },
          ...(point.range ? [{ name: t("interval"), value: between(point) }] : []),
          { name: t("measuredVersion"), value: point.version },
        ]}
        {...(unitOf(trend.measure) === "share" && { most: 1 })}
      />
    </Chart>
  );
}

/** How the values of a measure are written. */
function useShow(measure: string): (value: number) => string {
  const { t, i18n } = useWords();
  const { number, usd } = useFormats();
  const share = useMemo(
    () => new Intl.NumberFormat(i18n.language, { style: "percent", maximumFractionDigits: 1 }),
    [i18n.language],
  );
  return (value) => {
    switch (unitOf(measure)) {
      case "share":
        return share.format(value);
      case "ms":
        return t("milliseconds", { value: number(value, value < 10 ? 1 : 0) });
      case "us":
        return t("microseconds", { value: number(value, 0) });
      case "usd":
        return usd(value);
      default:
        return number(value, 0);
    }
  };
}

/** Who or what was measured. */
export function useWay(): (way: string) => string {
  const { t, i18n } = useWords();
  return (way) => (i18n.exists(`admin:way.${way}`) ? t(`way.${way}` as "way.extractive") : way);
}

/** The name of a measure; one that this page does not know is told by the name that the server gives it. */
function useMeasureName(): (measure: string) => string {
  const { t, i18n } = useWords();
  return (measure) => {
    const known = i18n.exists(`admin:measure.${measure}`);
    return known ? t(`measure.${measure}` as "measure.answered") : measure.replaceAll("_", " ");
  };
}
