/**
 * Whether the server answers. A call that nobody answers marks it as away; from then on it is asked
 * in growing intervals whether it is back, and whoever waits goes on.
 */

/** How the connection stands. */
export type Connection = "here" | "away";

const FIRST_WAIT_MS = 500;
const WAIT_MAX_MS = 8_000;

let state: Connection = "here";
let looking = false;
const listeners = new Set<() => void>();

/** How it stands now. */
export function connection(): Connection {
  return state;
}

/** Calls `listener` at every change; returns what ends that. */
export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Nobody has answered. */
export function lost(): void {
  set("away");
  if (!looking) void look();
}

/** Settles when the server answers; fails when `signal` says that nobody waits for it any more. */
export function back(signal?: AbortSignal): Promise<void> {
  if (signal?.aborted) return Promise.reject(signal.reason);
  if (state === "here") return Promise.resolve();
  return new Promise((resolve, reject) => {
    const stop = subscribe(() => {
      if (state === "away") return;
      stop();
      resolve();
    });
    const end = () => {
      stop();
      reject(signal?.reason);
    };
    signal?.addEventListener("abort", end, { once: true });
  });
}

/** Looks at once instead of waiting for the next turn. */
export async function lookNow(): Promise<void> {
  try {
    const response = await fetch("/health/live", { cache: "no-store" });
    if (response.ok) set("here");
  } catch {
    // Still away.
  }
}

async function look(): Promise<void> {
  looking = true;
  for (let wait = FIRST_WAIT_MS; state === "away"; wait = Math.min(wait * 2, WAIT_MAX_MS)) {
    await new Promise((resolve) => setTimeout(resolve, wait));
    await lookNow();
  }
  looking = false;
}

function set(next: Connection): void {
  if (state === next) return;
  state = next;
  for (const listener of [...listeners]) listener();
}

addEventListener("online", () => {
  if (state === "away") void lookNow();
});
addEventListener("offline", lost);
