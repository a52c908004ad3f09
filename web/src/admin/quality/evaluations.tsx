/** What evaluations have found: how it has changed, and each of them, to be forgotten. */
import { ChartSpline } from "lucide-react";
import { api, got, type Wire } from "@/api/client";
import { useFormats } from "@/parts/format";
import { Empty } from "@/parts/page";
import { More, usePaged } from "../parts/paged";
import { useRemoval } from "../parts/removal";
import { Section } from "../parts/section";
import { Fetched } from "../parts/state";
import { type Column, Table } from "../parts/table";
import { useWords } from "../words";
import { Trends, useWay } from "./trends";

type Evaluation = Wire["Evaluation"];

/** So many are drawn at once; more as they are asked for. */
const PAGE = 200;

export function Evaluations() {
  const { t } = useWords();
  const formats = useFormats();
  const wayOf = useWay();
  const query = usePaged(["evaluations"], (cursor) =>
    got(
      api.GET("/api/v1/evaluations", {
        params: { query: { limit: PAGE, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  );
  const removal = useRemoval<Evaluation>({
    run: (id) =>
      api.DELETE("/api/v1/evaluations/{evaluation}", { params: { path: { evaluation: id } } }),
    changes: [["evaluations"]],
    said: t("evaluationRemoved"),
    title: t("removeEvaluationTitle"),
    label: (one) => t("removeEvaluation", { when: formats.moment(one.created) }),
    name: (one) => `${one.name} · ${wayOf(one.way)} · ${formats.moment(one.created)}`,
  });
  const columns: Column<Evaluation>[] = [
    { label: t("when"), names: true, cell: (one) => formats.moment(one.created) },
    { label: t("measuredOf"), cell: (one) => one.name },
    { label: t("way"), cell: (one) => wayOf(one.way) },
    { label: t("asked"), cell: (one) => formats.number(one.asked) },
    { label: t("measuredVersion"), cell: (one) => one.version },
  ];
  return (
    <Fetched query={query}>
      {() =>
        query.items.length === 0 ? (
          <Empty icon={<ChartSpline aria-hidden className="size-8" />} title={t("noEvaluations")}>
            {t("noEvaluationsText")}
          </Empty>
        ) : (
          <>
            <Trends evaluations={query.items} />
            <Section title={t("evaluations")}>
              <Table
                label={t("evaluations")}
                columns={columns}
                rows={query.items}
                id={(one) => one.id}
                actionsLabel={t("actions")}
                actions={removal.button}
              />
              <More query={query} />
            </Section>
            {removal.question}
          </>
        )
      }
    </Fetched>
  );
}
