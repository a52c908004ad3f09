/** An experiment: what it tries, what has come out, and what can be done with it. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeft, TriangleAlert } from "lucide-react";
import { api, got, type Wire } from "@/api/client";
import { useFormats } from "@/parts/format";
import { Badge, Page } from "@/parts/page";
import { Section } from "../parts/section";
import { sentence } from "../parts/sentence";
import { Fetched } from "../parts/state";
import { useWords } from "../words";
import { ExperimentActions } from "./actions";
import { STATE_TONES } from "./experiments";
import { useMetric } from "./metric";
import { Report } from "./report";
import { VariantsTable } from "./variants-table";

const LIVE_MS = 10_000;

export function ExperimentView({ id }: { id: string }) {
  const { t } = useWords();
  const query = useQuery({
    queryKey: ["experiments", id],
    queryFn: () =>
      got(api.GET("/api/v1/experiments/{experiment}", { params: { path: { experiment: id } } })),
    refetchInterval: (asked) =>
      asked.state.data?.experiment.state === "running" ? LIVE_MS : false,
  });
  const experiment = query.data?.experiment;
  return (
    <Page
      title={experiment?.name ?? t("experiments")}
      lead={experiment?.hypothesis}
      wide
      actions={experiment && <ExperimentActions experiment={experiment} />}
    >
      <p className="-mt-3 mb-5">
        <Link
          to="/admin/quality"
          className="inline-flex items-center gap-1.5 text-sm text-accent underline underline-offset-2"
        >
          <ArrowLeft aria-hidden className="size-4 rtl:rotate-180" />
          {t("allExperiments")}
        </Link>
      </p>
      <Fetched query={query}>
        {() =>
          query.data && (
            <>
              <Facts experiment={query.data.experiment} />
              <Verdicts report={query.data.report} />
              <Report experiment={query.data.experiment} report={query.data.report} />
              <VariantsTable experiment={query.data.experiment} report={query.data.report} />
            </>
          )
        }
      </Fetched>
    </Page>
  );
}

function Facts({ experiment }: { experiment: Wire["Experiment"] }) {
  const { t } = useWords();
  const formats = useFormats();
  const metric = useMetric();
  const facts: readonly [string, string | undefined][] = [
    [t("decides"), metric.name(experiment.metric)],
    [t("share"), formats.percent(experiment.share / 100)],
    [t("unit"), experiment.unit === "actor" ? t("unitActor") : t("unitQuestion")],
    [t("started"), experiment.started ? formats.moment(experiment.started) : undefined],
    [t("stopped"), experiment.stopped ? formats.moment(experiment.stopped) : undefined],
  ];
  return (
    <div className="mb-8">
      <dl className="flex flex-wrap gap-x-8 gap-y-3 rounded-2xl border border-line bg-surface px-5 py-4 text-sm">
        <div>
          <dt className="text-xs text-soft">{t("state")}</dt>
          <dd className="mt-0.5">
            <Badge tone={STATE_TONES[experiment.state]}>
              {t(`experiment.${experiment.state}`)}
            </Badge>
          </dd>
        </div>
        {facts.map(
          ([name, value]) =>
            value && (
              <div key={name}>
                <dt className="text-xs text-soft">{name}</dt>
                <dd className="mt-0.5">{value}</dd>
              </div>
            ),
        )}
      </dl>
      {experiment.stopped_why && (
        <p className="mt-3 flex items-start gap-2 rounded-xl bg-warn-tint px-4 py-3 text-sm text-warn">
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
          {sentence(experiment.stopped_why)}
        </p>
      )}
    </div>
  );
}

/** What the figures say, in the server's sentences. */
function Verdicts({ report }: { report: Wire["ExperimentReport"] }) {
  const { t } = useWords();
  if (report.verdicts.length + report.warnings.length === 0) return null;
  return (
    <Section title={t("verdict")}>
      <ul className="flex flex-col gap-2 text-sm">
        {report.verdicts.map((text) => (
          <li key={text} className="rounded-xl bg-tint px-4 py-3">
            {sentence(text)}
          </li>
        ))}
        {report.warnings.map((text) => (
          <li key={text} className="flex items-start gap-2 px-1 text-warn">
            <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
            {sentence(text)}
          </li>
        ))}
      </ul>
    </Section>
  );
}
