/** One file on its way: its name, where it stands, what can be done. */
import { Link } from "@tanstack/react-router";
import {
  Ban,
  Check,
  CircleAlert,
  CircleDashed,
  Clock,
  CopyCheck,
  LoaderCircle,
  RotateCw,
  TriangleAlert,
  X,
} from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/parts/button";
import { FaultWords } from "@/parts/fault";
import { useFormats } from "@/parts/format";
import { Progress } from "@/parts/progress";
import { sentence } from "@/parts/trouble";
import { AnotherCopy } from "../another-copy";
import { useRemove } from "../changes";
import { ReadAgain } from "../read-again";
import { isCancelled } from "../state";
import { usePace } from "../steps";
import { readingOf } from "./follow";
import type { Phase, PhaseName } from "./phase";
import { cancel, clear, retry, type Upload } from "./queue";
import { mayComeAgain } from "./refusal";
import { Refused, useRefusal } from "./refused";

const FAULTS_FIRST = 3;
/** Where faults are told: a duplicate may be one of a document that could not be read. */
const TOLD: ReadonlySet<PhaseName> = new Set(["faulty", "failed", "duplicate"]);

export function Row({ upload, phase }: { upload: Upload; phase: Phase }) {
  const { t } = useTranslation("library");
  const words = useWords()(upload, phase);
  const document = readingOf(upload.document?.id)?.document ?? upload.document;
  const title = document?.title || upload.name;
  const moves =
    phase.name === "sending" ||
    phase.name === "reading" ||
    (phase.name === "searchable" && phase.step !== undefined);
  return (
    <div className="flex gap-3 px-4 py-2.5">
      <span className="mt-0.5 shrink-0">
        <Mark name={phase.name === "searchable" && !moves ? "found" : phase.name} />
      </span>
      <div className="min-w-0 flex-1">
        {document && phase.name !== "gone" && phase.name !== "failed" ? (
          <Link
            to="/read/$document"
            params={{ document: document.id }}
            preload={false}
            title={upload.name}
            className="block truncate text-sm leading-6 font-medium hover:underline"
          >
            {title}
          </Link>
        ) : (
          <p title={upload.name} className="truncate text-sm leading-6 font-medium">
            {title}
          </p>
        )}
        <p
          className={`text-xs ${phase.name === "refused" || phase.name === "failed" ? "text-bad" : "text-soft"} break-words`}
        >
          {words}
          {phase.name === "duplicate" && document && (
            <>
              {" "}
              <Link
                to="/library"
                search={{ collection: document.collection, document: document.id }}
                className="font-medium text-accent underline underline-offset-2"
              >
                {t("showIt")}
              </Link>
            </>
          )}
        </p>
        {moves && (
          <div className="mt-1.5">
            <Progress label={`${title}: ${words}`} {...phase.step} />
          </div>
        )}
        {document && TOLD.has(phase.name) && <Faults document={document} />}
        {document?.state === "failed" && TOLD.has(phase.name) && (
          <Unread document={document} onDone={() => clear([upload.id])} />
        )}
        {phase.name === "refused" && <Refused upload={upload} />}
      </div>
      <Act upload={upload} phase={phase} />
    </div>
  );
}

function Act({ upload, phase }: { upload: Upload; phase: Phase }) {
  const { t } = useTranslation("library");
  const { name } = upload;
  const icon = "size-4";
  const look = "size-8";
  if (upload.stage === "waiting" || upload.stage === "sending")
    return (
      <IconButton label={t("stop", { name })} className={look} onClick={() => cancel(upload.id)}>
        <X aria-hidden className={icon} />
      </IconButton>
    );
  if (upload.stage === "cancelled" || (upload.stage === "refused" && mayComeAgain(upload)))
    return (
      <IconButton label={t("again", { name })} className={look} onClick={() => retry(upload.id)}>
        <RotateCw aria-hidden className={icon} />
      </IconButton>
    );
  if (phase.group === "open") return null;
  return (
    <IconButton label={t("off", { name })} className={look} onClick={() => clear([upload.id])}>
      <X aria-hidden className={icon} />
    </IconButton>
  );
}

function Faults({ document }: { document: NonNullable<Upload["document"]> }) {
  const { t } = useTranslation("library");
  const [all, setAll] = useState(false);
  const { faults } = document;
  if (faults.length === 0) return null;
  return (
    <ul className="mt-1.5 flex flex-col gap-1 text-xs">
      {(all ? faults : faults.slice(0, FAULTS_FIRST)).map((fault) => (
        <li
          key={`${fault.page} ${fault.kind} ${fault.message}`}
          className="rounded-md bg-warn-tint px-2 py-1 text-warn"
        >
          {fault.page != null && (
            <Link
              to="/read/$document"
              params={{ document: document.id }}
              search={{ page: fault.page }}
              className="me-1 font-semibold underline underline-offset-2"
            >
              {t("page", { page: fault.page })}
            </Link>
          )}
          <FaultWords fault={fault} />
        </li>
      ))}
      {!all && faults.length > FAULTS_FIRST && (
        <li>
          <button
            type="button"
            className="rounded px-1 font-medium text-accent underline underline-offset-2"
            onClick={() => setAll(true)}
          >
            {t("moreFaults", { count: faults.length - FAULTS_FIRST })}
          </button>
        </li>
      )}
    </ul>
  );
}

/** What can be done about a document that could not be read. */
function Unread({
  document,
  onDone,
}: {
  document: NonNullable<Upload["document"]>;
  onDone(): void;
}) {
  const { t } = useTranslation("library");
  const remove = useRemove();
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-1">
      {isCancelled(document) ? (
        <ReadAgain document={document} />
      ) : (
        <AnotherCopy document={document} onChosen={onDone} />
      )}
      <button
        type="button"
        className="min-h-9 rounded px-1 text-xs font-medium text-accent underline underline-offset-2"
        onClick={() => {
          remove([document]);
          onDone();
        }}
      >
        {t("removeIt")}
      </button>
    </div>
  );
}

/** What is said below the name. */
function useWords(): (upload: Upload, phase: Phase) => string {
  const { t } = useTranslation("library");
  const { bytes, percent, number } = useFormats();
  const refusal = useRefusal();
  const pace = usePace();
  return (upload, phase) => {
    const reading = readingOf(upload.document?.id);
    const document = reading?.document ?? upload.document;
    const size = bytes(upload.bytes);
    switch (phase.name) {
      case "waiting":
        return upload.kind === "file" ? `${t("phaseWaiting")} · ${size}` : t("phaseWaiting");
      case "sending":
        return t("phaseSending", { share: percent(upload.sent / upload.bytes), size });
      case "held":
        return t("phaseHeld");
      case "storing":
        return t("phaseStoring");
      case "fetching":
        return t("phaseFetching");
      case "queued":
        return t("stateQueued");
      case "reading": {
        const how = reading ? pace(reading) : "";
        return how ? `${t("stateReading")} · ${how}` : t("stateReading");
      }
      case "searchable": {
        if (!phase.step) return t("phaseSearchableWaits");
        const { done, total } = phase.step;
        return t("phaseSearchable", { done: number(done), total: number(total) });
      }
      case "ready":
        return document?.pages
          ? `${t("stateReady")} · ${t("pages", { count: document.pages })}`
          : t("stateReady");
      case "faulty":
        return `${t("stateReady")} · ${t("faults", { count: document?.faults.length ?? 0 })}`;
      case "failed":
        return t(document && isCancelled(document) ? "stateCancelled" : "stateFailed");
      case "duplicate":
        return document?.state === "failed"
          ? `${t("phaseDuplicate", { name: document.collection })} ${sentence(t("stateFailed"))}`
          : t("phaseDuplicate", { name: document?.collection ?? "" });
      case "refused":
        return refusal(upload);
      case "cancelled":
        return t("phaseCancelled");
      case "gone":
        return t("stateGone");
    }
  };
}

function Mark({ name }: { name: PhaseName | "found" }) {
  const look = "size-4";
  switch (name) {
    case "ready":
      return <Check aria-hidden className={`${look} text-good`} />;
    case "found":
      return <CircleDashed aria-hidden className={`${look} text-good`} />;
    case "duplicate":
      return <CopyCheck aria-hidden className={`${look} text-soft`} />;
    case "faulty":
      return <TriangleAlert aria-hidden className={`${look} text-warn`} />;
    case "failed":
    case "refused":
      return <CircleAlert aria-hidden className={`${look} text-bad`} />;
    case "cancelled":
    case "gone":
      return <Ban aria-hidden className={`${look} text-soft`} />;
    case "waiting":
    case "queued":
    case "held":
      return <Clock aria-hidden className={`${look} text-soft`} />;
    default:
      return <LoaderCircle aria-hidden className={`${look} animate-spin text-accent`} />;
  }
}
