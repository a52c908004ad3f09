/** The chapters and headings of a document. */
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { currentOf, type Entry, entriesOf } from "./outline";
import type { Here } from "./place";
import { type Document, outlineQuery } from "./wire";

const ROW_PX = 36;

export function OutlinePanel({
  document,
  here,
  onGo,
}: {
  document: Document;
  here: Here;
  onGo(entry: Entry): void;
}) {
  const { t } = useTranslation("reader");
  const outline = useQuery(outlineQuery(document.id, document.version_id));
  const entries = useMemo(() => entriesOf(outline.data?.items ?? []), [outline.data]);
  const current = currentOf(entries, here);
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: entries.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
  });
  useEffect(() => {
    if (current >= 0) rows.scrollToIndex(current, { align: "auto" });
  }, [current, rows]);
  if (outline.error) {
    return (
      <div className="p-3">
        <Trouble error={outline.error} onRetry={() => void outline.refetch()} />
      </div>
    );
  }
  if (outline.isPending && document.version_id) return <Loading />;
  if (entries.length === 0) return <p className="p-4 text-sm text-soft">{t("noOutline")}</p>;
  return (
    <div ref={box} className="min-h-0 flex-1 overflow-y-auto p-2">
      <ol aria-label={t("outline")} className="relative" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((row) => {
          const entry = entries[row.index];
          if (!entry) return null;
          return (
            <li
              key={row.key}
              ref={rows.measureElement}
              data-index={row.index}
              aria-setsize={entries.length}
              aria-posinset={row.index + 1}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <button
                type="button"
                aria-current={row.index === current ? "location" : undefined}
                onClick={() => onGo(entry)}
                className={`flex w-full items-baseline gap-3 rounded-lg py-1.5 pe-2.5 text-start text-sm leading-snug hover:bg-sunken aria-[current]:bg-tint aria-[current]:font-semibold aria-[current]:text-accent-strong ${entry.depth === 0 ? "font-medium" : "text-soft"}`}
                style={{ paddingInlineStart: `${0.625 + entry.depth * 0.875}rem` }}
              >
                <span className="line-clamp-2 min-w-0 flex-1 break-words">{entry.text}</span>
                {entry.page ? (
                  <span className="shrink-0 text-xs tabular-nums text-soft">{entry.page}</span>
                ) : null}
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
