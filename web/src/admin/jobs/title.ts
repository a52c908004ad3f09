/** The titles of the documents that jobs work on, asked for a few at a time. */
import { queryOptions } from "@tanstack/react-query";
import { api, got } from "@/api/client";
import { Problem } from "@/api/problem";

const AT_ONCE_MAX = 4;

let running = 0;
const waiting: (() => void)[] = [];

/** Does something when fewer than a few others are being done. */
export async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= AT_ONCE_MAX) await new Promise<void>((resolve) => waiting.push(resolve));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

/** A document's title; nothing for one that is no longer there. */
export function titleQuery(document: string) {
  return queryOptions({
    queryKey: ["documents", document, "title"],
    queryFn: () =>
      inTurn(async () => {
        try {
          const path = { document };
          return (await got(api.GET("/api/v1/documents/{document}", { params: { path } }))).title;
        } catch (error) {
          if (error instanceof Problem && error.status === 404) return null;
          throw error;
        }
      }),
    staleTime: 300_000,
  });
}
