/**
 * Calls of people who are not let in yet. They go past the session: a wrong password is an answer to
 * them, not a reason to wait for another sign-in.
 */
import { queryOptions } from "@tanstack/react-query";
import type { Wire } from "@/api/client";
import { lost } from "@/api/connection";
import { Problem, Unreachable } from "@/api/problem";

/** How people are let in here, as the server tells before anybody has signed in. */
export type Ways = Wire["SignInWays"];

export const waysQuery = queryOptions({
  queryKey: ["ways"],
  queryFn: ({ signal }) => reach<Ways>("/api/v1/auth/ways", { signal }),
  staleTime: 60_000,
});

/** Sends something to a path, and gives what comes back. */
export function knock<T>(path: string, body?: unknown, key?: string): Promise<T> {
  return reach<T>(path, {
    method: "POST",
    headers: {
      ...(body !== undefined && { "Content-Type": "application/json" }),
      ...(key && { Authorization: `Bearer ${key}` }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
}

/** Signs in with a password: a session, or the question for a second factor. */
export function signIn(body: Wire["SignIn"]): Promise<Wire["SignInReply"]> {
  return knock("/api/v1/auth/sign-in", body);
}

/** Whether a second factor is asked for. */
export function isSecondFactor(reply: Wire["SignInReply"]): reply is Wire["SecondFactorNeeded"] {
  return "mfa_token" in reply;
}

async function reach<T>(path: string, init: RequestInit): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    lost();
    throw new Unreachable("the server does not answer", { cause });
  }
  if (!response.ok) throw await Problem.of(response);
  return response.json();
}
