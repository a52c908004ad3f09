import { expect, it } from "vitest";
import { currentOf, entriesOf } from "./outline";
import type { OutlineEntry } from "./wire";

const part = (text: string, start: number): OutlineEntry => ({
  kind: "part",
  level: 0,
  text,
  start,
});
const heading = (text: string, level: number, start: number, page?: number): OutlineEntry => ({
  kind: "heading",
  level,
  text,
  start,
  ...(page && { page }),
});

it("does not say the name of a part twice, and skips no depth", () => {
  const entries = entriesOf([
    part("Preface", 0),
    heading("PREFACE", 2, 0),
    heading("On method", 4, 30),
    part("Letter 1", 90),
    heading("To Mrs. Saville", 2, 90),
  ]);
  expect(entries.map(({ text, depth }) => [text, depth])).toEqual([
    ["Preface", 0],
    ["On method", 1],
    ["Letter 1", 0],
    ["To Mrs. Saville", 1],
  ]);
});

it("knows what is being read, by byte or by page", () => {
  const entries = entriesOf([
    heading("a", 1, 10, 1),
    heading("b", 1, 50, 3),
    heading("c", 2, 60, 3),
  ]);
  expect(currentOf(entries, { byte: 5 })).toBe(-1);
  expect(currentOf(entries, { byte: 55 })).toBe(1);
  expect(currentOf(entries, { page: 2 })).toBe(0);
  expect(currentOf(entries, { page: 3 })).toBe(1);
  expect(currentOf(entries, { page: 9 })).toBe(2);
  expect(currentOf(entries, {})).toBe(-1);
});
