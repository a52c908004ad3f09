/** What has come out, measure by measure, as charts. */
import type { Wire } from "@/api/client";
import { useFormats } from "@/parts/format";
import { Badge } from "@/parts/page";
import { Chart, Intervals } from "../charts/chart";
import { Section } from "../parts/section";
import { useWords } from "../words";
import { METRICS, type Metric, unitOf, useMetric } from "./metric";

type Of = { experiment: Wire["Experiment"]; report: Wire["ExperimentReport"] };

export function Report({ experiment, report }: Of) {
  const { t } = useWords();
  const seen = METRICS.filter((metric) =>
    report.variants.some((variant) => variant.metrics.some((one) => one.metric === metric)),
  );
  // The one that decides comes first.
  const metrics = [
    ...seen.filter((one) => one === experiment.metric),
    ...seen.filter((one) => one !== experiment.metric),
  ];
  return (
    <Section title={t("report")} lead={t("reportLead")}>
      {metrics.length === 0 ? (
        <p className="text-sm text-soft">{t("nothingObserved")}</p>
      ) : (
        <div className="grid gap-4 lg:grid-cols-2">
          {metrics.map((metric) => (
            <MetricChart
              key={metric}
              metric={metric}
              report={report}
              decides={metric === experiment.metric}
            />
          ))}
        </div>
      )}
    </Section>
  );
}

function MetricChart({
  metric,
  report,
  decides,
}: {
  metric: Metric;
  report: Wire["ExperimentReport"];
  decides: boolean;
}) {
  const { t } = useWords();
  const formats = useFormats();
  const { name, show, showDifference } = useMetric();
  const rows = report.variants.flatMap((variant) => {
    const found = variant.metrics.find((one) => one.metric === metric);
    return found ? [{ variant: variant.name, ...found }] : [];
  });
  const range = (interval: Wire["Interval"] | null | undefined, of: (value: number) => string) =>
    interval ? `${of(interval.low)} – ${of(interval.high)}` : "—";
  return (
    <Chart
      title={name(metric)}
      actions={decides && <Badge tone="accent">{t("decidesBadge")}</Badge>}
      figures={{
        columns: [
          t("variant"),
          t("value"),
          t("interval"),
          t("difference"),
          t("differenceInterval"),
          t("observations"),
        ],
        rows: rows.map((row) => ({
          name: row.variant,
          cells: [
            show(metric, row.value),
            range(row.interval, (value) => show(metric, value)),
            row.difference ? showDifference(metric, row.difference.value) : "—",
            range(row.difference?.interval, (value) => showDifference(metric, value)),
            formats.number(row.observations),
          ],
        })),
      }}
    >
      <Intervals
        items={rows.map((row) => ({
          name: row.variant,
          value: row.value,
          low: row.interval?.low,
          high: row.interval?.high,
        }))}
        show={(value) => show(metric, value)}
        {...(unitOf(metric) === "share" && { most: 1 })}
      />
    </Chart>
  );
}
