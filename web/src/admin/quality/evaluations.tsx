/** What evaluations have found: how it has changed, and each of them, to be forgotten. */
import { ChartSpline, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { IconButton } from "@/parts/button";
import { Confirm } from "@/parts/dialog";
import { useFormats } from "@/parts/format";
import { Empty } from "@/parts/page";
import { More, usePaged } from "../parts/paged";
import { Section } from "../parts/section";
import { Fetched } from "../parts/state";
import { type Column, Table } from "../parts/table";
import { useDoing } from "../parts/use-doing";
import { useWords } from "../words";
import { Trends, useWay } from "./trends";

type Evaluation = Wire["Evaluation"];

/** So many are drawn at once; more as they are asked for. */
const PAGE = 200;

export function Evaluations() {
  const { t } = useWords();
  const formats = useFormats();
  const wayOf = useWay();
  const [gone, setGone] = useState<Evaluation | undefined>();
  const query = usePaged(["evaluations"], (cursor) =>
    got(
      api.GET("/api/v1/evaluations", {
        params: { query: { limit: PAGE, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  );
  const remove = useDoing(
    (id: string) =>
      api.DELETE("/api/v1/evaluations/{evaluation}", { params: { path: { evaluation: id } } }),
    {
      changes: [["evaluations"]],
      said: t("evaluationRemoved"),
      onDone: () => setGone(undefined),
    },
  );
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
                actions={(one) => (
                  <IconButton
                    label={t("removeEvaluation", { when: formats.moment(one.created) })}
                    onClick={() => setGone(one)}
                  >
                    <Trash2 aria-hidden className="size-4" />
                  </IconButton>
                )}
              />
              <More query={query} />
            </Section>
            <Confirm
              open={gone !== undefined}
              onClose={() => setGone(undefined)}
              onConfirm={() => gone && remove.mutate(gone.id)}
              title={t("removeEvaluationTitle")}
              confirm={t("remove")}
              busy={remove.isPending}
            >
              <p className="text-sm">
                {gone && `${gone.name} · ${wayOf(gone.way)} · ${formats.moment(gone.created)}`}
              </p>
            </Confirm>
          </>
        )
      }
    </Fetched>
  );
}
