/** Who uses the application, and what they may do. */
import { queryOptions, useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { api, got, type Wire } from "@/api/client";
import { Problem } from "@/api/problem";
import * as session from "@/api/session";

/** What a key or session lets somebody do. */
export type Scope = Wire["Scope"];

/** Who asks: `null` when they have to sign in first. In single-user mode there is no `user`. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async (): Promise<Wire["Me"] | null> => {
    try {
      return await got(api.GET("/api/v1/me"));
    } catch (error) {
      if (error instanceof Problem && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

/** Who asks, in a component below the shell: somebody is. */
export function useMe(): Wire["Me"] | undefined {
  return useQuery(meQuery).data ?? undefined;
}

/** Whether they may do something. */
export function useMay(scope: Scope): boolean {
  return useMe()?.scopes.includes(scope) ?? false;
}

/** Where the session of this browser stands. */
export function useStanding(): session.Standing {
  return useSyncExternalStore(session.subscribe, session.current);
}

/** Leaves: ends the session here and on the server. */
export async function signOut(): Promise<void> {
  const standing = session.current();
  try {
    if (standing.kind === "somebody") await api.POST("/api/v1/auth/sign-out");
  } finally {
    session.end();
    location.assign("/sign-in");
  }
}
