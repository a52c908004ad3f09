// biome-ignore-all lint/a11y/useSemanticElements: a grid of covers is no table
/** Documents as covers, in as many columns as there is room for; only what is seen is drawn. */
import { Link } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { type CSSProperties, memo, useCallback, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { type Board, type Hands, useBoard } from "./board";
import { Cover } from "./cover";
import { DocumentMenu } from "./document-menu";
import { type Listing, useMeasured } from "./listing";
import type { Document } from "./queries";
import { StateBadge } from "./state";

const COLUMN_LEAST = 144;
const COLUMN_LEAST_NARROW = 128;
const GAP = 24;
const GAP_NARROW = 14;
/** Title, authors and state below a cover. */
const WORDS = 88;
const ROWS_AHEAD = 8;

export function Covers({ listing, ...board }: Board & { listing: Listing; label: string }) {
  const { documents, selection } = board;
  const { t } = useTranslation("library");
  const [measure, width, top] = useMeasured();
  const narrow = width < 600;
  const gap = narrow ? GAP_NARROW : GAP;
  const least = narrow ? COLUMN_LEAST_NARROW : COLUMN_LEAST;
  const across = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const column = (width - gap * (across - 1)) / across;
  const height = Math.round(column * 1.4) + WORDS;
  const rows = Math.ceil(documents.length / across);
  const virtual = useWindowVirtualizer({
    count: width === 0 ? 0 : rows,
    estimateSize: () => height,
    overscan: 3,
    scrollMargin: top,
    gap: 8,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another height is another layout
  useEffect(() => virtual.measure(), [height, virtual]);
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { fetchMore } = listing;
  useEffect(() => {
    if (last >= rows - ROWS_AHEAD) fetchMore();
  }, [last, rows, fetchMore]);
  const reveal = useCallback(
    (index: number) => virtual.scrollToIndex(Math.floor(index / across), { align: "auto" }),
    [virtual, across],
  );
  const page = Math.max(1, Math.floor(window.innerHeight / height));
  const { container, hands } = useBoard(board, { across, page, reveal });
  const first = (items[0]?.index ?? 0) * across;
  const tabbed = documents
    .slice(first, (last + 1) * across)
    .find((document) => document.id === selection.active)?.id;
  return (
    <div ref={measure}>
      <div
        ref={container}
        role="grid"
        aria-label={board.label}
        aria-multiselectable
        aria-rowcount={listing.more ? -1 : rows}
        tabIndex={-1}
        onKeyDown={hands.onKeyDown}
        className="relative outline-none"
        style={{ height: virtual.getTotalSize() }}
      >
        {items.map((row) => (
          // biome-ignore lint/a11y/useFocusableInteractive: its cells have the focus
          <div
            key={row.key}
            role="row"
            aria-rowindex={row.index + 1}
            className="absolute inset-x-0 top-0 grid"
            style={{
              transform: `translateY(${row.start - top}px)`,
              gridTemplateColumns: `repeat(${across}, minmax(0, 1fr))`,
              columnGap: gap,
              height,
            }}
          >
            {documents.slice(row.index * across, (row.index + 1) * across).map((document, at) => (
              <Tile
                key={document.id}
                document={document}
                isChosen={selection.ids.has(document.id)}
                any={selection.ids.size > 0}
                hands={hands}
                tabbed={(tabbed ?? documents[first]?.id) === document.id}
                chooseLabel={t("choose", { title: document.title })}
                column={at + 1}
              />
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

const Tile = memo(function Tile({
  document,
  isChosen,
  any,
  hands,
  tabbed,
  chooseLabel,
  column,
}: {
  document: Document;
  isChosen: boolean;
  /** Whether any is chosen, so that choosing more is offered everywhere. */
  any: boolean;
  hands: Hands;
  tabbed: boolean;
  chooseLabel: string;
  column: number;
}) {
  const inside = tabbed ? 0 : -1;
  return (
    <div
      role="gridcell"
      data-id={document.id}
      aria-colindex={column}
      aria-selected={isChosen}
      tabIndex={inside}
      onClick={(event) => hands.onClick(event, document)}
      onDoubleClick={(event) => hands.onDoubleClick(event, document)}
      onKeyDown={undefined}
      className="group relative -m-1.5 flex min-w-0 flex-col self-start rounded-xl p-1.5 outline-offset-0 hover:bg-sunken aria-selected:bg-tint"
    >
      <div className="relative transition-transform duration-200 group-hover:-translate-y-0.5">
        <Cover document={document} />
      </div>
      <label
        className={`absolute start-3 top-3 flex size-7 items-center justify-center rounded-full bg-raised/95 shadow-card transition-opacity focus-within:opacity-100 group-hover:opacity-100 ${any ? "" : "opacity-0 pointer-coarse:hidden"}`}
      >
        <input
          type="checkbox"
          aria-label={chooseLabel}
          tabIndex={inside}
          checked={isChosen}
          onChange={(event) =>
            hands.onToggle(document, (event.nativeEvent as globalThis.MouseEvent).shiftKey === true)
          }
          className="size-4 accent-accent"
        />
      </label>
      <Words document={document} acts={hands.acts} inside={inside} />
    </div>
  );
});

function Words({
  document,
  acts,
  inside,
}: {
  document: Document;
  acts: Board["acts"];
  inside: number;
}) {
  const clamp: CSSProperties = { overflowWrap: "anywhere" };
  return (
    <>
      <div className="mt-2 flex items-start gap-1">
        <div className="min-w-0 flex-1">
          <Link
            to="/read/$document"
            params={{ document: document.id }}
            tabIndex={inside}
            preload={false}
            dir="auto"
            className="line-clamp-2 text-sm leading-snug font-medium hover:underline"
            style={clamp}
          >
            {document.title}
          </Link>
          <p className="truncate text-xs text-soft">{document.authors.join(", ")}</p>
        </div>
        <DocumentMenu document={document} acts={acts} tabIndex={inside} />
      </div>
      <div className="mt-0.5 flex max-w-full overflow-hidden">
        <StateBadge document={document} />
      </div>
    </>
  );
}
