/** What a list of documents lets one do, and the keys and clicks for it; shared by covers and rows. */
import { useNavigate } from "@tanstack/react-router";
import {
  type KeyboardEvent,
  type MouseEvent,
  useCallback,
  useEffect,
  useRef,
  useState,
} from "react";
import type { Document } from "./queries";
import { choose, mannerOf, move, NOTHING, type Selection } from "./selection";

/** Acts on documents. */
export interface Acts {
  open(document: Document): void;
  details(document: Document): void;
  remove(documents: readonly Document[]): void;
}

export interface Board {
  readonly documents: readonly Document[];
  readonly selection: Selection;
  onSelect(selection: Selection): void;
  readonly acts: Acts;
}

/** Opens documents in the reader. */
export function useOpen(): (document: Document) => void {
  const navigate = useNavigate();
  return useCallback(
    (document) => void navigate({ to: "/read/$document", params: { document: document.id } }),
    [navigate],
  );
}

/**
 * Keys and clicks for a list that stands in rows of `across`. `reveal` scrolls to the row of a document;
 * `page` is how many rows a screen holds.
 */
export function useBoard(
  board: Board,
  { across, page, reveal }: { across: number; page: number; reveal(index: number): void },
) {
  const { documents, selection } = board;
  const container = useRef<HTMLDivElement | null>(null);
  const wanted = useRef(false);

  useEffect(() => {
    if (!wanted.current || selection.active === undefined) return;
    wanted.current = false;
    const { active } = selection;
    reveal(documents.findIndex((document) => document.id === active));
    // What is scrolled to is drawn in the next frame.
    const frame = requestAnimationFrame(() =>
      container.current
        ?.querySelector<HTMLElement>(`[data-id="${CSS.escape(active)}"]`)
        ?.focus({ preventScroll: true }),
    );
    return () => cancelAnimationFrame(frame);
  }, [selection, documents, reveal]);

  const latest = useRef({ board, across, page });
  latest.current = { board, across, page };
  // The same for as long as the list is shown, so that a row is drawn anew only when it has changed.
  const [hands] = useState(() => {
    const order = () => latest.current.board.documents.map((document) => document.id);
    const onKeyDown = (event: KeyboardEvent) => {
      const { board, across, page } = latest.current;
      const { documents, selection, onSelect, acts } = board;
      const { id } = (event.target as HTMLElement).dataset;
      const at = id === undefined ? undefined : documents.find((document) => document.id === id);
      if (!at) return;
      const from = { ...selection, active: at.id };
      const step = stepOf(event.key, across, page, documents.length);
      if (step !== undefined) {
        wanted.current = true;
        onSelect(move(from, order(), step, event.shiftKey));
      } else if (event.key === " ") {
        onSelect(choose(from, order(), at.id, event.shiftKey ? "range" : "toggle"));
      } else if (event.key === "Enter") acts.open(at);
      else if (event.key === "i" && !event.ctrlKey && !event.metaKey) acts.details(at);
      else if (event.key === "Delete" || (event.key === "Backspace" && event.metaKey)) {
        acts.remove(selection.ids.has(at.id) ? chosen(documents, selection) : [at]);
      } else if (event.key === "a" && (event.ctrlKey || event.metaKey)) {
        const all = order();
        onSelect({ ids: new Set(all), anchor: all[0], active: at.id });
      } else if (event.key === "Escape" && selection.ids.size > 0) {
        onSelect({ ...NOTHING, active: at.id });
      } else return;
      event.preventDefault();
      event.stopPropagation();
    };
    const onClick = (event: MouseEvent, document: Document) => {
      if (isUsed(event)) return;
      const { selection, onSelect, acts } = latest.current.board;
      const touch = (event.nativeEvent as PointerEvent).pointerType === "touch";
      // A finger opens; once something is chosen, it chooses more.
      if (touch && selection.ids.size === 0) acts.open(document);
      else onSelect(choose(selection, order(), document.id, touch ? "toggle" : mannerOf(event)));
    };
    const onDoubleClick = (event: MouseEvent, document: Document) => {
      if (!isUsed(event)) latest.current.board.acts.open(document);
    };
    const onToggle = (document: Document, range: boolean) => {
      const { selection, onSelect } = latest.current.board;
      onSelect(choose(selection, order(), document.id, range ? "range" : "toggle"));
    };
    const acts: Acts = {
      open: (document) => latest.current.board.acts.open(document),
      details: (document) => latest.current.board.acts.details(document),
      remove: (documents) => latest.current.board.acts.remove(documents),
    };
    return { onKeyDown, onClick, onDoubleClick, onToggle, acts };
  });
  return { container, hands };
}

/** What a row needs to answer keys and clicks. */
export type Hands = ReturnType<typeof useBoard>["hands"];

/** Whether something inside was meant. */
function isUsed(event: MouseEvent): boolean {
  return (event.target as Element).closest("a, button, input, label") !== null;
}

/** The chosen documents, in their order. */
export function chosen(documents: readonly Document[], { ids }: Selection): Document[] {
  return documents.filter((document) => ids.has(document.id));
}

function stepOf(key: string, across: number, page: number, count: number): number | undefined {
  const rtl = document.documentElement.dir === "rtl" ? -1 : 1;
  switch (key) {
    case "ArrowDown":
      return across;
    case "ArrowUp":
      return -across;
    case "ArrowRight":
      return across > 1 ? rtl : undefined;
    case "ArrowLeft":
      return across > 1 ? -rtl : undefined;
    case "PageDown":
      return across * page;
    case "PageUp":
      return -across * page;
    case "Home":
      return -count;
    case "End":
      return count;
    default:
      return undefined;
  }
}
