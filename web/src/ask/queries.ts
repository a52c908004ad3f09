/** What the Ask pages fetch. */
import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { api, got, type Wire } from "@/api/client";

const CONVERSATIONS_PAGE = 100;
const COLLECTIONS_MAX = 200;
const DOCUMENTS_LOOKED_AT = 100;
const NEAR_MISSES = 4;

/** One's conversations, or those in which words stand, the last gone on with first. */
export function conversationsQuery(wanted: string) {
  const words = wanted.trim();
  return infiniteQueryOptions({
    queryKey: words ? ["conversations", "with", words] : ["conversations"],
    queryFn: ({ pageParam, signal }) =>
      got(
        api.GET("/api/v1/conversations", {
          params: {
            query: {
              limit: CONVERSATIONS_PAGE,
              ...(words && { q: words }),
              ...(pageParam && { cursor: pageParam }),
            },
          },
          signal,
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page: Wire["Page_of_Conversation"]) => page.next ?? undefined,
    // What was found for a word less stays until more is known.
    placeholderData: keepPreviousData,
  });
}

/** A conversation with its turns. */
export function conversationQuery(conversation: string) {
  return queryOptions({
    queryKey: ["conversations", conversation],
    queryFn: ({ signal }) =>
      got(
        api.GET("/api/v1/conversations/{conversation}", {
          params: { path: { conversation } },
          signal,
        }),
      ),
  });
}

/** The collections that somebody may ask. */
export const collectionsToAskQuery = queryOptions({
  queryKey: ["collections", "to ask"],
  queryFn: async ({ signal }) =>
    (
      await got(
        api.GET("/api/v1/collections", { params: { query: { limit: COLLECTIONS_MAX } }, signal }),
      )
    ).items,
  staleTime: 60_000,
});

/** The personas that can answer. */
export const personasQuery = queryOptions({
  queryKey: ["personas"],
  queryFn: async ({ signal }) =>
    (
      await got(
        api.GET("/api/v1/personas", { params: { query: { limit: COLLECTIONS_MAX } }, signal }),
      )
    ).items,
  staleTime: 60_000,
});

/** Documents that an example question may be about. */
export function documentsToAskQuery(collection?: string) {
  return queryOptions({
    queryKey: ["documents", "to ask", collection ?? ""],
    queryFn: async ({ signal }) =>
      (
        await got(
          api.GET("/api/v1/documents", {
            params: { query: { limit: DOCUMENTS_LOOKED_AT, ...(collection && { collection }) } },
            signal,
          }),
        )
      ).items,
    staleTime: 60_000,
  });
}

/** A document. */
export function documentQuery(document: string) {
  return queryOptions({
    queryKey: ["documents", document],
    queryFn: ({ signal }) =>
      got(api.GET("/api/v1/documents/{document}", { params: { path: { document } }, signal })),
    staleTime: 60_000,
  });
}

/** What comes nearest to a question that found nothing, for answers of which nobody knows any more. */
export function nearMissesQuery(question: string) {
  return queryOptions({
    queryKey: ["search", "near misses", question],
    queryFn: async ({ signal }) =>
      (
        await got(
          api.POST("/api/v1/search", {
            body: { query: question, limit: NEAR_MISSES, explain: false },
            signal,
          }),
        )
      ).passages,
    staleTime: 300_000,
  });
}

/** Who writes answers here: exact sentences alone, or a language model as well. */
export const writerQuery = queryOptions({
  queryKey: ["health", "writer"],
  queryFn: async ({ signal }): Promise<"extractive" | "model"> => {
    const health = await got(api.GET("/health/ready", { signal }));
    return health.checks.generator === "off" ? "extractive" : "model";
  },
  staleTime: 300_000,
  retry: false,
});
