/** Keys that do something everywhere on a page, and the list of them that `?` shows. */
import { useEffect, useRef, useSyncExternalStore } from "react";

/** A key, or two one after the other ("g l"), and what they do. */
export interface Shortcut {
  readonly keys: string;
  /** What it does, in the words of whoever uses it. */
  readonly label: string;
  /** The heading it stands under in the list. */
  readonly group: string;
}

type Bound = Shortcut & { run(event: KeyboardEvent): void };

const SEQUENCE_MS = 1_000;

let bound: readonly Bound[] = [];
let first = "";
let firstAt = 0;
const listeners = new Set<() => void>();

/** Binds keys while a component is shown. Nothing happens while somebody types, but for `Mod+…`. */
export function useShortcut(shortcut: Shortcut, run: (event: KeyboardEvent) => void): void {
  const latest = useRef(run);
  latest.current = run;
  const { keys, label, group } = shortcut;
  useEffect(() => {
    const mine: Bound = { keys, label, group, run: (event) => latest.current(event) };
    set([...bound, mine]);
    return () => set(bound.filter((other) => other !== mine));
  }, [keys, label, group]);
}

/** All that are bound now. */
export function useShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => bound,
  );
}

/** Whether the keyboard of this machine has a Command key. */
export const IS_APPLE = /Mac|iPhone|iPad/.test(globalThis.navigator?.platform ?? "");

function set(next: readonly Bound[]): void {
  bound = next;
  for (const listener of listeners) listener();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type))
  );
}

/** The name of what was pressed: "?", "Mod+k", "ArrowDown". */
export function pressed(event: KeyboardEvent): string {
  const mod = IS_APPLE ? event.metaKey : event.ctrlKey;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  return `${mod ? "Mod+" : ""}${event.altKey ? "Alt+" : ""}${key}`;
}

addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const key = pressed(event);
  if (isTyping(event.target) && !key.startsWith("Mod+")) return;
  // Above the page a dialog has the keyboard to itself.
  if (document.querySelector("dialog[open]") && !key.startsWith("Mod+")) return;
  const pair = Date.now() - firstAt < SEQUENCE_MS ? `${first} ${key}` : "";
  first = key;
  firstAt = Date.now();
  // What was bound last is nearest to what is looked at.
  const found =
    bound.findLast((one) => one.keys === pair) ?? bound.findLast((one) => one.keys === key);
  if (!found) return;
  first = "";
  event.preventDefault();
  found.run(event);
});
