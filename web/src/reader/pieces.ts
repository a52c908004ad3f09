/** Cuts text where marks begin and end, so that exactly the marked bytes can be drawn as marked. */
import { unitsBefore } from "./bytes";

/** Bytes of the stored text, the end not among them. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Why something is marked: an answer rests on it, it was looked for, it is the place looked at now. */
export type Look = "cited" | "found" | "here";

/** A span that is marked. */
export interface Mark extends Span {
  readonly look: Look;
}

/** A part of a text that is marked in one way, or not at all. */
export interface Piece extends Span {
  readonly text: string;
  readonly look?: Look;
}

/** What covers what, where marks overlap. */
const RANK: Record<Look, number> = { found: 1, cited: 2, here: 3 };

/** The pieces of a text whose first byte is `start`. */
export function pieces(
  text: string,
  start: number,
  bytes: number,
  marks: readonly Mark[],
): Piece[] {
  const end = start + bytes;
  const near = marks.filter((mark) => mark.start < end && mark.end > start);
  if (near.length === 0) return text === "" ? [] : [{ text, start, end }];
  const cuts = new Set([start, end]);
  for (const mark of near) {
    cuts.add(Math.max(start, mark.start));
    cuts.add(Math.min(end, mark.end));
  }
  const places = [...cuts].sort((a, b) => a - b);
  const found: Piece[] = [];
  for (const [at, from] of places.slice(0, -1).entries()) {
    const to = places[at + 1] ?? end;
    const look = strongest(near, from, to);
    const last = found.at(-1);
    const whole = text.slice(unitsBefore(text, from - start), unitsBefore(text, to - start));
    if (whole === "") continue;
    if (last && last.look === look) {
      found[found.length - 1] = { ...last, text: last.text + whole, end: to };
    } else {
      found.push({ text: whole, start: from, end: to, ...(look && { look }) });
    }
  }
  return found;
}

function strongest(marks: readonly Mark[], from: number, to: number): Look | undefined {
  let look: Look | undefined;
  for (const mark of marks) {
    const covers = mark.start <= from && mark.end >= to;
    if (covers && (!look || RANK[mark.look] > RANK[look])) look = mark.look;
  }
  return look;
}
