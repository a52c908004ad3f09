/** The cases: questions with the answers they should get, asked all at once and measured. */
import { Download, ListTodo, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { Button, IconButton } from "@/parts/button";
import { Confirm } from "@/parts/dialog";
import { useFormats } from "@/parts/format";
import { Badge, Empty } from "@/parts/page";
import { More, usePaged } from "../parts/paged";
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
  const [gone, setGone] = useState<Case | undefined>();
  const query = usePaged(["cases"], (cursor) =>
    got(
      api.GET("/api/v1/evaluation/cases", {
        params: { query: { limit: 50, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  );
  const remove = useDoing(
    (id: string) =>
      api.DELETE("/api/v1/evaluation/cases/{case}", { params: { path: { case: id } } }),
    { changes: [["cases"]], said: t("caseRemoved"), onDone: () => setGone(undefined) },
  );
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
                actions={(one) => (
                  <IconButton
                    label={t("removeCase", { question: one.question })}
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
              title={t("removeCaseTitle")}
              confirm={t("remove")}
              busy={remove.isPending}
            >
              <p className="text-sm">{gone?.question}</p>
            </Confirm>
          </>
        )
      }
    </Fetched>
  );
}
