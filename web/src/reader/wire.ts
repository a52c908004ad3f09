/** What the server tells a reader about a document. */
import { queryOptions } from "@tanstack/react-query";
import { api, fetchPath, got, type Wire } from "@/api/client";
import { Problem } from "@/api/problem";
import type { Span } from "./pieces";

export type Document = Wire["Document"];
export type Rectangle = Wire["Rectangle"];
export type Line = Wire["Line"];
export type Block = Wire["Block"];
export type OutlineEntry = Wire["OutlineEntry"];
export type FoundPlace = Wire["FoundPlace"];
/** The reading that is shown; nothing before the first. */
export type Version = string | null | undefined;

/** Whether its reading is still going on. */
export function isBeingRead(document: Document): boolean {
  return document.state === "queued" || document.state === "reading";
}

/** Whether it is a PDF. */
export function isPdf(document: Document): boolean {
  return (document.format || document.media_type).includes("pdf");
}

/** Whether it is shown as pages, not as text. */
export function isPaged(document: Document): boolean {
  return isPdf(document) || document.format === "image";
}

const READING_POLL_MS = 1_500;
/** What a reading has made never changes, so it need not be asked for again soon. */
const STORED_MS = 10 * 60_000;
/** Bytes of text that are fetched and drawn together. */
export const SEGMENT_BYTES = 8 * 1024;
/** Dots per inch that every page can be drawn with. */
const FINENESS_SAFE = 75;
const FINENESS_EARLY = 110;
const PICTURE_KEPT_MS = 60_000;
/** Calls for the blocks of one stretch, at most: one of many tiny blocks needs several. */
const SEGMENT_CALLS_MAX = 8;

/** The document; looked at again while it is being read. */
export function documentQuery(id: string) {
  return queryOptions({
    queryKey: ["documents", id],
    queryFn: ({ signal }): Promise<Document> =>
      got(api.GET("/api/v1/documents/{document}", { params: { path: { document: id } }, signal })),
    refetchInterval: ({ state }) =>
      state.data && isBeingRead(state.data) ? READING_POLL_MS : false,
  });
}

/** What a reading has made; nothing is asked for while there is none. */
function stored<T>(
  id: string,
  version: Version,
  key: readonly (string | number)[],
  get: (path: { document: string }, signal: AbortSignal) => Promise<T>,
) {
  return queryOptions({
    queryKey: ["documents", id, version, ...key],
    queryFn: ({ signal }) => get({ document: id }, signal),
    staleTime: STORED_MS,
    enabled: Boolean(version),
  });
}

/** The sizes of its pages. */
export function pagesQuery(id: string, version: Version) {
  return stored(id, version, ["pages"], (path, signal) =>
    got(api.GET("/api/v1/documents/{document}/pages", { params: { path }, signal })),
  );
}

/** The lines of a page. */
export function linesQuery(id: string, version: Version, page: number) {
  return stored(id, version, ["lines", page], (path, signal) =>
    got(
      api.GET("/api/v1/documents/{document}/pages/{page}/lines", {
        params: { path: { ...path, page } },
        signal,
      }),
    ),
  );
}

/** A page as the server draws it, with so many dots per inch. */
export function pictureQuery(id: string, page: number, dpi: number) {
  return queryOptions({
    queryKey: ["documents", id, "picture", page, dpi],
    queryFn: ({ signal }) => fetchPicture(id, page, dpi, signal),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: PICTURE_KEPT_MS,
  });
}

/** The same for the moment until pdf.js has drawn it: coarse, and not asked for twice. */
export function earlyQuery(id: string, page: number) {
  return { ...pictureQuery(id, page, FINENESS_EARLY), retry: false };
}

/** Its chapters and headings. */
export function outlineQuery(id: string, version: Version) {
  return stored(id, version, ["outline"], (path, signal) =>
    got(api.GET("/api/v1/documents/{document}/outline", { params: { path }, signal })),
  );
}

/** Where a span stands on its pages. */
export function rectanglesQuery(id: string, version: Version, { start, end }: Span) {
  return stored(id, version, ["rectangles", start, end], (path, signal) =>
    got(
      api.GET("/api/v1/documents/{document}/rectangles", {
        params: { path, query: { start, end } },
        signal,
      }),
    ),
  );
}

/** The words of a span. */
export function wordsQuery(id: string, version: Version, { start, end }: Span) {
  return stored(id, version, ["text", start, end], (path, signal) =>
    got(
      api.GET("/api/v1/documents/{document}/text", {
        params: { path, query: { start, end } },
        signal,
      }),
    ),
  );
}

/** How many bytes the text has, from a look at its first block. */
export function extentQuery(id: string, version: Version) {
  return stored(
    id,
    version,
    ["extent"],
    async (path, signal) => (await blocks(path, { limit: 1 }, signal)).bytes,
  );
}

/** The blocks that begin in a stretch of the text. */
export function segmentQuery(id: string, version: Version, segment: number) {
  const start = segment * SEGMENT_BYTES;
  const end = start + SEGMENT_BYTES;
  return stored(id, version, ["blocks", segment], async (path, signal) => {
    const found: Block[] = [];
    let from = start;
    for (let call = 0; call < SEGMENT_CALLS_MAX; call += 1) {
      const some = await blocks(path, { start: from, limit: 200 }, signal);
      found.push(...some.items.filter(({ span }) => span.start >= start && span.start < end));
      if (typeof some.next !== "number" || some.next >= end) break;
      from = some.next;
    }
    return found;
  });
}

/** Some places where words stand. */
export function find(id: string, query: string, cursor: string | undefined, signal: AbortSignal) {
  return got(
    api.GET("/api/v1/documents/{document}/find", {
      params: {
        path: { document: id },
        query: { query, limit: 100, ...(cursor !== undefined && { cursor }) },
      },
      signal,
    }),
  );
}

/** Whether there is no such document, or none for whoever asks. */
export function isGone(error: unknown): boolean {
  return error instanceof Problem && (error.status === 404 || error.status === 422);
}

function blocks(
  path: { document: string },
  query: { start?: number; limit: number },
  signal: AbortSignal,
) {
  return got(api.GET("/api/v1/documents/{document}/blocks", { params: { path, query }, signal }));
}

/** The picture; of a page too large for it to be that fine, a coarser one. */
async function fetchPicture(id: string, page: number, dpi: number, signal: AbortSignal) {
  const path = (fineness: number) =>
    `/api/v1/documents/${id}/pages/${page}/picture?dpi=${fineness}`;
  try {
    return await (await fetchPath(path(dpi), { signal })).blob();
  } catch (error) {
    if (dpi <= FINENESS_SAFE || signal.aborted) throw error;
    return (await fetchPath(path(FINENESS_SAFE), { signal })).blob();
  }
}
