/** Pages below one another; only those that are seen, and their neighbours, are there at all. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "@/parts/progress";
import type { Turn } from "./ink";
import { useLiking, useNight } from "./memory";
import {
  between,
  expand,
  GAP,
  heightOf,
  layOut,
  type PagePlace,
  type Paging,
  pageAt,
  placeAt,
  type Room,
  type Size,
  topOf,
  widthOf,
} from "./paging";
import type { Mark, Span } from "./pieces";
import { type Goal, type Here, MIDDLE, type View } from "./place";
import { Sheet } from "./sheet";
import { type PdfState, usePdf } from "./use-pdf";
import { type Document, pagesQuery, rectanglesQuery } from "./wire";

/** Pixels above a heading that was gone to. */
const START = 40;
/** Pages drawn beyond those that are seen, on either side. */
const MORE = 1;

export function PagedView({
  document,
  isPdf,
  marks,
  cited,
  goal,
  onHere,
  ref,
}: {
  document: Document;
  isPdf: boolean;
  marks: readonly Mark[];
  cited: (Span & { words: string }) | undefined;
  goal: Goal | undefined;
  onHere(here: Here & { count: number }): void;
  ref: Ref<View>;
}) {
  const { t } = useTranslation("reader");
  const pdf = usePdf(document, isPdf);
  const sizes = useSizes(document, pdf);
  const [liking] = useLiking();
  const night = useNight();
  const box = useRef<HTMLDivElement>(null);
  const room = useRoom(box);
  const paging = useMemo(
    () => (sizes && room ? layOut(sizes, liking.zoom, room) : undefined),
    [sizes, room, liking.zoom],
  );
  const scroll = usePaging(box, paging, goal?.page ?? 1, onHere);
  useGoal(document, goal, paging, scroll.goTo);
  useImperativeHandle(
    ref,
    () => ({
      step: (direction) => scroll.goTo({ page: scroll.page() + direction, share: 0 }),
      edge: (edge) =>
        scroll.goTo(edge === "begin" ? { page: 1, share: 0 } : { page: 1e9, share: 1 }),
    }),
    [scroll],
  );
  const wide = Math.max(
    room?.width ?? 0,
    ...(paging ? scroll.pages.map((page) => widthOf(paging, page)) : []),
  );
  return (
    <section
      ref={box}
      aria-label={t("pagesOf", { title: document.title })}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      className="relative min-h-0 flex-1 overflow-auto bg-sunken outline-none focus-visible:outline-offset-[-2px]"
    >
      {paging && room && sizes ? (
        <div
          className="relative"
          style={{
            height: paging.tops[sizes.length],
            width: wide > room.width ? wide + GAP * 2 : "100%",
          }}
        >
          {scroll.pages.map((page) => {
            const width = widthOf(paging, page);
            return (
              <Sheet
                key={page}
                document={document}
                page={page}
                count={sizes.length}
                size={sizes[page - 1] as Size}
                top={paging.tops[page - 1] ?? 0}
                left={GAP + Math.max(0, (Math.max(wide, room.width) - width) / 2)}
                width={width}
                height={heightOf(paging, page)}
                pdf={pdf}
                marks={marks}
                cited={cited}
                night={night}
                turn={scroll.turnOf(page)}
              />
            );
          })}
        </div>
      ) : (
        <Loading />
      )}
    </section>
  );
}

/** The sizes of the pages: as they were read, or while they have not been, as the PDF says. */
function useSizes(document: Document, pdf: PdfState): readonly Size[] | undefined {
  const pages = useQuery(pagesQuery(document.id, document.version_id));
  const [own, setOwn] = useState<readonly Size[]>();
  const known = pages.data && pages.data.count > 0;
  useEffect(() => {
    if (known || pdf === undefined || pdf === "opening") return;
    let gone = false;
    void pdf.getPage(1).then((first) => {
      const { width, height } = first.getViewport({ scale: 1 });
      if (!gone) setOwn(expand(pdf.numPages, [{ first: 1, width, height }]));
    });
    return () => {
      gone = true;
    };
  }, [known, pdf]);
  return useMemo(
    () => (pages.data && pages.data.count > 0 ? expand(pages.data.count, pages.data.sizes) : own),
    [pages.data, own],
  );
}

/** The room for pages inside an element. */
function useRoom(box: React.RefObject<HTMLElement | null>): Room | undefined {
  const [room, setRoom] = useState<Room>();
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => {
      const width = element.clientWidth - 2 * GAP;
      const height = element.clientHeight - 2 * GAP;
      setRoom((old) => (old?.width === width && old.height === height ? old : { width, height }));
    };
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    return () => watcher.disconnect();
  }, [box]);
  return room;
}

interface Scroll {
  readonly pages: readonly number[];
  /** When it is drawn: first what is read, then what else is seen, then its neighbours. */
  turnOf(page: number): Turn;
  page(): number;
  /** Brings a place to the top, a little below it, or to the middle of what is seen. */
  goTo(place: PagePlace, align?: "top" | Goal["align"], x?: number): void;
}

/** Which pages are seen; holds the place when the layout changes. */
function usePaging(
  box: React.RefObject<HTMLElement | null>,
  paging: Paging | undefined,
  begin: number,
  onHere: (here: Here & { count: number }) => void,
): Scroll {
  const [[first, last, read], setSeen] = useState<[number, number, number]>([1, 0, 1]);
  const held = useRef<PagePlace>({ page: begin, share: 0 });
  const latest = useRef({ paging, onHere });
  latest.current = { paging, onHere };

  const look = useCallback(() => {
    const { paging, onHere } = latest.current;
    const element = box.current;
    if (!paging || !element) return;
    const { scrollTop, clientHeight } = element;
    held.current = placeAt(paging, scrollTop + GAP);
    const page = pageAt(paging, scrollTop + clientHeight * MIDDLE);
    const [first, last] = between(paging, scrollTop, scrollTop + clientHeight, MORE);
    setSeen((old) =>
      old[0] === first && old[1] === last && old[2] === page ? old : [first, last, page],
    );
    const share = page === held.current.page ? held.current.share : 0;
    onHere({ page, share, count: paging.sizes.length });
  }, [box]);

  useLayoutEffect(() => {
    const element = box.current;
    if (!paging || !element) return;
    element.scrollTop = Math.round(topOf(paging, held.current) - GAP);
    look();
    let frame = 0;
    const onScroll = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(look);
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener("scroll", onScroll);
    };
  }, [box, paging, look]);

  return useMemo(() => {
    const pages = Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => first + at);
    return {
      pages,
      turnOf(page) {
        if (page === read) return "first";
        return page >= first + (first > 1 ? MORE : 0) && page <= last - MORE ? "second" : "last";
      },
      page() {
        const element = box.current;
        const { paging } = latest.current;
        if (!element || !paging) return 1;
        return pageAt(paging, element.scrollTop + element.clientHeight * MIDDLE);
      },
      goTo(place, align = "top", x) {
        const element = box.current;
        const { paging } = latest.current;
        if (!element || !paging) return;
        const above = { top: GAP, start: START, middle: element.clientHeight * MIDDLE }[align];
        element.scrollTop = Math.round(topOf(paging, place) - above);
        if (x !== undefined) element.scrollLeft = x;
        look();
      },
    };
  }, [first, last, read, box, look]);
}

/** Goes where it is said to go, once the pages are laid out. */
function useGoal(
  document: Document,
  goal: Goal | undefined,
  paging: Paging | undefined,
  goTo: Scroll["goTo"],
): void {
  const queries = useQueryClient();
  const reached = useRef<Goal>(undefined);
  const go = useRef(goTo);
  go.current = goTo;
  const ready = useRef(paging);
  ready.current = paging;
  const isReady = paging !== undefined;
  useEffect(() => {
    if (!goal || !isReady || reached.current === goal) return;
    reached.current = goal;
    const toPage = () => {
      if (goal.page !== undefined) go.current({ page: goal.page, share: goal.share ?? 0 });
    };
    if (!goal.span || !document.version_id) {
      toPage();
      return;
    }
    // The page is known at once in most cases, the place on it a moment later.
    toPage();
    queries.fetchQuery(rectanglesQuery(document.id, document.version_id, goal.span)).then(
      ([first]) => {
        const paging = ready.current;
        if (!first || !paging || reached.current !== goal) return;
        const size = paging.sizes[first.page - 1];
        const scale = paging.scales[first.page - 1] ?? 1;
        const share = (first.y0 + first.y1) / 2 / Math.max(1, size?.height ?? 1);
        go.current({ page: first.page, share }, goal.align, first.x0 * scale - 60);
      },
      () => toPage(),
    );
  }, [goal, isReady, document.id, document.version_id, queries]);
}
