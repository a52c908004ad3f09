/** What the account page asks of the server. */
import { type QueryClient, queryOptions } from "@tanstack/react-query";
import { api, got } from "@/api/client";
import * as session from "@/api/session";
import { meQuery } from "@/app/identity";

export const factorsQuery = queryOptions({
  queryKey: ["me", "factors"],
  queryFn: ({ signal }) => got(api.GET("/api/v1/me/factors", { signal })),
});

export const sessionsQuery = queryOptions({
  queryKey: ["me", "sessions"],
  queryFn: ({ signal }) => got(api.GET("/api/v1/me/sessions", { signal })),
});

export const consentQuery = queryOptions({
  queryKey: ["me", "consent"],
  queryFn: ({ signal }) => got(api.GET("/api/v1/me/consent", { signal })),
});

/** Looks again at what somebody has, and at what their session now counts for. */
export async function factorsChanged(queries: QueryClient): Promise<void> {
  const standing = session.current();
  // The session that a first factor is added in counts as begun with two; a renewed one says so.
  if (standing.kind === "somebody" && standing.session.mustEnrol) {
    await session.renew(standing.session.access);
  }
  await queries.invalidateQueries({ queryKey: meQuery.queryKey });
}

/** The id of the session that this browser is in, as its access token names it. */
export function ownSession(): string | undefined {
  const standing = session.current();
  if (standing.kind !== "somebody") return undefined;
  const [, claims] = standing.session.access.split(".");
  try {
    const { sid } = JSON.parse(atob((claims ?? "").replaceAll("-", "+").replaceAll("_", "/")));
    return typeof sid === "string" ? sid : undefined;
  } catch {
    return undefined;
  }
}
