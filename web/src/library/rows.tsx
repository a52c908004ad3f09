// biome-ignore-all lint/a11y/useSemanticElements: rows that are drawn where they stand make no table
/** Documents as rows of a table; only what is seen is drawn. */
import { Link } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { memo, useCallback, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/parts/format";
import { type Board, type Hands, useBoard } from "./board";
import { Cover } from "./cover";
import { DocumentMenu } from "./document-menu";
import type { Order } from "./filter";
import { useFormatName } from "./kinds";
import { type Listing, useMeasured } from "./listing";
import type { Document } from "./queries";
import { COLUMNS, Head, MIDDLE, WIDE } from "./rows-head";
import { StateBadge } from "./state";

const HEIGHT = 64;

const ROWS_AHEAD = 30;

export function Rows({
  listing,
  order,
  onOrder,
  ...board
}: Board & { listing: Listing; label: string; order: Order; onOrder(order: Order): void }) {
  const { documents, selection } = board;
  const [measure, , top] = useMeasured();
  const virtual = useWindowVirtualizer({
    count: documents.length,
    estimateSize: () => HEIGHT,
    overscan: 10,
    scrollMargin: top,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { fetchMore } = listing;
  useEffect(() => {
    if (last >= documents.length - ROWS_AHEAD) fetchMore();
  }, [last, documents.length, fetchMore]);
  const reveal = useCallback(
    (index: number) => virtual.scrollToIndex(index, { align: "auto" }),
    [virtual],
  );
  const page = Math.max(1, Math.floor(window.innerHeight / HEIGHT) - 2);
  const { container, hands } = useBoard(board, { across: 1, page, reveal });
  const seen = documents.slice(items[0]?.index ?? 0, last + 1);
  const tabbed = (seen.find((one) => one.id === selection.active) ?? seen[0])?.id;
  return (
    <div
      ref={container}
      role="grid"
      aria-label={board.label}
      aria-multiselectable
      aria-rowcount={listing.more ? -1 : documents.length + 1}
      tabIndex={-1}
      onKeyDown={hands.onKeyDown}
      className="rounded-2xl border border-line bg-surface outline-none"
    >
      <Head order={order} onOrder={onOrder} />
      <div
        ref={measure}
        role="rowgroup"
        className="relative"
        style={{ height: virtual.getTotalSize() }}
      >
        {items.map((item) => {
          const document = documents[item.index];
          return (
            document && (
              <Row
                key={document.id}
                document={document}
                isChosen={selection.ids.has(document.id)}
                hands={hands}
                index={item.index}
                offset={item.start - top}
                tabbed={tabbed === document.id}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

const Row = memo(function Row({
  document,
  isChosen,
  hands,
  index,
  offset,
  tabbed,
}: {
  document: Document;
  isChosen: boolean;
  hands: Hands;
  index: number;
  offset: number;
  tabbed: boolean;
}) {
  const { t } = useTranslation(["library", "common"]);
  const { date, bytes, number } = useFormats();
  const formatName = useFormatName();
  const inside = tabbed ? 0 : -1;
  return (
    <div
      role="row"
      data-id={document.id}
      aria-rowindex={index + 2}
      aria-selected={isChosen}
      tabIndex={inside}
      onClick={(event) => hands.onClick(event, document)}
      onDoubleClick={(event) => hands.onDoubleClick(event, document)}
      onKeyDown={undefined}
      className={`${COLUMNS} group absolute inset-x-0 top-0 border-b border-line px-3 text-sm -outline-offset-2 hover:bg-sunken aria-selected:bg-tint`}
      style={{ height: HEIGHT, transform: `translateY(${offset}px)` }}
    >
      <span role="gridcell" tabIndex={-1} className="flex items-center justify-center">
        <input
          type="checkbox"
          aria-label={t("choose", { title: document.title })}
          tabIndex={inside}
          checked={isChosen}
          onChange={(event) =>
            hands.onToggle(document, (event.nativeEvent as globalThis.MouseEvent).shiftKey === true)
          }
          className="size-4 accent-accent"
        />
      </span>
      <span role="gridcell" tabIndex={-1} className="flex min-w-0 items-center gap-3">
        <Cover document={document} size="small" />
        <span className="min-w-0">
          <span className="flex min-w-0 items-center gap-2">
            <Link
              to="/read/$document"
              params={{ document: document.id }}
              tabIndex={inside}
              preload={false}
              dir="auto"
              className="truncate font-medium hover:underline"
            >
              {document.title}
            </Link>
            <StateBadge document={document} />
          </span>
          <span className="block truncate text-xs text-soft">
            {[document.authors.join(", "), ...document.tags.map((tag) => `#${tag}`)]
              .filter(Boolean)
              .join(" · ") || document.name}
          </span>
        </span>
      </span>
      <span role="gridcell" tabIndex={-1} className={`${WIDE} truncate text-soft`}>
        {document.collection}
      </span>
      <span role="gridcell" tabIndex={-1} className={`${WIDE} truncate text-soft`}>
        {document.format ? formatName(document.format) : ""}
      </span>
      <span role="gridcell" tabIndex={-1} className={`${WIDE} text-end text-soft tabular-nums`}>
        {document.pages ? number(document.pages) : ""}
      </span>
      <span role="gridcell" tabIndex={-1} className={`${WIDE} text-end text-soft tabular-nums`}>
        {bytes(document.bytes)}
      </span>
      <span
        role="gridcell"
        tabIndex={-1}
        className={`${MIDDLE} truncate text-end text-soft tabular-nums`}
      >
        {date(document.added)}
      </span>
      <span role="gridcell" tabIndex={-1} className="flex justify-end">
        <DocumentMenu document={document} acts={hands.acts} tabIndex={inside} />
      </span>
    </div>
  );
});
