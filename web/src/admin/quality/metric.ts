/** The measures of experiments: their names, units, and which way is better. */
import type { Wire } from "@/api/client";
import { useFormats } from "@/parts/format";
import { useWords } from "../words";

export type Metric = Wire["Metric"];

export const METRICS: readonly Metric[] = [
  "answered_rate",
  "thumbs_up_rate",
  "thumbs_down_rate",
  "support_rate",
  "error_rate",
  "latency",
  "latency_p95",
  "cost",
];

/** The measures of which more is better. */
const MORE: readonly Metric[] = ["answered_rate", "thumbs_up_rate", "support_rate"];

/** Whether more of it is better. */
export function isMoreBetter(metric: Metric): boolean {
  return MORE.includes(metric);
}

/** What it is counted in. */
export function unitOf(metric: Metric): "share" | "ms" | "usd" {
  if (metric === "cost") return "usd";
  return metric === "latency" || metric === "latency_p95" ? "ms" : "share";
}

/** How values of a measure are written. */
export function useMetric() {
  const { t, i18n } = useWords();
  const formats = useFormats();
  const share = new Intl.NumberFormat(i18n.language, {
    style: "percent",
    maximumFractionDigits: 1,
  });
  const show = (metric: Metric, value: number): string => {
    switch (unitOf(metric)) {
      case "usd":
        return formats.usd(value);
      case "ms":
        return t("milliseconds", { value: formats.number(value) });
      case "share":
        return share.format(value);
    }
  };
  return {
    name: (metric: Metric) => t(`metric.${metric}`),
    show,
    /** A difference with its sign; shares differ by percentage points. */
    showDifference: (metric: Metric, value: number) => {
      const sign = value > 0 ? "+" : value < 0 ? "−" : "±";
      const size = Math.abs(value);
      return unitOf(metric) === "share"
        ? t("points", { value: `${sign}${formats.number(size * 100, 1)}` })
        : `${sign}${show(metric, size)}`;
    },
  };
}
