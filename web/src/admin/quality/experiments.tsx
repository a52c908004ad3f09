/** The experiments, the newest first. */
import { Link } from "@tanstack/react-router";
import { FlaskConical, Plus } from "lucide-react";
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { useFormats } from "@/parts/format";
import { Badge, Empty } from "@/parts/page";
import { More, usePaged } from "../parts/paged";
import { Fetched } from "../parts/state";
import { type Column, Table } from "../parts/table";
import { useWords } from "../words";
import { MakeExperiment } from "./make";
import { useMetric } from "./metric";

type Experiment = Wire["Experiment"];

export const STATE_TONES = { draft: "plain", running: "accent", stopped: "plain" } as const;

export function Experiments() {
  const { t } = useWords();
  const formats = useFormats();
  const metric = useMetric();
  const [making, setMaking] = useState(false);
  const query = usePaged(["experiments", "list"], (cursor) =>
    got(
      api.GET("/api/v1/experiments", {
        params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  );
  const columns: Column<Experiment>[] = [
    {
      label: t("name"),
      names: true,
      cell: (one) => (
        <>
          <Link
            to="/admin/quality"
            search={{ experiment: one.id }}
            className="text-accent underline underline-offset-2"
          >
            {one.name}
          </Link>
          {one.hypothesis && (
            <span className="block max-w-prose text-xs font-normal text-soft">
              {one.hypothesis}
            </span>
          )}
        </>
      ),
    },
    {
      label: t("state"),
      cell: (one) => <Badge tone={STATE_TONES[one.state]}>{t(`experiment.${one.state}`)}</Badge>,
    },
    { label: t("decides"), cell: (one) => metric.name(one.metric) },
    { label: t("share"), figures: true, cell: (one) => formats.percent(one.share / 100) },
    {
      label: t("variants"),
      figures: true,
      cell: (one) => formats.number(one.variants.length),
    },
    { label: t("made"), whole: true, cell: (one) => formats.date(one.created) },
  ];
  const make = (
    <Button look="primary" onClick={() => setMaking(true)}>
      <Plus aria-hidden className="size-4" />
      {t("makeExperiment")}
    </Button>
  );
  return (
    <>
      <Fetched query={query}>
        {() =>
          query.items.length === 0 ? (
            <Empty
              icon={<FlaskConical aria-hidden className="size-8" />}
              title={t("noExperiments")}
              actions={make}
            >
              {t("noExperimentsText")}
            </Empty>
          ) : (
            <>
              <div className="mb-4 flex justify-end">{make}</div>
              <Table
                label={t("experiments")}
                columns={columns}
                rows={query.items}
                id={(one) => one.id}
              />
            </>
          )
        }
      </Fetched>
      <More query={query} />
      {making && <MakeExperiment onClose={() => setMaking(false)} />}
    </>
  );
}
