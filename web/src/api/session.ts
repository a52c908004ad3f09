/**
 * Who is signed in, in all tabs at once. The tokens lie in the browser's storage; a refresh token is
 * good once, so tabs take turns in renewing (a Web Lock), and each looks first whether another has.
 */
import { Problem, Unreachable } from "./problem";
import type { components } from "./schema";

type SignedIn = components["schemas"]["SignedIn"];
export type User = components["schemas"]["User"];

/** A session as it is kept. */
export interface Session {
  readonly access: string;
  /** When the access token ends, in milliseconds since 1970. */
  readonly accessEnds: number;
  readonly refresh: string;
  readonly user: User;
  /** Whether a second factor has to be added before anything else. */
  readonly mustEnrol: boolean;
}

/** Where somebody stands: never signed in, signed in, or signed in until just now. */
export type Standing =
  | { readonly kind: "nobody" }
  | { readonly kind: "somebody"; readonly session: Session }
  | { readonly kind: "expired"; readonly user: User };

const PLACE = "alexandria.session";
const LOCK = "alexandria.session";
/** An access token is renewed this long before its end. */
const MARGIN_MS = 30_000;

let standing: Standing = read();
const listeners = new Set<() => void>();

/** Where somebody stands now. */
export function current(): Standing {
  return standing;
}

/** Calls `listener` at every change; returns what ends that. */
export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Takes over what a sign-in gave. */
export function begin(signedIn: SignedIn): Session {
  const session = handOver(signedIn);
  change({ kind: "somebody", session });
  return session;
}

/**
 * Keeps what the sign-in of somebody else gave, for the page that is loaded next: what this page still
 * waits to send is not sent as them.
 */
export function handOver(signedIn: SignedIn): Session {
  const session: Session = {
    access: signedIn.access_token,
    accessEnds: Date.now() + signedIn.expires_in * 1000,
    refresh: signedIn.refresh_token,
    user: signedIn.user,
    mustEnrol: signedIn.must_enrol,
  };
  localStorage.setItem(PLACE, JSON.stringify(session));
  return session;
}

/** Forgets the session in this browser. */
export function end(): void {
  localStorage.removeItem(PLACE);
  change({ kind: "nobody" });
}

/** The session's access token, renewed when it is about to end; nothing for nobody. */
export async function accessToken(): Promise<string | undefined> {
  if (standing.kind !== "somebody") return undefined;
  const { session } = standing;
  if (session.accessEnds - MARGIN_MS > Date.now()) return session.access;
  return renew(session.access);
}

/**
 * Another access token in the place of `stale`; nothing when the session has ended, which is then
 * known everywhere. Throws `Unreachable` when nobody answers: the session may well go on.
 */
export async function renew(stale: string): Promise<string | undefined> {
  return locked(async () => {
    const kept = stored();
    if (!kept) return undefined;
    if (kept.access !== stale && kept.accessEnds - MARGIN_MS > Date.now()) {
      change({ kind: "somebody", session: kept });
      return kept.access;
    }
    let response: Response;
    try {
      response = await fetch("/api/v1/auth/refresh", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ refresh_token: kept.refresh }),
      });
    } catch (cause) {
      throw new Unreachable("the server does not answer", { cause });
    }
    if (response.ok) return begin(await response.json()).access;
    if (response.status === 401 || response.status === 403) {
      expire(kept.user);
      return undefined;
    }
    throw await Problem.of(response);
  });
}

/** The session was ended elsewhere, or by its age. */
export function expire(user: User): void {
  localStorage.removeItem(PLACE);
  change({ kind: "expired", user });
}

/** Settles when somebody is signed in again. */
export function signedInAgain(): Promise<void> {
  if (standing.kind === "somebody") return Promise.resolve();
  return new Promise((resolve) => {
    const stop = subscribe(() => {
      if (standing.kind !== "somebody") return;
      stop();
      resolve();
    });
  });
}

function change(next: Standing): void {
  standing = next;
  for (const listener of [...listeners]) listener();
}

function stored(): Session | undefined {
  try {
    const session = JSON.parse(localStorage.getItem(PLACE) ?? "null");
    return typeof session?.access === "string" ? session : undefined;
  } catch {
    return undefined;
  }
}

function read(): Standing {
  const session = stored();
  return session ? { kind: "somebody", session } : { kind: "nobody" };
}

/** One tab at a time; where the browser has no locks (a page without TLS), one call at a time. */
let turn: Promise<unknown> = Promise.resolve();
function locked<T>(work: () => Promise<T>): Promise<T> {
  if (navigator.locks) return navigator.locks.request(LOCK, work) as Promise<T>;
  const mine = turn.then(work, work);
  turn = mine.catch(() => undefined);
  return mine;
}

addEventListener("storage", (event) => {
  if (event.key !== PLACE && event.key !== null) return;
  const next = read();
  // Another tab's expired session is ours too; what is typed here stays until somebody signs in.
  if (next.kind === "nobody" && standing.kind === "somebody") {
    change({ kind: "expired", user: standing.session.user });
  } else if (next.kind === "somebody" || standing.kind === "somebody") {
    change(next);
  }
});
