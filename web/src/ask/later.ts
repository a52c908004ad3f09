/** Deleting that can be undone: it is held back for some seconds, and done at once when the page is left. */
import { useSyncExternalStore } from "react";

/** How long somebody can think better of it. */
export const HELD_MS = 7_000;

interface Held {
  /** Does it; `leaving` when the page is about to go away. */
  run(leaving: boolean): void;
  readonly timer: ReturnType<typeof setTimeout>;
}

const held = new Map<string, Held>();
let hidden: ReadonlySet<string> = new Set();
const listeners = new Set<() => void>();

/** Hides something at once and does the rest in a while, unless `show` is called before. */
export function later(id: string, run: (leaving: boolean) => void): void {
  clearTimeout(held.get(id)?.timer);
  const timer = setTimeout(() => {
    held.delete(id);
    run(false);
  }, HELD_MS);
  held.set(id, { run, timer });
  hide(new Set([...hidden, id]));
}

/** Shows it again: it was not meant, or could not be done. */
export function show(id: string): void {
  clearTimeout(held.get(id)?.timer);
  held.delete(id);
  hide(new Set([...hidden].filter((other) => other !== id)));
}

/** What is hidden. */
export function useHidden(): ReadonlySet<string> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => hidden,
  );
}

function hide(next: ReadonlySet<string>): void {
  hidden = next;
  for (const listener of [...listeners]) listener();
}

addEventListener("pagehide", () => {
  for (const { run, timer } of held.values()) {
    clearTimeout(timer);
    run(true);
  }
  held.clear();
});
