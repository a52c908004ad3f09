/** The documents that fit a filter, fetched on as one scrolls, without those being removed. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import type { Filter } from "./filter";
import { type Document, documentsQuery } from "./queries";
import { useHidden } from "./trash";

export interface Listing {
  readonly documents: readonly Document[];
  readonly isPending: boolean;
  readonly error: unknown;
  /** Whether there are more. */
  readonly more: boolean;
  readonly isFetchingMore: boolean;
  fetchMore(): void;
  retry(): void;
}

export function useListing(filter: Filter, enabled = true): Listing {
  const query = useInfiniteQuery({ ...documentsQuery(filter), enabled });
  const hidden = useHidden();
  const { data, hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage, refetch } =
    query;
  const documents = useMemo(() => {
    const byId = new Map<string, Document>();
    for (const page of data?.pages ?? []) {
      for (const document of page.items) {
        if (!hidden.has(document.id) && !byId.has(document.id)) byId.set(document.id, document);
      }
    }
    return [...byId.values()];
  }, [data, hidden]);
  const fetchMore = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isFetchNextPageError) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isFetchNextPageError, fetchNextPage]);
  return {
    documents,
    isPending: query.isPending,
    error: query.error,
    more: hasNextPage,
    isFetchingMore: isFetchingNextPage,
    fetchMore,
    retry: () => void (isFetchNextPageError ? fetchNextPage() : refetch()),
  };
}

/** The width of an element and where it begins on the page, kept up to date. */
export function useMeasured(): [(element: HTMLElement | null) => void, number, number] {
  const [element, setElement] = useState<HTMLElement | null>(null);
  const [width, setWidth] = useState(0);
  const [top, setTop] = useState(0);
  useEffect(() => {
    if (!element) return;
    const measure = () => {
      setWidth(element.clientWidth);
      setTop(element.getBoundingClientRect().top + scrollY);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    // What stands above may grow and shrink.
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [element]);
  return [setElement, width, top];
}
