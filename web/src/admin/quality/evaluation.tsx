/** Asking every case and measuring what comes back. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Gauge } from "lucide-react";
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { SelectField } from "@/parts/field";
import { useFormats } from "@/parts/format";
import { Card } from "@/parts/page";
import { Progress } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { Chart, Intervals } from "../charts/chart";
import { Figure, Figures } from "../overview/figures";
import { Section } from "../parts/section";
import { useWords } from "../words";

/** The measures, in the order in which they are told. */
const MEASURES = [
  "answered",
  "holds_answer",
  "holds_answer_when_given",
  "quote_holds_answer",
  "exact_match",
  "token_f1",
  "citation_precision",
  "citation_recall",
  "support_rate",
  "abstention_precision",
  "abstention_recall",
  "abstention_f1",
  "confidence_ranking",
  "risk_coverage_area",
] as const;

export function Evaluation() {
  const { t } = useWords();
  const queries = useQueryClient();
  const [writer, setWriter] = useState<Wire["WriterChoice"]>("auto");
  const run = useMutation({
    mutationFn: () => got(api.POST("/api/v1/evaluation/run", { body: { writer } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["evaluations"] }),
  });
  return (
    <Section title={t("evaluation")} lead={t("evaluationLead")}>
      <Card className="mb-4">
        <form
          className="flex flex-wrap items-end gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            run.mutate();
          }}
        >
          <div className="min-w-0 flex-1 basis-56 sm:max-w-xs">
            <SelectField
              label={t("writer")}
              value={writer}
              onChange={(event) => setWriter(event.target.value as Wire["WriterChoice"])}
            >
              <option value="auto">{t("writerAuto")}</option>
              <option value="extractive">{t("writerExtractive")}</option>
            </SelectField>
          </div>
          <Button type="submit" look="primary" disabled={run.isPending}>
            <Gauge aria-hidden className="size-4" />
            {t("measure")}
          </Button>
        </form>
        {run.isPending && (
          <div className="mt-4" role="status">
            <p className="mb-2 text-sm text-soft">{t("measuring")}</p>
            <Progress label={t("measuring")} />
          </div>
        )}
        {run.isError && (
          <div className="mt-4">
            <Trouble error={run.error} onRetry={() => run.mutate()} />
          </div>
        )}
      </Card>
      {run.data && <Results result={run.data} />}
    </Section>
  );
}

function Results({ result }: { result: Wire["QuestionsEvaluation"] }) {
  const { t, i18n } = useWords();
  const formats = useFormats();
  const share = new Intl.NumberFormat(i18n.language, {
    style: "percent",
    maximumFractionDigits: 0,
  });
  const rows = MEASURES.flatMap((name) => {
    const found = result.measures[name];
    return found ? [{ name: t(`measure.${name}`), ...found }] : [];
  });
  const cost = (name: string) => result.costs[name] ?? 0;
  const ms = (name: string) => t("milliseconds", { value: formats.number(cost(name)) });
  return (
    <div className="flex flex-col gap-4">
      <Figures>
        <Figure
          label={t("questions")}
          value={formats.number(result.questions)}
          note={t("answerable", { count: result.answerable })}
        />
        <Figure
          label={t("timeHalf")}
          value={ms("p50_ms")}
          note={t("time95", { time: ms("p95_ms") })}
        />
        <Figure label={t("firstSentence")} value={ms("first_sentence_p50_ms")} />
        <Figure
          label={t("cost")}
          value={formats.usd(cost("cost_usd"))}
          note={result.writer === "extractive" ? t("writerExtractive") : result.writer}
        />
      </Figures>
      {result.fallbacks > 0 && (
        <p className="rounded-xl bg-warn-tint px-4 py-3 text-sm text-warn">
          {t("fallbacks", { count: result.fallbacks })}
        </p>
      )}
      <Chart
        title={t("evaluationResult")}
        figures={{
          columns: [t("figure"), t("value"), t("interval")],
          rows: rows.map((row) => ({
            name: row.name,
            cells: [
              share.format(row.value),
              `${share.format(row.low)} – ${share.format(row.high)}`,
            ],
          })),
        }}
      >
        <Intervals items={rows} show={(value) => share.format(value)} most={1} plain />
      </Chart>
    </div>
  );
}
