/** Looking for words in the document that is open. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { type Document, type FoundPlace, find } from "./wire";

/** Places that are fetched without being asked for more. */
const PLACES_MAX = 500;
/** Typing goes on for this long before anything is looked for. */
const PAUSE_MS = 180;

/** What was looked for, and what was found. */
export interface Finding {
  readonly query: string;
  setQuery(query: string): void;
  readonly places: readonly FoundPlace[];
  /** Whether there may be more than the places that are there. */
  readonly more: boolean;
  readonly busy: boolean;
  readonly error: unknown;
  again(): void;
  fetchMore(): void;
  /** Which of the places is looked at; -1 for none. */
  readonly at: number;
  setAt(at: number): void;
}

export function useFind(document: Document | undefined, begun: string): Finding {
  const [query, setQuery] = useState(begun);
  const [at, setAt] = useState(-1);
  const wanted = usePause(query.trim());
  const id = document?.id ?? "";
  const version = document?.version_id;
  const found = useInfiniteQuery({
    queryKey: ["documents", id, version, "find", wanted],
    queryFn: ({ pageParam, signal }) => find(id, wanted, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    enabled: Boolean(version) && wanted !== "",
    staleTime: 5 * 60_000,
  });
  const places = useMemo(
    () => (wanted === "" ? [] : (found.data?.pages.flatMap((page) => page.items) ?? [])),
    [found.data, wanted],
  );
  const { hasNextPage, isFetching, fetchNextPage, error } = found;
  const goesOn = hasNextPage && !isFetching && !error && places.length < PLACES_MAX;
  useEffect(() => {
    if (goesOn) void fetchNextPage();
  }, [goesOn, fetchNextPage]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: other words, other places
  useEffect(() => setAt(-1), [wanted]);
  return {
    query,
    setQuery,
    places,
    more: hasNextPage,
    busy: isFetching || wanted !== query.trim(),
    error: wanted === "" ? null : error,
    again: () => void found.refetch(),
    fetchMore: () => void fetchNextPage(),
    at,
    setAt,
  };
}

function usePause(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
