/**
 * Text without pages, from any byte of it: stretches of equally many bytes, of which only those are
 * there that are seen. So a whole book can be scrolled through, and opened anywhere at once.
 */
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual";
import { type Ref, useEffect, useImperativeHandle, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import { useLiking } from "./memory";
import type { Mark } from "./pieces";
import { type Goal, type Here, MIDDLE, type View } from "./place";
import { Segment } from "./segment";
import { type Document, extentQuery, SEGMENT_BYTES } from "./wire";

/** About how high a byte of text is, in pixels, before it has been set. */
const PIXELS_A_BYTE = 0.45;
/** How long a place is looked for that is still being fetched. */
const JOURNEY_MS = 15_000;
/** A place has been reached when nothing has moved for so many frames. */
const STILL_FRAMES = 4;

interface TextProps {
  document: Document;
  marks: readonly Mark[];
  goal: Goal | undefined;
  /** Goes somewhere else. */
  go(goal: Goal): void;
  onHere(here: Here): void;
  ref: Ref<View>;
}

export function TextView(props: TextProps) {
  const { document } = props;
  const extent = useQuery(extentQuery(document.id, document.version_id));
  if (extent.error) {
    return (
      <div className="p-6">
        <Trouble error={extent.error} onRetry={() => void extent.refetch()} />
      </div>
    );
  }
  if (extent.data === undefined) return <Loading />;
  return <Text {...props} bytes={extent.data} />;
}

function Text({ document, marks, goal, go, onHere, bytes, ref }: TextProps & { bytes: number }) {
  const { t } = useTranslation("reader");
  const [liking] = useLiking();
  const box = useRef<HTMLElement>(null);
  const segments = useVirtualizer({
    count: Math.max(1, Math.ceil(bytes / SEGMENT_BYTES)),
    getScrollElement: () => box.current,
    estimateSize: (at) => Math.min(SEGMENT_BYTES, bytes - at * SEGMENT_BYTES) * PIXELS_A_BYTE,
    overscan: 1,
  });
  useHere(box, onHere);
  useJourney(box, segments, goal, bytes);
  useImperativeHandle(
    ref,
    () => ({
      step(direction) {
        const element = box.current;
        element?.scrollBy({ top: direction * element.clientHeight * 0.9 });
      },
      edge(edge) {
        const byte = edge === "begin" ? 0 : Math.max(0, bytes - 1);
        go({ span: { start: byte, end: byte }, align: "start" });
      },
    }),
    [go, bytes],
  );
  return (
    <section
      ref={box}
      aria-label={t("textOf", { title: document.title })}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      className="min-h-0 flex-1 overflow-y-auto overscroll-contain bg-surface outline-none [overflow-anchor:none] focus-visible:outline-offset-[-2px]"
    >
      <div
        lang={document.language ?? undefined}
        dir="auto"
        className="mx-auto max-w-[66ch] px-5 py-8 font-serif leading-[1.65] break-words sm:px-8 sm:py-12"
        style={{ fontSize: `${1.0625 * liking.text}rem` }}
      >
        <div className="relative" style={{ height: segments.getTotalSize() }}>
          {segments.getVirtualItems().map((item) => (
            <div
              key={item.key}
              ref={segments.measureElement}
              data-index={item.index}
              className="absolute inset-x-0 top-0 flow-root"
              style={{ transform: `translateY(${item.start}px)` }}
            >
              <Segment document={document} segment={item.index} marks={marks} />
            </div>
          ))}
        </div>
      </div>
    </section>
  );
}

/** Tells which byte stands at the top of what is seen. */
function useHere(box: React.RefObject<HTMLElement | null>, onHere: (here: Here) => void): void {
  const told = useRef(onHere);
  told.current = onHere;
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    let frame = 0;
    const look = () => {
      const { top } = element.getBoundingClientRect();
      const parts = [...element.querySelectorAll<HTMLElement>("[data-start]")];
      const first = parts.find((part) => part.getBoundingClientRect().bottom > top + 24);
      if (first) told.current({ byte: Number(first.dataset.start) });
    };
    const onScroll = () => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(look);
    };
    element.addEventListener("scroll", onScroll, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      element.removeEventListener("scroll", onScroll);
    };
  }, [box]);
}

/** Travels to a byte: what lies on the way is fetched and set meanwhile, so it looks again and again. */
function useJourney(
  box: React.RefObject<HTMLElement | null>,
  segments: Virtualizer<HTMLElement, Element>,
  goal: Goal | undefined,
  bytes: number,
): void {
  useEffect(() => {
    let frame = 0;
    const element = box.current;
    const byte = goal?.span?.start;
    if (!element || !goal || byte === undefined) return;
    const segment = Math.floor(Math.min(byte, Math.max(0, bytes - 1)) / SEGMENT_BYTES);
    const begun = performance.now();
    let still = 0;
    segments.scrollToIndex(segment, { align: "start" });
    const look = () => {
      const part = partAt(element, segment, byte);
      if (part) {
        const seen = element.getBoundingClientRect();
        const wanted = goal.align === "middle" ? seen.height * MIDDLE : 24;
        const off = part.getBoundingClientRect().top - seen.top - wanted;
        const before = element.scrollTop;
        if (Math.abs(off) > 1) element.scrollTop += Math.round(off);
        still = Math.abs(element.scrollTop - before) < 1 ? still + 1 : 0;
      } else if (!segments.getVirtualItems().some((item) => item.index === segment)) {
        segments.scrollToIndex(segment, { align: "start" });
      }
      if (still < STILL_FRAMES && performance.now() - begun < JOURNEY_MS) {
        frame = requestAnimationFrame(look);
      }
    };
    frame = requestAnimationFrame(look);
    const end = () => cancelAnimationFrame(frame);
    // Whoever moves on their own is not called back.
    for (const name of MOVES) element.addEventListener(name, end, { passive: true });
    return () => {
      end();
      for (const name of MOVES) element.removeEventListener(name, end);
    };
  }, [goal, box, segments, bytes]);
}

const MOVES = ["wheel", "touchstart", "pointerdown", "keydown"] as const;

/** What shows a byte: the last part of its stretch that begins at or before it. */
function partAt(box: HTMLElement, segment: number, byte: number): HTMLElement | undefined {
  // A block that begins in a stretch may go on far beyond it.
  const parts = [...box.querySelectorAll<HTMLElement>("[data-start]")];
  const found = parts.findLast((part) => Number(part.dataset.start) <= byte);
  if (found) return isSet(box, segment) ? found : undefined;
  return isSet(box, segment) ? parts[0] : undefined;
}

function isSet(box: HTMLElement, segment: number): boolean {
  const stretch = box.querySelector(`[data-index="${segment}"]`);
  return stretch !== null && !stretch.querySelector(".animate-pulse");
}
