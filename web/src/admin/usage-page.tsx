/** What language models were used for and what they cost; what they may cost; who stands at a limit. */
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { useState } from "react";
import { useMay } from "@/app/identity";
import { Button } from "@/parts/button";
import { SelectField } from "@/parts/field";
import { FormDialog } from "@/parts/form-dialog";
import { useFormats } from "@/parts/format";
import { Page } from "@/parts/page";
import { Figure, Figures } from "./overview/figures";
import { save } from "./parts/save";
import { Section } from "./parts/section";
import { Segments } from "./parts/segments";
import { Fetched } from "./parts/state";
import { useDoing } from "./parts/use-doing";
import { outlookQuery, usageQuery } from "./queries";
import { Breakdown } from "./usage/breakdown";
import { Budgets } from "./usage/budgets";
import { DaysChart } from "./usage/days-chart";
import { amount, type Measure } from "./usage/figures";
import { LimitsSection } from "./usage/limits";
import { MonthChart } from "./usage/month-chart";
import { Recommendations } from "./usage/recommendations";
import { useWords } from "./words";

const route = getRouteApi("/inside/admin/usage");
const PERIODS = [7, 30, 90] as const;
const MEASURES: readonly Measure[] = ["cost", "tokens", "calls"];

export function UsagePage() {
  const { t } = useWords();
  const mayUsage = useMay("usage");
  const mayOperate = useMay("operate");
  const [exporting, setExporting] = useState(false);
  return (
    <Page
      title={t("usage")}
      lead={t("usageLead")}
      wide
      actions={
        mayUsage && (
          <Button onClick={() => setExporting(true)}>
            <Download aria-hidden className="size-4" />
            {t("export")}
          </Button>
        )
      }
    >
      {mayUsage && <Used />}
      <Budgets />
      {mayUsage && <Recommendations />}
      {mayOperate && <LimitsSection />}
      {exporting && <ExportDialog onClose={() => setExporting(false)} />}
    </Page>
  );
}

/** What was used in a period, in figures and charts. */
function Used() {
  const { t } = useWords();
  const formats = useFormats();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const days = PERIODS.find((one) => one === search.days) ?? 30;
  const measure = MEASURES.find((one) => one === search.measure) ?? "cost";
  const query = useQuery(usageQuery(days, "feature"));
  const outlook = useQuery(outlookQuery);
  const set = (change: Partial<typeof search>) =>
    void navigate({ search: (now) => ({ ...now, ...change }), replace: true, resetScroll: false });
  const sum = (of: Measure) =>
    (query.data?.days ?? []).reduce((all, day) => all + amount(day, of), 0);
  const forecast = outlook.data?.forecast;
  return (
    <Section
      title={t("used")}
      actions={
        <>
          <Segments
            label={t("period")}
            value={String(days)}
            onChange={(value) => set({ days: Number(value) })}
            choices={PERIODS.map((one) => ({
              value: String(one),
              label: t("lastDays", { count: one }),
            }))}
          />
          <Segments
            label={t("counted")}
            value={measure}
            onChange={(value) => set({ measure: value })}
            choices={MEASURES.map((one) => ({ value: one, label: t(one) }))}
          />
        </>
      }
    >
      <Fetched query={query}>
        {() => (
          <div className="flex flex-col gap-4">
            <Figures>
              <Figure label={t("cost")} value={formats.usd(sum("cost"))} />
              <Figure label={t("tokens")} value={formats.number(sum("tokens"))} />
              <Figure label={t("calls")} value={formats.number(sum("calls"))} />
              <Figure
                label={t("monthEnd")}
                value={forecast ? formats.usd(forecast.cost_usd) : "—"}
                note={
                  forecast
                    ? t("between", {
                        low: formats.usd(forecast.low_usd),
                        high: formats.usd(forecast.high_usd),
                      })
                    : t("tooFewDays", { count: outlook.data?.days_known ?? 0 })
                }
              />
            </Figures>
            <div className="grid gap-4 2xl:grid-cols-2">
              <DaysChart
                used={query.data?.days ?? []}
                days={days}
                measure={measure}
                by={search.by === "model" ? "model" : "feature"}
                onBy={(by) => set({ by })}
              />
              <MonthChart forecast={forecast} />
            </div>
            <Breakdown days={days} measure={measure} />
          </div>
        )}
      </Fetched>
    </Section>
  );
}

const MONTHS = 12;

/** The ledger of a month as a file. */
function ExportDialog({ onClose }: { onClose(): void }) {
  const { t, i18n } = useWords();
  const now = new Date();
  const months = Array.from({ length: MONTHS }, (_, at) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - at, 1)).toISOString().slice(0, 7),
  );
  const [month, setMonth] = useState(months[0] ?? "");
  const [format, setFormat] = useState("csv");
  const take = useDoing(
    () =>
      save(
        `/api/v1/usage/export?${new URLSearchParams({ month, format })}`,
        `usage-${month}${format === "focus" ? "-focus" : ""}.csv`,
      ),
    { changes: [], onDone: onClose },
  );
  const named = new Intl.DateTimeFormat(i18n.language, {
    month: "long",
    year: "numeric",
    timeZone: "UTC",
  });
  return (
    <FormDialog
      title={t("exportLedger")}
      submit={t("download")}
      busy={take.isPending}
      onSubmit={() => take.mutate()}
      onClose={onClose}
    >
      <p>{t("exportLedgerText")}</p>
      <SelectField
        label={t("month")}
        value={month}
        onChange={(event) => setMonth(event.target.value)}
      >
        {months.map((one) => (
          <option key={one} value={one}>
            {named.format(new Date(`${one}-01T00:00:00Z`))}
          </option>
        ))}
      </SelectField>
      <SelectField
        label={t("format")}
        value={format}
        onChange={(event) => setFormat(event.target.value)}
      >
        <option value="csv">{t("formatCsv")}</option>
        <option value="focus">{t("formatFocus")}</option>
      </SelectField>
    </FormDialog>
  );
}
