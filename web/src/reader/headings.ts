/** The levels that headings get on the page, so that none is skipped, whatever the document does. */
import type { Block } from "./wire";

/** Below the page's own heading. */
const FIRST = 2;
const LAST = 6;

/** A level for each heading among some blocks, by its first byte. */
export function levelsOf(blocks: readonly Block[]): ReadonlyMap<number, number> {
  const levels = new Map<number, number>();
  const open: { own: number; shown: number }[] = [];
  for (const block of blocks) {
    if (block.kind !== "heading") continue;
    const own = block.level ?? 1;
    while ((open.at(-1)?.own ?? 0) >= own) open.pop();
    const shown = Math.min(LAST, (open.at(-1)?.shown ?? FIRST - 1) + 1);
    open.push({ own, shown });
    levels.set(block.span.start, shown);
  }
  return levels;
}
