import { expect, it } from "vitest";
import { boxesOf, textOf, wordsOf } from "./layer";
import type { Line } from "./wire";

function line(start: number, text: string, edges: number[], y = 0): Line {
  const end = start + new TextEncoder().encode(text).length;
  const width = Math.max(...edges) / 16;
  return {
    span: { start, end },
    text,
    edges,
    rectangle: { page: 1, x0: 100, y0: y, x1: 100 + width, y1: y + 10 },
  };
}

const TEN = (count: number) => Array.from({ length: count }, (_, at) => (at + 1) * 160);

it("stands each word where its letters stand", () => {
  const words = wordsOf(line(50, "Größe zählt", TEN(11)));
  expect(words.map(({ text, start, x, width }) => [text, start, x, width])).toEqual([
    ["Größe ", 50, 100, 60],
    ["zählt", 58, 160, 50],
  ]);
});

it("leaves a line whole whose letters are not known, or run from right to left", () => {
  expect(wordsOf(line(0, "a b", [])).length).toBe(1);
  expect(wordsOf(line(0, "שלום עולם", TEN(9).reverse())).map((word) => word.text)).toEqual([
    "שלום עולם",
  ]);
});

it("cuts the box of a mark at the edges of its letters", () => {
  const lines = [line(0, "abcd", TEN(4)), line(5, "efgh", TEN(4), 20)];
  expect(boxesOf(lines, { start: 2, end: 7 })).toEqual([
    { x: 120, y: 0, width: 20, height: 10 },
    { x: 100, y: 20, width: 20, height: 10 },
  ]);
  expect(boxesOf(lines, { start: 4, end: 5 })).toEqual([]);
});

it("cuts from the other side where the script does", () => {
  const edges = [64, 48, 32, 16, 0].map((edge) => edge);
  const hebrew = { ...line(0, "שלוםx", edges), rectangle: { page: 1, x0: 0, y0: 0, x1: 5, y1: 1 } };
  // The first two letters, two bytes each, stand at the right.
  expect(boxesOf([hebrew], { start: 0, end: 4 })).toEqual([{ x: 3, y: 0, width: 2, height: 1 }]);
});

it("tells the words that are marked on this page, exactly as they are stored", () => {
  const lines = [line(10, "ends here", TEN(9)), line(20, "overleaf", TEN(8), 20)];
  expect(textOf(lines, { start: 15, end: 40 }, "here\noverleaf and goes on")).toBe(
    "here\noverleaf",
  );
  expect(textOf(lines, { start: 90, end: 95 }, "other")).toBe("");
});
