/**
 * Other answers to a question of a conversation. They are asked for beside the conversation, in the
 * words that stand alone: inside it a question is read as going on from itself. The server keeps them
 * as answers; which belong together this browser remembers.
 */
import { type UseQueryResult, useQueries } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { api, got, type Wire } from "@/api/client";

const PLACE = "alexandria.ask.others";
const KEPT_MAX = 200;

type Pair = readonly [of: string, other: string];

function pairs(): Pair[] {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** Remembers that an answer is another one for the question of a first. */
export function keepOther(of: string, other: string): void {
  try {
    localStorage.setItem(PLACE, JSON.stringify([...pairs(), [of, other]].slice(-KEPT_MAX)));
  } catch {
    // A full storage: the answer is shown until the page is left.
  }
}

/** The other answers to the questions of these turns, as the server keeps them. */
export function useOthers(
  turns: readonly Wire["Turn"][],
): ReadonlyMap<string, Wire["GivenAnswer"][]> {
  const wanted = useMemo(() => {
    const own = new Set(turns.map((turn) => turn.answer_id));
    return pairs().filter(([of]) => own.has(of));
  }, [turns]);
  const combine = useCallback(
    (found: UseQueryResult<Wire["GivenAnswer"]>[]) => {
      const others = new Map<string, Wire["GivenAnswer"][]>();
      for (const [at, { data }] of found.entries()) {
        const of = wanted[at]?.[0];
        if (of && data) others.set(of, [...(others.get(of) ?? []), data]);
      }
      return others;
    },
    [wanted],
  );
  return useQueries({
    queries: wanted.map(([, answer]) => ({
      queryKey: ["answers", answer],
      queryFn: () => got(api.GET("/api/v1/answers/{answer}", { params: { path: { answer } } })),
      staleTime: Number.POSITIVE_INFINITY,
    })),
    combine,
  });
}
