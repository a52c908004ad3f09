// biome-ignore-all lint/a11y/useSemanticElements: a list is no part of a form
/** The tray: everything on its way into the library, with how far it has come. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronUp, X } from "lucide-react";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { IconButton } from "@/parts/button";
import { Progress } from "@/parts/progress";
import { readingOf, useReadings } from "./follow";
import { type Phase, phaseOf } from "./phase";
import { cancelAll, clear, type Upload, useUploads } from "./queue";
import { Row } from "./row";

type Shown = "all" | "open" | "trouble";
const ROW = 68;

export function Tray() {
  const { list, left } = useUploads();
  useReadings();
  if (list.length === 0) return null;
  const phases = new Map(list.map((one) => [one.id, phaseOf(one, readingOf(one.document?.id))]));
  return <Filled uploads={list} phases={phases} left={left} />;
}

function Filled({
  uploads,
  phases,
  left,
}: {
  uploads: readonly Upload[];
  phases: ReadonlyMap<number, Phase>;
  left: number;
}) {
  const { t } = useTranslation("library");
  const [open, setOpen] = useState(true);
  const [shown, setShown] = useState<Shown>("all");
  const body = useId();
  const count = (phase: Phase["group"]) =>
    uploads.filter((one) => phases.get(one.id)?.group === phase).length;
  const underWay = count("open");
  const troubles = count("trouble");
  const done = uploads.length - underWay;
  const part = uploads.filter((one) => shown === "all" || phases.get(one.id)?.group === shown);
  const found = uploads.filter((one) => phases.get(one.id)?.name === "searchable").length;
  const headline =
    underWay > found
      ? t("trayUnderWay", { done: done + found, total: uploads.length })
      : underWay > 0
        ? t("trayLearning", { count: found })
        : troubles > 0
          ? t("trayTroubles", { count: troubles })
          : t("trayDone", { count: uploads.length });
  const finished = () =>
    uploads.filter((one) => phases.get(one.id)?.group !== "open").map((one) => one.id);
  return (
    <section
      aria-label={t("tray")}
      className="fixed end-2 bottom-18 z-40 flex w-[calc(100vw-1rem)] max-w-[25rem] flex-col overflow-hidden rounded-2xl border border-line bg-raised shadow-card sm:end-5 md:bottom-5"
    >
      <header className="flex items-center gap-1 py-1.5 ps-4 pe-1.5">
        <h2 className="min-w-0 flex-1 truncate text-sm font-semibold">{headline}</h2>
        <Told words={underWay > 0 ? "" : headline} />
        <IconButton
          label={open ? t("trayFold") : t("trayUnfold")}
          aria-expanded={open}
          aria-controls={body}
          onClick={() => setOpen(!open)}
        >
          {open ? (
            <ChevronDown aria-hidden className="size-4" />
          ) : (
            <ChevronUp aria-hidden className="size-4" />
          )}
        </IconButton>
        <IconButton
          label={underWay > 0 ? t("trayClearDone") : t("trayClear")}
          onClick={() => clear(finished())}
        >
          <X aria-hidden className="size-4" />
        </IconButton>
      </header>
      {underWay > 0 && (
        <div className="px-4 pb-2">
          <Progress label={headline} done={shareDone(uploads, phases)} total={uploads.length} />
        </div>
      )}
      <div id={body} hidden={!open}>
        {left > 0 && (
          <p role="alert" className="mx-4 mb-2 rounded-lg bg-warn-tint px-3 py-2 text-xs text-warn">
            {t("trayFull", { count: left })}
          </p>
        )}
        {uploads.length > 4 && (
          <div className="flex gap-1 px-3 pb-1.5">
            {(["all", "open", "trouble"] as const).map((one) => (
              <button
                key={one}
                type="button"
                aria-pressed={shown === one}
                onClick={() => setShown(one)}
                className="rounded-full px-2.5 py-1 text-xs text-soft hover:bg-sunken aria-pressed:bg-tint aria-pressed:font-semibold aria-pressed:text-accent-strong"
              >
                {one === "all"
                  ? t("trayAll", { count: uploads.length })
                  : one === "open"
                    ? t("trayOpen", { count: underWay })
                    : t("trayTrouble", { count: troubles })}
              </button>
            ))}
            {uploads.some((one) => one.stage === "waiting") && (
              <button
                type="button"
                onClick={cancelAll}
                className="ms-auto rounded-full px-2.5 py-1 text-xs font-medium text-bad hover:bg-bad-tint"
              >
                {t("trayStop")}
              </button>
            )}
          </div>
        )}
        <Entries uploads={part} phases={phases} />
      </div>
    </section>
  );
}

/** Tells screen readers once when all is done, and not every step. */
function Told({ words }: { words: string }) {
  const [told, setTold] = useState("");
  useEffect(() => setTold(words), [words]);
  return (
    <span role="status" className="sr-only">
      {told}
    </span>
  );
}

function Entries({
  uploads,
  phases,
}: {
  uploads: readonly Upload[];
  phases: ReadonlyMap<number, Phase>;
}) {
  const { t } = useTranslation("library");
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: uploads.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    getItemKey: (index) => uploads[index]?.id ?? index,
    overscan: 6,
  });
  return (
    <div
      ref={scroller}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a list that scrolls has to be reached by the keyboard
      tabIndex={0}
      role="group"
      aria-label={t("trayEntries")}
      className="max-h-[min(22rem,45dvh)] overflow-y-auto border-t border-line -outline-offset-2"
    >
      <ul className="relative" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const upload = uploads[item.index];
          const phase = upload && phases.get(upload.id);
          return (
            phase && (
              <li
                key={item.key}
                ref={virtual.measureElement}
                data-index={item.index}
                className="absolute inset-x-0 top-0 border-b border-line last:border-b-0"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <Row upload={upload} phase={phase} />
              </li>
            )
          );
        })}
      </ul>
    </div>
  );
}

/** How much is done in all, where one that is on its way counts in part. */
function shareDone(uploads: readonly Upload[], phases: ReadonlyMap<number, Phase>): number {
  let total = 0;
  for (const one of uploads) {
    const phase = phases.get(one.id);
    if (phase) total += phase.group === "open" ? phase.share : 1;
  }
  return total;
}
