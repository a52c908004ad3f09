/** An outline as it is shown: how deep each entry stands, and which one is being read. */
import type { Here } from "./place";
import type { OutlineEntry } from "./wire";

export interface Entry {
  readonly text: string;
  readonly start: number;
  readonly page?: number;
  /** From 0; no depth is skipped. */
  readonly depth: number;
}

const DEPTH_MAX = 5;

/** The entries; a heading that only says the name of its part again is left out. */
export function entriesOf(items: readonly OutlineEntry[]): Entry[] {
  const entries: Entry[] = [];
  const open: number[] = [];
  let part: OutlineEntry | undefined;
  for (const item of items) {
    if (item.text.trim() === "") continue;
    const again = part && part.start === item.start && same(part.text, item.text);
    if (item.kind === "part") part = item;
    else if (again) continue;
    while ((open.at(-1) ?? -1) >= item.level) open.pop();
    const depth = Math.min(DEPTH_MAX, open.length);
    open.push(item.level);
    entries.push({
      text: item.text,
      start: item.start,
      depth,
      ...(typeof item.page === "number" && { page: item.page }),
    });
  }
  return entries;
}

/** Which entry is being read; -1 before the first. */
export function currentOf(entries: readonly Entry[], here: Here): number {
  const { byte, page } = here;
  if (byte !== undefined) return entries.findLastIndex((entry) => entry.start <= byte);
  if (page === undefined) return -1;
  // On a page on which several begin, the first of them.
  const last = entries.findLastIndex((entry) => (entry.page ?? 0) <= page);
  const on = entries[last]?.page;
  return on === page ? entries.findIndex((entry) => entry.page === page) : last;
}

function same(one: string, other: string): boolean {
  return one.trim().toLocaleLowerCase() === other.trim().toLocaleLowerCase();
}
