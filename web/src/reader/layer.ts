/** Where the words of a page stand, from its stored lines: for text that can be selected, and for marks. */
import { bytesOf, sliceBytes } from "./bytes";
import type { Span } from "./pieces";
import type { Line } from "./wire";

/** A box on a page, in points from the top left. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A word of a line with the space behind it, and its box. */
export interface Word extends Box {
  readonly text: string;
  /** Its first byte in the stored text. */
  readonly start: number;
}

/** An edge is told in sixteenths of a point. */
const EDGE = 16;

/** Whether the characters of a line follow each other from right to left. */
export function isRightToLeft({ edges }: Pick<Line, "edges">): boolean {
  return edges.length > 1 && (edges[0] ?? 0) > (edges.at(-1) ?? 0);
}

/** The words of a line, each where it stands; where edges are not known, the line is one word. */
export function wordsOf(line: Line): Word[] {
  const { rectangle, edges, text, span } = line;
  const y = rectangle.y0;
  const height = rectangle.y1 - rectangle.y0;
  const whole = { text, start: span.start, x: rectangle.x0, y, width: rectangle.x1 - rectangle.x0 };
  const characters = Array.from(text);
  // Joined letters of such scripts must not be torn apart.
  if (edges.length !== characters.length || isRightToLeft(line)) return [{ ...whole, height }];
  const words: Word[] = [];
  let units = 0;
  let first = 0;
  let start = span.start;
  let word = "";
  for (const [at, character] of characters.entries()) {
    word += character;
    units += character.length;
    const isEnd = /\s/.test(character) && !/\s/.test(characters[at + 1] ?? "x");
    if (!isEnd && units < text.length) continue;
    const left = rectangle.x0 + (first === 0 ? 0 : (edges[first - 1] ?? 0) / EDGE);
    const right = rectangle.x0 + (edges[at] ?? 0) / EDGE;
    words.push({ text: word, start, x: left, y, width: Math.max(0, right - left), height });
    start += bytesOf(word);
    first = at + 1;
    word = "";
  }
  return words;
}

/** The boxes of a span on a page, one for each line that it touches. */
export function boxesOf(lines: readonly Line[], span: Span): Box[] {
  return lines.flatMap((line) => {
    const start = Math.max(line.span.start, span.start);
    const end = Math.min(line.span.end, span.end);
    return start < end ? [boxOf(line, start, end)] : [];
  });
}

/** The words of a span that stand on a page, as they are stored. */
export function textOf(lines: readonly Line[], span: Span, words: string): string {
  const on = lines.filter((line) => line.span.start < span.end && line.span.end > span.start);
  if (on.length === 0) return "";
  const start = Math.max(span.start, Math.min(...on.map((line) => line.span.start)));
  const end = Math.min(span.end, Math.max(...on.map((line) => line.span.end)));
  return sliceBytes(words, start - span.start, end - span.start);
}

function boxOf(line: Line, start: number, end: number): Box {
  const { rectangle, edges, span, text } = line;
  const y = rectangle.y0;
  const height = rectangle.y1 - rectangle.y0;
  const width = rectangle.x1 - rectangle.x0;
  if ((start === span.start && end === span.end) || edges.length === 0) {
    return { x: rectangle.x0, y, width, height };
  }
  const first = Array.from(sliceBytes(text, 0, start - span.start)).length;
  const last = Array.from(sliceBytes(text, 0, end - span.start)).length;
  const backwards = isRightToLeft(line);
  const edge = (characters: number, otherwise: number) => {
    const found = characters > 0 ? edges[characters - 1] : undefined;
    return found === undefined ? otherwise : found / EDGE;
  };
  const begin = edge(first, backwards ? width : 0);
  const finish = edge(last, backwards ? 0 : width);
  const x = rectangle.x0 + Math.min(begin, finish);
  return { x, y, width: Math.abs(finish - begin), height };
}
