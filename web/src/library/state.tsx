/** How far the reading of a document has come: in a word, and in full. */
import { CircleAlert, CircleDashed, Clock, LoaderCircle, TriangleAlert } from "lucide-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/parts/format";
import { Badge } from "@/parts/page";
import type { Document } from "./queries";
import { follow, isDone, isReady, type Reading, readingOf, useReadings } from "./uploads/follow";

/** How a document stands now, followed while it is shown and not done. */
export function useReading(document: Document): Reading {
  useReadings();
  const { id } = document;
  const open = !isDone({ document, gone: false });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another state of the same document is learned by following it
  useEffect(() => (open ? follow(document) : undefined), [id, open]);
  const reading = readingOf(id);
  return reading && !isDone({ document, gone: false }) ? reading : { document, gone: false };
}

/** Whether somebody has stopped the reading of a document. */
export function isCancelled({ faults }: Pick<Document, "faults">): boolean {
  return faults.some((fault) => fault.kind === "cancelled");
}

/** What a reading is at, in a few words; nothing when all is well. */
export function useStateWords(): (reading: Reading) => string {
  const { t } = useTranslation("library");
  const { number, percent } = useFormats();
  return ({ document, step, gone }) => {
    if (gone) return t("stateGone");
    switch (isReady(document) ? "ready" : document.state) {
      case "queued":
        return t("shortQueued");
      case "reading":
        return step?.unit === "pages" && step.total
          ? t("shortPages", { done: number(step.done), total: number(step.total) })
          : t("shortReading");
      case "searchable": {
        const share = document.chunks > 0 ? document.embedded / document.chunks : 0;
        const of = step?.total ? step.done / step.total : share;
        return of >= 0.01
          ? t("shortSearchableShare", { share: percent(of) })
          : t("shortSearchable");
      }
      case "failed":
        return isCancelled(document) ? t("shortCancelled") : t("shortFailed");
      default:
        return document.faults.length > 0 ? t("faults", { count: document.faults.length }) : "";
    }
  };
}

/** The same as a badge. */
export function StateBadge({ document }: { document: Document }) {
  const reading = useReading(document);
  const words = useStateWords()(reading);
  if (words === "") return null;
  const now = reading.document;
  const icon = "size-3.5 shrink-0";
  if (now.state === "failed")
    return (
      <Badge tone="bad">
        <CircleAlert aria-hidden className={icon} />
        {words}
      </Badge>
    );
  if (isReady(now))
    return (
      <Badge tone="warn">
        <TriangleAlert aria-hidden className={icon} />
        {words}
      </Badge>
    );
  const Icon = { queued: Clock, reading: LoaderCircle }[now.state] ?? CircleDashed;
  return (
    <Badge tone={now.state === "reading" ? "accent" : "plain"}>
      <Icon aria-hidden className={`${icon} ${now.state === "reading" ? "animate-spin" : ""}`} />
      {words}
    </Badge>
  );
}
