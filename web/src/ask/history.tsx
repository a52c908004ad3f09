/** One's conversations: found again, renamed, taken along, deleted. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { Search, SquarePen } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { LinkButton } from "@/parts/button";
import { inputClass } from "@/parts/field";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { HistoryRow } from "./history-row";
import { useHidden } from "./later";
import { conversationsQuery } from "./queries";
import { type ageOf, type Row, rowsOf } from "./rows";

const ROW_HEIGHT = 44;
const FOUND_HEIGHT = 62;
const HEADING_HEIGHT = 34;
/** So many of what is found are fetched at once; more as the list is scrolled. */
const FOUND_FIRST = 30;
/** The server takes 200 bytes. */
const WANTED_CHARACTERS_MAX = 60;
const PAUSE_MS = 250;

export function History({
  current,
  onChosen,
}: {
  current: string | undefined;
  /** Called when one is opened: a drawer closes. */
  onChosen?(): void;
}) {
  const { t } = useTranslation(["ask", "common"]);
  const [typed, setTyped] = useState("");
  const wanted = usePaused(typed);
  const list = useInfiniteQuery(conversationsQuery(wanted));
  const hidden = useHidden();
  const { isFetchingNextPage, fetchNextPage, isError } = list;
  const hasNextPage = list.hasNextPage && !list.isPlaceholderData;
  const all = useMemo(() => list.data?.pages.flatMap((page) => page.items) ?? [], [list.data]);
  const rows = useMemo(() => rowsOf(all, hidden), [all, hidden]);
  const looksOn = wanted.trim() !== "" && hasNextPage && !isError;
  useEffect(() => {
    // A page of what was found may be short, or empty, and others follow.
    if (looksOn && rows.length < FOUND_FIRST && !isFetchingNextPage) void fetchNextPage();
  }, [looksOn, rows.length, isFetchingNextPage, fetchNextPage]);
  return (
    <div className="flex h-full min-h-0 flex-col gap-3">
      <LinkButton
        to="/ask"
        look="plain"
        className="w-full shrink-0"
        {...(onChosen && { onClick: onChosen })}
      >
        <SquarePen aria-hidden className="size-4" />
        {t("newConversation")}
      </LinkButton>
      {(all.length > 0 || typed !== "" || wanted !== "") && (
        <div className="relative shrink-0">
          <Search
            aria-hidden
            className="pointer-events-none absolute start-3 top-1/2 size-4 -translate-y-1/2 text-soft"
          />
          <input
            type="search"
            aria-label={t("searchConversations")}
            placeholder={t("searchConversations")}
            value={typed}
            maxLength={WANTED_CHARACTERS_MAX}
            onChange={(event) => setTyped(event.target.value)}
            className={`${inputClass} ps-9`}
          />
        </div>
      )}
      {list.isPending && <Loading />}
      {list.isError && <Trouble error={list.error} onRetry={() => void list.refetch()} />}
      {list.isSuccess && rows.length === 0 && looksOn && (
        <p role="status" className="px-2 py-6 text-center text-sm text-soft">
          {t("lookingForConversations")}
        </p>
      )}
      {list.isSuccess && rows.length === 0 && !looksOn && !isFetchingNextPage && (
        <p className="px-2 py-6 text-center text-sm text-soft">
          {wanted ? t("noConversationFound") : t("noConversations")}
        </p>
      )}
      <Rows
        rows={rows}
        current={current}
        {...(onChosen && { onChosen })}
        onEnd={() => {
          if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
        }}
      />
    </div>
  );
}

function Rows({
  rows,
  current,
  onChosen,
  onEnd,
}: {
  rows: readonly Row[];
  current: string | undefined;
  onChosen?(): void;
  onEnd(): void;
}) {
  const { t, i18n } = useTranslation("ask");
  const frame = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => frame.current,
    estimateSize: (at) => heightOf(rows[at]),
    getItemKey: (at) => rows[at]?.key ?? at,
    overscan: 8,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? -1;
  const latest = useRef(onEnd);
  latest.current = onEnd;
  useEffect(() => {
    if (lastShown >= rows.length - 1 && rows.length > 0) latest.current();
  }, [lastShown, rows.length]);
  return (
    <nav
      ref={frame}
      aria-label={t("conversations")}
      className="-mx-2 min-h-0 flex-1 overflow-y-auto px-2"
    >
      <ul className="relative" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          return (
            <li
              key={item.key}
              className="absolute inset-x-0 top-0"
              style={{ height: item.size, transform: `translateY(${item.start}px)` }}
            >
              {row.kind === "heading" ? (
                <p className="flex h-full items-end px-2 pb-1.5 text-xs font-semibold text-soft">
                  {headingOf(row.age, t("today"), t("yesterday"), t("lastDays"), i18n.language)}
                </p>
              ) : (
                <HistoryRow
                  conversation={row.conversation}
                  isCurrent={row.conversation.id === current}
                  {...(onChosen && { onChosen })}
                />
              )}
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

function heightOf(row: Row | undefined): number {
  if (row?.kind === "heading") return HEADING_HEIGHT;
  return row?.conversation.excerpt ? FOUND_HEIGHT : ROW_HEIGHT;
}

/** What was typed, after a pause. */
function usePaused(typed: string): string {
  const [paused, setPaused] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return paused;
}

function headingOf(
  age: ReturnType<typeof ageOf>,
  today: string,
  yesterday: string,
  lastDays: string,
  language: string,
): string {
  if (age === "today") return today;
  if (age === "yesterday") return yesterday;
  if (age === "days") return lastDays;
  const [year, month] = age.split("-").map(Number);
  return new Intl.DateTimeFormat(language, { month: "long", year: "numeric" }).format(
    new Date(year ?? 0, (month ?? 1) - 1, 1),
  );
}
