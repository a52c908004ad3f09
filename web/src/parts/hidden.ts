/** What is not shown any more though the server may still hold it: somebody can think better of deleting it. */
import { useSyncExternalStore } from "react";

/** How long somebody can. */
export const HELD_MS = 7_000;

/** The ids that are hidden. */
export class Hidden {
  #ids: ReadonlySet<string> = new Set();
  readonly #listeners = new Set<() => void>();

  hide(ids: readonly string[]): void {
    this.#set(new Set([...this.#ids, ...ids]));
  }

  show(ids: readonly string[]): void {
    const back = new Set(ids);
    this.#set(new Set([...this.#ids].filter((id) => !back.has(id))));
  }

  /** They, in a component, which is drawn anew when they change. */
  useIds(): ReadonlySet<string> {
    return useSyncExternalStore(this.#listen, this.#now);
  }

  readonly #listen = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly #now = () => this.#ids;

  #set(ids: ReadonlySet<string>): void {
    this.#ids = ids;
    for (const listener of [...this.#listeners]) listener();
  }
}
