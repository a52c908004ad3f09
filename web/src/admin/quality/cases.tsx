/** The cases: questions with the answers they should get, asked all at once and measured. */
import { Download, ListTodo } from "lucide-react";
import { api, got, type Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { useFormats } from "@/parts/format";
import { Badge, Empty } from "@/parts/page";
import { More, usePaged } from "../parts/paged";
import { useRemoval } from "../parts/removal";
import { save } from "../parts/save";
import { Section } from "../parts/section";
import { Fetched } from "../parts/state";
import { type Column, Table } from "../parts/table";
import { useDoing } from "../parts/use-doing";
import { useWords } from "../words";
import { Evaluation } from "./evaluation";

type Case = Wire["Case"];

export function Cases() {
  const { t } = useWords();
  const formats = useFormats();
  const query = usePaged(["cases"], (cursor) =>
    got(
      api.GET("/api/v1/evaluation/cases", {
        params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  );
  const removal = useRemoval<Case>({
    run: (id) => api.DELETE("/api/v1/evaluation/cases/{case}", { params: { path: { case: id } } }),
    changes: [["cases"]],
    said: t("caseRemoved"),
    title: t("removeCaseTitle"),
    label: (one) => t("removeCase", { question: one.question }),
    name: (one) => one.question,
  });
  const take = useDoing(() => save("/api/v1/evaluation/cases/export", "questions.jsonl"), {
    changes: [["audit"]],
  });
  const columns: Column<Case>[] = [
    { label: t("question"), names: true, cell: (one) => one.question },
    {
      label: t("expected.answer"),
      cell: (one) =>
        one.answers.length > 0 ? (
          <span className="line-clamp-2 max-w-prose">{one.answers[0]}</span>
        ) : (
          <Badge>{t("mustNotAnswer")}</Badge>
        ),
    },
    {
      label: t("language"),
      cell: (one) => (one.language ? formats.language(one.language) : "—"),
    },
    { label: t("made"), whole: true, cell: (one) => formats.date(one.created) },
  ];
  return (
    <Fetched query={query}>
      {() =>
        query.items.length === 0 ? (
          <Empty icon={<ListTodo aria-hidden className="size-8" />} title={t("noCases")}>
            {t("noCasesText")}
          </Empty>
        ) : (
          <>
            <Evaluation />
            <Section
              title={t("cases")}
              actions={
                <Button onClick={() => take.mutate()} disabled={take.isPending}>
                  <Download aria-hidden className="size-4" />
                  {t("export")}
                </Button>
              }
            >
              <Table
                label={t("cases")}
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
