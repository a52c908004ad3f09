/** The places where words were found, with what stands around them. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { ChevronDown, ChevronUp } from "lucide-react";
import { type Ref, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "@/parts/button";
import { inputClass } from "@/parts/field";
import { Trouble } from "@/parts/trouble";
import type { Finding } from "./use-find";

const ROW_PX = 74;

export function FindPanel({
  finding,
  onGo,
  box,
}: {
  finding: Finding;
  /** Goes to a place. */
  onGo(at: number): void;
  box: Ref<HTMLInputElement>;
}) {
  const { t } = useTranslation(["reader", "common"]);
  const { places, at, query, busy, more } = finding;
  const step = (direction: 1 | -1) => {
    if (places.length > 0)
      onGo((Math.max(at, direction > 0 ? -1 : 0) + direction + places.length) % places.length);
  };
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <search className="flex items-center gap-1 px-3 pt-3">
        <input
          ref={box}
          type="search"
          aria-label={t("find")}
          placeholder={t("find")}
          value={query}
          onChange={(event) => finding.setQuery(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
            event.preventDefault();
            step(event.shiftKey ? -1 : 1);
          }}
          className={inputClass}
        />
        <IconButton
          label={t("previousPlace")}
          onClick={() => step(-1)}
          disabled={places.length === 0}
        >
          <ChevronUp aria-hidden className="size-4" />
        </IconButton>
        <IconButton label={t("nextPlace")} onClick={() => step(1)} disabled={places.length === 0}>
          <ChevronDown aria-hidden className="size-4" />
        </IconButton>
      </search>
      <p role="status" className="min-h-8 px-3.5 py-1.5 text-xs text-soft">
        {query.trim() === ""
          ? t("findHint")
          : places.length > 0
            ? at >= 0
              ? t("placeOf", { at: at + 1, count: places.length })
              : t(more ? "placesMore" : "places", { count: places.length })
            : busy
              ? t("looking")
              : finding.error
                ? ""
                : t("noPlaces")}
      </p>
      {finding.error ? (
        <div className="px-3">
          <Trouble error={finding.error} onRetry={finding.again} />
        </div>
      ) : null}
      <Places finding={finding} onGo={onGo} />
      {more && !busy && (
        <div className="border-line border-t p-2 text-center">
          <Button look="quiet" onClick={finding.fetchMore}>
            {t("common:loadMore")}
          </Button>
        </div>
      )}
    </div>
  );
}

function Places({ finding, onGo }: { finding: Finding; onGo(at: number): void }) {
  const { t } = useTranslation(["reader", "common"]);
  const { places, at } = finding;
  const box = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: places.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
  });
  useEffect(() => {
    if (at >= 0) rows.scrollToIndex(at, { align: "auto" });
  }, [at, rows]);
  return (
    <div ref={box} className="min-h-0 flex-1 overflow-y-auto px-2 pb-2">
      <ol
        aria-label={t("foundPlaces")}
        className="relative"
        style={{ height: rows.getTotalSize() }}
      >
        {rows.getVirtualItems().map((row) => {
          const place = places[row.index];
          if (!place) return null;
          return (
            <li
              key={place.span.start}
              ref={rows.measureElement}
              data-index={row.index}
              aria-setsize={places.length}
              aria-posinset={row.index + 1}
              className="absolute inset-x-0 top-0"
              style={{ transform: `translateY(${row.start}px)` }}
            >
              <button
                type="button"
                aria-current={row.index === at ? "location" : undefined}
                onClick={() => onGo(row.index)}
                className="w-full rounded-lg px-2.5 py-2 text-start text-sm leading-snug hover:bg-sunken aria-[current]:bg-tint"
              >
                {place.page ? (
                  <span className="mb-0.5 block text-xs text-soft">
                    {t("page", { page: place.page })}
                  </span>
                ) : null}
                <span className="line-clamp-3 break-words">
                  {place.before}
                  <mark className="px-0.5 font-semibold">{place.text}</mark>
                  {place.after}
                </span>
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
