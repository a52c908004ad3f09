/** Where to go and where one is: places from the address, from memory, and from what is clicked. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { placeIn, rememberPlace } from "./memory";
import type { Goal, Here } from "./place";
import type { ReaderProps } from "./reader";
import { type Document, outlineQuery } from "./wire";

/** What is told of a place while it moves, at most this often. */
const TELL_MS = 120;

export type Standing = Here & { count?: number };

export function usePlace(
  { opened: { id, version_id: version }, span, page, asked }: ReaderProps & { opened: Document },
  isPaged: boolean,
): { goal: Goal | undefined; go(goal: Goal): void; here: Standing; onHere(here: Standing): void } {
  const queries = useQueryClient();
  const [goal, setGoal] = useState<Goal | undefined>(() =>
    span || page !== undefined ? undefined : remembered(id),
  );
  const [here, setHere] = useState<Standing>({});
  const latest = useRef<Standing>({});
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const go = useCallback(
    (wanted: Goal) => {
      setGoal(wanted);
      if (isPaged || wanted.span || wanted.page === undefined || !version) return;
      // Without pages to lay out, a slide or sheet is found by its first heading.
      const { page, align } = wanted;
      queries.fetchQuery(outlineQuery(id, version)).then(
        ({ items }) => {
          const entry = items.find((item) => (item.page ?? 0) >= page);
          if (entry) setGoal({ span: { start: entry.start, end: entry.start }, align });
        },
        () => undefined,
      );
    },
    [id, version, isPaged, queries],
  );

  const start = span?.start;
  const end = span?.end;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again, it goes there again
  useEffect(() => {
    if (start !== undefined && end !== undefined) {
      go({ span: { start, end }, align: "middle", ...(page !== undefined && { page }) });
    } else if (page !== undefined) go({ page, align: "start" });
  }, [start, end, page, go, asked]);

  const onHere = useCallback(
    (now: Standing) => {
      latest.current = now;
      timer.current ??= setTimeout(() => {
        timer.current = undefined;
        const { count, ...place } = latest.current;
        setHere(latest.current);
        rememberPlace(id, place);
      }, TELL_MS);
    },
    [id],
  );
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [],
  );
  return { goal, go, here, onHere };
}

/** Where somebody was, as a place to go to. */
function remembered(id: string): Goal | undefined {
  const place = placeIn(id);
  if (!place) return undefined;
  const { page, share, byte } = place;
  if (page !== undefined) return { page, ...(share !== undefined && { share }), align: "start" };
  return byte === undefined ? undefined : { span: { start: byte, end: byte }, align: "start" };
}
