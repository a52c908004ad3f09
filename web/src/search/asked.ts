/** What is searched for: how it stands in the address, and how the server is asked for it. */
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, got, type Wire } from "@/api/client";

/** What the address of the page says. */
export interface Asked {
  q?: string;
  mode?: string;
  collections?: string[];
  formats?: string[];
  languages?: string[];
  tags?: string[];
  document?: string;
  added?: string;
}

/** The filters of which several values may be chosen. */
export const FACETS = ["collections", "formats", "languages", "tags"] as const;
export type Facet = (typeof FACETS)[number];

/** The ways of searching, by the names that the address and the server give them. */
export const MODES = ["hybrid", "text", "vectors"] as const;
export type Mode = (typeof MODES)[number];

/** How long ago something may have been put in, and how many days that is. */
export const AGES = { day: 1, week: 7, month: 31, year: 366 } as const;
export type Age = keyof typeof AGES;

/** So many passages are shown at first, and as many more each time that more are wanted. */
export const SHOWN_STEP = 20;
/** No more are shown: who has not found it here needs other words. */
export const SHOWN_MAX = 100;

const DAY_MS = 86_400_000;

export function modeOf(asked: Asked): Mode {
  return MODES.find((mode) => mode === asked.mode) ?? "hybrid";
}

export function ageOf(asked: Asked): Age | undefined {
  return asked.added && Object.hasOwn(AGES, asked.added) ? (asked.added as Age) : undefined;
}

/** How many values narrow the search. */
export function filterCount(asked: Asked): number {
  const several = FACETS.reduce((sum, facet) => sum + (asked[facet]?.length ?? 0), 0);
  return several + (asked.document ? 1 : 0) + (ageOf(asked) ? 1 : 0);
}

/** The same search without what narrows it. */
export function unfiltered(asked: Asked): Asked {
  return { ...(asked.q && { q: asked.q }), ...(asked.mode && { mode: asked.mode }) };
}

/** The search with a value of a filter put in or taken out. */
export function toggled(asked: Asked, facet: Facet, value: string): Asked {
  const chosen = asked[facet] ?? [];
  const next = chosen.includes(value)
    ? chosen.filter((other) => other !== value)
    : [...chosen, value];
  const { [facet]: _, ...rest } = asked;
  return next.length > 0 ? { ...rest, [facet]: next } : rest;
}

/** What the server is asked for. The day is the finest time, so that a search stays the same search. */
export function requestOf(asked: Asked, limit: number, now = Date.now()): Wire["SearchRequest"] {
  const age = ageOf(asked);
  const today = Math.floor(now / DAY_MS) * DAY_MS;
  return {
    query: (asked.q ?? "").trim(),
    mode: modeOf(asked),
    limit,
    explain: true,
    filter: {
      ...(asked.collections && { collections: asked.collections }),
      ...(asked.formats && { formats: asked.formats }),
      ...(asked.languages && { languages: asked.languages }),
      ...(asked.tags && { tags: asked.tags }),
      ...(asked.document && { documents: [asked.document] }),
      ...(age && { added_after: new Date(today - (AGES[age] - 1) * DAY_MS).toISOString() }),
    },
  };
}

/** A search. One that nobody waits for any more is cancelled; what was found before stays meanwhile. */
export function searchQuery(request: Wire["SearchRequest"]) {
  return queryOptions({
    queryKey: ["search", request],
    queryFn: ({ signal }) => got(api.POST("/api/v1/search", { body: request, signal })),
    enabled: request.query !== "",
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });
}

/** The names of the collections, for the list to choose from. */
export const collectionNamesQuery = queryOptions({
  queryKey: ["collections", "names"],
  queryFn: async ({ signal }) => {
    const page = await got(
      api.GET("/api/v1/collections", { params: { query: { limit: 200 } }, signal }),
    );
    return page.items.map((collection) => collection.name);
  },
  staleTime: 60_000,
});

/** The tags in use. */
export const tagNamesQuery = queryOptions({
  queryKey: ["tags", "names"],
  queryFn: async ({ signal }) => {
    const page = await got(api.GET("/api/v1/tags", { signal }));
    return page.items.map(({ tag }) => tag);
  },
  staleTime: 60_000,
});
