import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import {
  CircleAlert,
  CircleCheck,
  CircleMinus,
  Clock,
  LoaderCircle,
  RotateCw,
  X,
} from "lucide-react";
import { api, got, type Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { useFormats } from "@/parts/format";
import { Badge } from "@/parts/page";
import { Progress } from "@/parts/progress";
import { sentence } from "../parts/sentence";
import { useDoing } from "../parts/use-doing";
import { useWords } from "../words";
import { titleQuery } from "./title";

type Job = Wire["Job"];

const KINDS = ["index_document", "embed_document", "purge_document", "purge_collection"] as const;
const STATES = {
  waiting: { Icon: Clock, tone: "plain", ink: "text-soft" },
  running: { Icon: LoaderCircle, tone: "accent", ink: "text-accent" },
  done: { Icon: CircleCheck, tone: "good", ink: "text-good" },
  failed: { Icon: CircleAlert, tone: "bad", ink: "text-bad" },
  cancelled: { Icon: CircleMinus, tone: "plain", ink: "text-soft" },
} as const;
const UNITS = ["pages", "chunks", "documents"] as const;

/** A piece of work: what it does to which document, how far it is, and what can be done. */
export function JobRow({ job }: { job: Job }) {
  const { t } = useWords();
  const formats = useFormats();
  const state = job.state in STATES ? (job.state as keyof typeof STATES) : "waiting";
  const { Icon, tone, ink } = STATES[state];
  const kind = KINDS.find((one) => one === job.kind);
  const action = useDoing(
    (what: "retry" | "cancel") => {
      const params = { path: { job: job.id } };
      return got(
        what === "retry"
          ? api.POST("/api/v1/jobs/{job}/retry", { params })
          : api.POST("/api/v1/jobs/{job}/cancel", { params }),
      );
    },
    {
      changes: [["jobs"], ["status"]],
      said: (_, what) => (what === "retry" ? t("jobRetried") : t("jobCancelled")),
    },
  );
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 text-sm">
      <Icon
        aria-hidden
        className={`size-5 shrink-0 ${ink} ${state === "running" ? "animate-spin" : ""}`}
      />
      <div className="min-w-0 flex-1 basis-44">
        <p className="truncate font-medium">
          {job.document_id ? (
            <Title document={job.document_id} />
          ) : kind ? (
            t(`kind.${kind}`)
          ) : (
            job.kind
          )}
        </p>
        <p className="text-xs text-soft">
          {kind ? t(`kind.${kind}`) : job.kind}
          {" · "}
          <time dateTime={job.finished ?? job.created}>
            {formats.moment(job.finished ?? job.created)}
          </time>
          {job.attempts > 1 && ` · ${t("attempts", { count: job.attempts })}`}
        </p>
        {job.error && (
          <p
            className={`mt-1 break-words text-xs ${state === "failed" ? "text-bad" : "text-warn"}`}
          >
            {sentence(job.error)}
          </p>
        )}
      </div>
      {state === "running" && <HowFar progress={job.progress} />}
      <div className="flex items-center gap-2">
        <Badge tone={tone}>{t(`job.${state}`)}</Badge>
        {(state === "failed" || state === "cancelled") && (
          <Button onClick={() => action.mutate("retry")} disabled={action.isPending}>
            <RotateCw aria-hidden className="size-4" />
            {t("retry")}
          </Button>
        )}
        {(state === "waiting" || state === "running") && (
          <Button look="quiet" onClick={() => action.mutate("cancel")} disabled={action.isPending}>
            <X aria-hidden className="size-4" />
            {t("cancelJob")}
          </Button>
        )}
      </div>
    </li>
  );
}

function HowFar({ progress }: { progress: Wire["Progress"] }) {
  const { t } = useWords();
  const formats = useFormats();
  const unit = UNITS.find((one) => one === progress.unit);
  const name = unit ? t(`unit.${unit}`) : progress.unit;
  const words = progress.total
    ? t("progressOf", {
        done: formats.number(progress.done),
        total: formats.number(progress.total),
        unit: name,
      })
    : t("progressSoFar", { done: formats.number(progress.done), unit: name });
  return (
    <div className="w-full sm:w-52">
      <p className="mb-1 text-xs text-soft tabular-nums">{words}</p>
      <Progress label={words} done={progress.done} total={progress.total} />
    </div>
  );
}

function Title({ document }: { document: string }) {
  const { t } = useWords();
  const query = useQuery(titleQuery(document));
  if (query.data === null) return <>{t("documentGone")}</>;
  return (
    <Link
      to="/read/$document"
      params={{ document }}
      className="underline decoration-line underline-offset-2 hover:decoration-current"
    >
      {query.data ?? t("documentNamed", { id: document.slice(-8) })}
    </Link>
  );
}
