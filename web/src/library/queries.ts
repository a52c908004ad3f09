/** What the library holds, as it is asked for and kept: for every page that lists collections or documents. */
import {
  type InfiniteData,
  infiniteQueryOptions,
  type QueryClient,
  queryOptions,
} from "@tanstack/react-query";
import { api, got, type Wire } from "@/api/client";
import { type Filter, fits } from "./filter";

export type Document = Wire["Document"];
export type Collection = Wire["Collection"];
export type DocumentsPage = { readonly items: Document[]; readonly next?: string | null };

const COLLECTIONS_PAGES_MAX = 50;
const LIMIT_MAX = 200;
/** Documents fetched at a time while one scrolls. */
export const DOCUMENTS_PAGE = 100;
/** Documents that stand on a shelf. */
export const SHELF = 16;

/** All collections that one may see, in order of their names. */
export const collectionsQuery = queryOptions({
  queryKey: ["collections"],
  queryFn: async ({ signal }): Promise<Collection[]> => {
    const all: Collection[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < COLLECTIONS_PAGES_MAX; page += 1) {
      const query = { limit: LIMIT_MAX, ...(cursor !== undefined && { cursor }) };
      const found = await got(api.GET("/api/v1/collections", { params: { query }, signal }));
      all.push(...found.items);
      if (!found.next) break;
      cursor = found.next;
    }
    return all.sort((a, b) => a.name.localeCompare(b.name));
  },
  staleTime: 30_000,
});

/** The documents that fit a filter, page after page. */
export function documentsQuery(filter: Filter = {}) {
  return infiniteQueryOptions({
    queryKey: ["documents", "list", filter],
    queryFn: async ({ pageParam, signal }): Promise<DocumentsPage> =>
      documentsPage(filter, DOCUMENTS_PAGE, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: DocumentsPage) => last.next ?? undefined,
    staleTime: 30_000,
  });
}

/** The documents last put into a collection. */
export function shelfQuery(collection: string) {
  return queryOptions({
    queryKey: ["documents", "shelf", collection],
    queryFn: async ({ signal }): Promise<DocumentsPage> =>
      documentsPage({ collection }, SHELF, undefined, signal),
    staleTime: 30_000,
  });
}

/** One document. */
export function documentQuery(id: string) {
  return queryOptions({
    queryKey: ["documents", "one", id],
    queryFn: ({ signal }): Promise<Document> =>
      got(api.GET("/api/v1/documents/{document}", { params: { path: { document: id } }, signal })),
  });
}

/** The tags that documents carry, and how many carry each. */
export const tagsQuery = queryOptions({
  queryKey: ["tags"],
  queryFn: async ({ signal }) => {
    const query = { limit: LIMIT_MAX };
    return (await got(api.GET("/api/v1/tags", { params: { query }, signal }))).items;
  },
  staleTime: 30_000,
});

/** What the library holds in all, and what is under way. */
export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: ({ signal }) => got(api.GET("/api/v1/status", { signal })),
  staleTime: 10_000,
});

/** A page of documents. */
export function documentsPage(
  filter: Filter,
  limit: number,
  cursor?: string,
  signal?: AbortSignal,
): Promise<DocumentsPage> {
  const query = { ...filter, limit, ...(cursor !== undefined && { cursor }) };
  return got(
    api.GET("/api/v1/documents", {
      params: { query },
      ...(signal && { signal }),
    }),
  );
}

type Pages = InfiniteData<DocumentsPage, string | undefined>;

/** Writes changed documents into every list that holds them. */
export function patchDocuments(queries: QueryClient, changed: readonly Document[]): void {
  if (changed.length === 0) return;
  const byId = new Map(changed.map((document) => [document.id, document]));
  mapDocuments(queries, (document) => byId.get(document.id) ?? document);
  for (const document of changed) {
    queries.setQueryData(["documents", "one", document.id], document);
  }
}

/** Puts new documents at the head of the lists in which they belong. */
export function insertDocuments(queries: QueryClient, added: readonly Document[]): void {
  if (added.length === 0) return;
  for (const [key, data] of queries.getQueriesData<Pages>({ queryKey: ["documents", "list"] })) {
    const filter = (key[2] ?? {}) as Filter;
    const [first, ...rest] = data?.pages ?? [];
    if (!data || !first) continue;
    if (filter.order !== undefined && filter.order !== "newest") {
      void queries.invalidateQueries({ queryKey: key, refetchType: "none" });
      continue;
    }
    const known = new Set(data.pages.flatMap((page) => page.items.map((item) => item.id)));
    const mine = added.filter((document) => !known.has(document.id) && fits(document, filter));
    if (mine.length === 0) continue;
    const items = [...newestFirst(mine), ...first.items];
    queries.setQueryData<Pages>(key, { ...data, pages: [{ ...first, items }, ...rest] });
  }
  for (const document of added) {
    const key = ["documents", "shelf", document.collection_id];
    queries.setQueryData<DocumentsPage>(key, (page) =>
      page && !page.items.some((item) => item.id === document.id)
        ? { ...page, items: [document, ...page.items].slice(0, SHELF) }
        : page,
    );
  }
}

/** Takes removed documents out of every list. */
export function forgetDocuments(queries: QueryClient, ids: ReadonlySet<string>): void {
  mapDocuments(queries, (document) => (ids.has(document.id) ? undefined : document));
  for (const id of ids) queries.removeQueries({ queryKey: ["documents", "one", id] });
}

function mapDocuments(
  queries: QueryClient,
  map: (document: Document) => Document | undefined,
): void {
  const mapped = (page: DocumentsPage): DocumentsPage => {
    const items = page.items.map(map).filter((item) => item !== undefined);
    const same =
      items.length === page.items.length && items.every((item, at) => item === page.items[at]);
    return same ? page : { ...page, items };
  };
  queries.setQueriesData<Pages>({ queryKey: ["documents", "list"] }, (data) => {
    const pages = data?.pages.map(mapped);
    return data && pages?.some((page, at) => page !== data.pages[at]) ? { ...data, pages } : data;
  });
  queries.setQueriesData<DocumentsPage>({ queryKey: ["documents", "shelf"] }, (page) =>
    page ? mapped(page) : page,
  );
}

function newestFirst(documents: readonly Document[]): Document[] {
  return [...documents].sort((a, b) => b.added.localeCompare(a.added));
}
