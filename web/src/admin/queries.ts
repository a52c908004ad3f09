/** What several parts of the administration ask the server. */
import { queryOptions } from "@tanstack/react-query";
import { api, authorized, got, type Wire } from "@/api/client";
import { Problem } from "@/api/problem";

export const statusQuery = queryOptions({
  queryKey: ["status"],
  queryFn: () => got(api.GET("/api/v1/status")),
});

/** Every part of the server. A server that is not well says so with 503, and that is an answer. */
export const healthQuery = queryOptions({
  queryKey: ["health"],
  queryFn: async (): Promise<Wire["HealthInFull"]> => {
    const response = await authorized(new Request(new URL("/healthz?full=true", location.origin)));
    if (!response.ok && response.status !== 503) throw await Problem.of(response);
    return response.json();
  },
});

export const encryptionQuery = queryOptions({
  queryKey: ["encryption"],
  queryFn: () => got(api.GET("/api/v1/encryption")),
});

export const budgetsQuery = queryOptions({
  queryKey: ["budgets"],
  queryFn: async () => (await got(api.GET("/api/v1/budgets"))).items,
});

export const limitsQuery = queryOptions({
  queryKey: ["limits"],
  queryFn: () => got(api.GET("/api/v1/limits")),
});

export const outlookQuery = queryOptions({
  queryKey: ["usage", "outlook"],
  queryFn: () => got(api.GET("/api/v1/usage/outlook")),
});

/** What was used in so many days, summed up by something. */
export function usageQuery(days: number, by: Wire["UsageBy"]) {
  return queryOptions({
    queryKey: ["usage", days, by],
    queryFn: () => got(api.GET("/api/v1/usage", { params: { query: { days, by } } })),
  });
}

export const accessReviewQuery = queryOptions({
  queryKey: ["access-review"],
  queryFn: () => got(api.GET("/api/v1/access-review")),
});

/** All collections, for choosing from; more than two hundred are not chosen from a list. */
export const collectionNamesQuery = queryOptions({
  queryKey: ["collections", "names"],
  queryFn: async () =>
    (await got(api.GET("/api/v1/collections", { params: { query: { limit: 200 } } }))).items,
  staleTime: 60_000,
});
