/** Cuts the text of a table into rows and cells, each with its first byte. */
import { bytesOf } from "./bytes";

/** A cell, or any other stretch of text. */
export interface Stretch {
  readonly text: string;
  readonly start: number;
}

/** The rows of a table: one a line, cells separated by upright strokes with a space around them. */
export function rowsOf(text: string, start: number): Stretch[][] {
  return linesOf(text, start).map(cellsOf);
}

/** The lines of a text that is not empty at its end. */
function linesOf(text: string, start: number): Stretch[] {
  let at = start;
  return text.split("\n").map((line) => {
    const stretch = { text: line, start: at };
    at += bytesOf(line) + 1;
    return stretch;
  });
}

function cellsOf(line: Stretch): Stretch[] {
  const cells: Stretch[] = [];
  const add = (from: number, to: number) => {
    const whole = line.text.slice(from, to);
    const text = whole.trim();
    const before = from + whole.length - whole.trimStart().length;
    cells.push({ text, start: line.start + bytesOf(line.text, before) });
  };
  let from = 0;
  // An empty cell at the beginning of a row leaves its stroke alone there.
  for (const stroke of line.text.matchAll(/(?:^|\s)\|(?=\s|$)/g)) {
    add(from, stroke.index);
    from = stroke.index + stroke[0].length;
  }
  add(from, line.text.length);
  return cells;
}
