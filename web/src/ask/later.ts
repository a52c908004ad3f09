/** Deleting that can be undone: it is held back for some seconds, and done at once when the page is left. */
import { HELD_MS, Hidden } from "@/parts/hidden";

interface Held {
  /** Does it; `leaving` when the page is about to go away. */
  run(leaving: boolean): void;
  readonly timer: ReturnType<typeof setTimeout>;
}

const held = new Map<string, Held>();
const hidden = new Hidden();

/** Hides something at once and does the rest in a while, unless `show` is called before. */
export function later(id: string, run: (leaving: boolean) => void): void {
  clearTimeout(held.get(id)?.timer);
  const timer = setTimeout(() => {
    held.delete(id);
    run(false);
  }, HELD_MS);
  held.set(id, { run, timer });
  hidden.hide([id]);
}

/** Shows it again: it was not meant, or could not be done. */
export function show(id: string): void {
  clearTimeout(held.get(id)?.timer);
  held.delete(id);
  hidden.show([id]);
}

/** What is hidden. */
export function useHidden(): ReadonlySet<string> {
  return hidden.useIds();
}

addEventListener("pagehide", () => {
  for (const { run, timer } of held.values()) {
    clearTimeout(timer);
    run(true);
  }
  held.clear();
});
