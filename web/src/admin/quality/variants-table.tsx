/** The variants: what each changes, how it stands, and what to set to keep it. */
import type { Wire } from "@/api/client";
import { useFormats } from "@/parts/format";
import { Badge } from "@/parts/page";
import { Section } from "../parts/section";
import { type Column, Table } from "../parts/table";
import { useWords } from "../words";
import { CHANGES } from "./draft";
import { useMetric } from "./metric";

interface Row {
  variant: Wire["Variant"];
  report: Wire["VariantReport"] | undefined;
}

const VERDICTS = {
  unknown: "plain",
  not_enough: "plain",
  better: "good",
  worse: "bad",
  same: "plain",
} as const;
const GUARDS = {
  too_few: { tone: "plain", word: "guard.scarce" },
  holds: { tone: "good", word: "guard.holds" },
  breached: { tone: "bad", word: "guard.breached" },
} as const;

export function VariantsTable({
  experiment,
  report,
}: {
  experiment: Wire["Experiment"];
  report: Wire["ExperimentReport"];
}) {
  const { t } = useWords();
  const formats = useFormats();
  const metric = useMetric();
  const rows: Row[] = experiment.variants.map((variant) => ({
    variant,
    report: report.variants.find((one) => one.name === variant.name),
  }));
  const columns: Column<Row>[] = [
    { label: t("variant"), names: true, cell: ({ variant }) => variant.name },
    { label: t("changes"), cell: ({ variant }) => <Changes changes={variant.changes ?? {}} /> },
    {
      label: t("asked"),
      figures: true,
      cell: ({ report: one }) => formats.number(one?.asked ?? 0),
    },
    {
      label: t("needed"),
      figures: true,
      cell: ({ report: one }) =>
        one?.observations_needed ? formats.number(one.observations_needed) : "—",
    },
    {
      label: t("verdict"),
      cell: ({ report: one }) =>
        one?.verdict ? (
          <Badge tone={VERDICTS[one.verdict]}>{t(`verdict.${one.verdict}`)}</Badge>
        ) : (
          <Badge>{t("control")}</Badge>
        ),
    },
    {
      label: t("guardrails"),
      cell: ({ report: one }) => (
        <span className="flex flex-col items-start gap-1 max-md:items-end">
          {one?.guardrails.map((guard) => (
            <span key={guard.guardrail.metric} className="flex flex-wrap items-center gap-1.5">
              <span className="text-xs text-soft">{metric.name(guard.guardrail.metric)}</span>
              <Badge tone={GUARDS[guard.state].tone}>{t(GUARDS[guard.state].word)}</Badge>
            </span>
          ))}
          {!one?.guardrails.length && "—"}
        </span>
      ),
    },
    {
      label: t("toKeep"),
      cell: ({ report: one }) => (
        <span className="text-xs text-soft">{one?.to_keep.join("; ") || "—"}</span>
      ),
    },
  ];
  return (
    <Section title={t("variants")}>
      <Table
        label={t("variants")}
        columns={columns}
        rows={rows}
        id={({ variant }) => variant.name}
      />
    </Section>
  );
}

function Changes({ changes }: { changes: Wire["Changes"] }) {
  const { t } = useWords();
  const made = CHANGES.filter(
    (change) => changes[change] !== null && changes[change] !== undefined,
  );
  if (made.length === 0) return <span className="text-soft">{t("changesNothing")}</span>;
  return (
    <ul>
      {made.map((change) => (
        <li key={change}>
          {t(`change.${change}`)}: <code className="text-xs">{String(changes[change])}</code>
        </li>
      ))}
    </ul>
  );
}
