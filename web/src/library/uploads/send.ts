/**
 * Sends one file, telling how much of it has gone: `fetch` cannot say that, so the older way of asking
 * is used, signed as `api/client.ts` signs.
 */
import { api, got, type Wire } from "@/api/client";
import { lost } from "@/api/connection";
import { Problem, Unreachable } from "@/api/problem";
import * as session from "@/api/session";

/** Where a file is put, and what is said of it. */
export interface Labels {
  readonly collection: string;
  readonly tags: readonly string[];
}

/** What has to be known to send a file. */
export interface Sending {
  readonly file: File;
  readonly labels: Labels;
  /** The same for every try, so that a file sent twice is not put in twice. */
  readonly key: string;
  readonly signal: AbortSignal;
  onSent(bytes: number): void;
}

/** Sends a file; throws what the server says against it. */
export async function send(sending: Sending): Promise<Wire["Added"]> {
  const token = await session.accessToken();
  const response = await post(sending, token);
  if (response.status === 401 && session.current().kind !== "nobody") {
    const standing = session.current();
    const other = token === undefined ? undefined : await session.renew(token);
    if (other === undefined) {
      if (standing.kind === "somebody") session.expire(standing.session.user);
      await session.signedInAgain();
    }
    return send(sending);
  }
  if (!response.ok) throw await Problem.of(response);
  return first(await response.json());
}

/** Has a web address fetched and put in. */
export async function fetchAddress(
  url: string,
  { labels, key, signal }: Pick<Sending, "labels" | "key" | "signal">,
): Promise<Wire["Added"]> {
  const upload = await got(
    api.POST("/api/v1/documents", {
      params: { header: { "Idempotency-Key": key } },
      body: { url, collection: labels.collection, tags: [...labels.tags] },
      signal,
    }),
  );
  return first(upload);
}

/** The one file of a form. */
function first(upload: Wire["Upload"]): Wire["Added"] {
  const added = upload.documents[0];
  if (added) return added;
  const refused = upload.refused[0];
  throw new Problem(refused?.status ?? 422, "refused", refused?.detail ?? "");
}

function post(sending: Sending, token: string | undefined): Promise<Response> {
  const { file, labels, key, signal, onSent } = sending;
  const form = new FormData();
  form.append("collection", labels.collection);
  for (const tag of labels.tags) form.append("tag", tag);
  form.append("file", file, file.name);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    const settle = (act: () => void) => {
      signal.removeEventListener("abort", stop);
      act();
    };
    request.open("POST", "/api/v1/documents");
    if (token !== undefined) request.setRequestHeader("Authorization", `Bearer ${token}`);
    request.setRequestHeader("Idempotency-Key", key);
    request.upload.onprogress = (event) => onSent(Math.min(event.loaded, file.size));
    request.onload = () => settle(() => resolve(reply(request)));
    request.onerror = () =>
      settle(() => {
        lost();
        reject(new Unreachable("the server does not answer"));
      });
    request.onabort = () => settle(() => reject(new DOMException("stopped", "AbortError")));
    if (signal.aborted) {
      reject(new DOMException("stopped", "AbortError"));
      return;
    }
    signal.addEventListener("abort", stop);
    request.send(form);
  });
}

function reply(request: XMLHttpRequest): Response {
  const headers = new Headers();
  const retryAfter = request.getResponseHeader("Retry-After");
  if (retryAfter !== null) headers.set("Retry-After", retryAfter);
  const { status, statusText } = request;
  // A file that has been changed or removed since it was chosen ends with no status.
  return new Response(request.responseText, { status: status || 400, statusText, headers });
}
