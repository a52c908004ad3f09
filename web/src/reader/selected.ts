/** Which bytes of the stored text a selection holds. */
import { bytesOf } from "./bytes";
import type { Span } from "./pieces";

/** The span of a range: from its first to its last character that is stored text. */
export function spanOf(range: Range, root: HTMLElement): Span | undefined {
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const part of root.querySelectorAll<HTMLElement>("[data-start]")) {
    const text = part.firstChild;
    if (!(text instanceof Text) || !range.intersectsNode(text)) continue;
    const first = Number(part.dataset.start);
    const from = text === range.startContainer ? range.startOffset : 0;
    const to = text === range.endContainer ? range.endOffset : text.length;
    if (from >= to) continue;
    start = Math.min(start, first + bytesOf(text.data, from));
    end = Math.max(end, first + bytesOf(text.data, to));
  }
  return start < end ? { start, end } : undefined;
}
