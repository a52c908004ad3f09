import { TriangleAlert } from "lucide-react";
import type { Wire } from "@/api/client";
import { useFormats } from "@/parts/format";
import { useWords } from "../words";

/** How far the money of a budget has gone. */
export type Standing = "free" | "below" | "alert" | "reached";

export function standing({ spent_usd, max_usd, alert_usd }: Wire["Budget"]): Standing {
  if (typeof max_usd === "number" && spent_usd >= max_usd) return "reached";
  if (typeof alert_usd === "number" && spent_usd >= alert_usd) return "alert";
  return typeof max_usd === "number" || typeof alert_usd === "number" ? "below" : "free";
}

const FILLS = { free: "bg-accent", below: "bg-accent", alert: "bg-warn", reached: "bg-bad" };

/** What is spent of a budget, with the place of its alert. */
export function Meter({ budget, name }: { budget: Wire["Budget"]; name: string }) {
  const { t } = useWords();
  const formats = useFormats();
  const { spent_usd: spent, max_usd: max, alert_usd: alert } = budget;
  const state = standing(budget);
  const whole = max ?? alert ?? 0;
  const share = whole > 0 ? Math.min(1, spent / whole) : state === "reached" ? 1 : 0;
  const words =
    typeof max === "number"
      ? t("spentOf", { spent: formats.usd(spent), max: formats.usd(max) })
      : formats.usd(spent);
  return (
    <div className="mt-auto">
      <div className="mb-1.5 flex items-baseline justify-between gap-3 text-sm">
        <span className="font-serif text-lg font-semibold tabular-nums">{formats.usd(spent)}</span>
        <span className="text-xs text-soft tabular-nums">
          {typeof max === "number" ? t("atMost", { max: formats.usd(max) }) : t("noMost")}
        </span>
      </div>
      {whole > 0 && (
        // biome-ignore lint/a11y/useSemanticElements: the element cannot be drawn like the others
        <div
          role="meter"
          aria-label={name}
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(share * 100)}
          aria-valuetext={words}
          className="relative h-2 rounded-full bg-sunken"
        >
          <div
            className={`h-full rounded-full ${FILLS[state]}`}
            style={{ width: `${share * 100}%` }}
          />
          {typeof alert === "number" && typeof max === "number" && alert < max && (
            <div
              className="absolute -inset-y-1 w-0.5 bg-warn"
              style={{ insetInlineStart: `${(alert / max) * 100}%` }}
            />
          )}
        </div>
      )}
      <p className="mt-1.5 text-xs text-soft">
        {typeof alert === "number" ? t("alertFrom", { alert: formats.usd(alert) }) : t("noAlert")}
      </p>
      {(state === "reached" || state === "alert") && (
        <p
          className={`mt-1 flex items-center gap-1.5 text-xs font-medium ${state === "reached" ? "text-bad" : "text-warn"}`}
        >
          <TriangleAlert aria-hidden className="size-3.5" />
          {state === "reached" ? t("mostReached") : t("alertReached")}
        </p>
      )}
    </div>
  );
}
