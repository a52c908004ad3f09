/** Lists that the server gives page by page. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/parts/button";

/** A list of more pages than this is looked at less often, so that it costs no more. */
const PAGES_LIVE_MAX = 3;

/** A page, and where the next begins. */
interface PageOf<T> {
  items: T[];
  next?: string | null;
}

/** All pages that were fetched, as one list. */
export function usePaged<T>(
  queryKey: readonly unknown[],
  fetchPage: (cursor: string | undefined) => Promise<PageOf<T>>,
  options: { enabled?: boolean; everyMs?: number } = {},
) {
  const { enabled = true, everyMs } = options;
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => fetchPage(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    enabled,
    refetchInterval: (asked) =>
      everyMs !== undefined &&
      everyMs * Math.max(1, (asked.state.data?.pages.length ?? 0) / PAGES_LIVE_MAX),
  });
  return { ...query, items: query.data?.pages.flatMap((page) => page.items) ?? [] };
}

/** Fetches the next page when it comes into view; the button is there for who does not scroll. */
export function More({
  query,
}: {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage(): unknown };
}) {
  const { t } = useTranslation();
  const place = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    const element = place.current;
    if (!element || !hasNextPage || isFetchingNextPage) return;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) fetchNextPage();
      },
      { rootMargin: "400px" },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (!hasNextPage) return null;
  return (
    <div ref={place} className="flex justify-center py-4">
      <Button onClick={() => fetchNextPage()} disabled={isFetchingNextPage}>
        {isFetchingNextPage ? t("loading") : t("loadMore")}
      </Button>
    </div>
  );
}
