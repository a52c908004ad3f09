/** The API, with types that come from its description, so that the two cannot drift apart. */
import createClient from "openapi-fetch";
import { lost } from "./connection";
import { Problem, Unreachable } from "./problem";
import type { components, paths } from "./schema";
import * as session from "./session";

/** The types that cross the wire, by their names in the description. */
export type Wire = components["schemas"];

/**
 * Fetches as whoever is signed in. An access token that ends is renewed; a session that has ended
 * brings up the sign-in, and the call goes on afterwards, so that nothing typed is lost.
 */
export async function authorized(request: Request): Promise<Response> {
  // A body can be sent once: what is sent is a copy, until somebody is sure to be let in.
  const token = await session.accessToken();
  const response = await reach(signed(request.clone(), token));
  if (response.status !== 401) return response;
  const standing = session.current();
  if (standing.kind === "nobody") return response;
  const other = token === undefined ? undefined : await session.renew(token);
  if (other !== undefined) {
    const second = await reach(signed(request.clone(), other));
    if (second.status !== 401) return second;
    if (standing.kind === "somebody") session.expire(standing.session.user);
  }
  await session.signedInAgain();
  return authorized(request);
}

/** The API's calls: `api.GET("/api/v1/documents", { params: { query: { limit: 50 } } })`. */
export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "",
  fetch: authorized,
  querySerializer: { array: { style: "form", explode: false } },
});

api.use({
  async onResponse({ response }) {
    if (!response.ok) throw await Problem.of(response);
  },
});

/** What a call gave; calls that fail throw a `Problem` or `Unreachable`. */
export async function got<T>(call: Promise<{ data?: T }>): Promise<T> {
  const { data } = await call;
  return data as T;
}

/** Fetches a path of this server as whoever is signed in; throws a `Problem` when it is refused. */
export async function fetchPath(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await authorized(new Request(new URL(path, location.origin), init));
  if (!response.ok) throw await Problem.of(response);
  return response;
}

function signed(request: Request, token: string | undefined): Request {
  if (token !== undefined) request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}

async function reach(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    lost();
    throw new Unreachable("the server does not answer", { cause });
  }
}
