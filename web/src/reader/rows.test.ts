import { expect, it } from "vitest";
import { bytesOf } from "./bytes";
import { rowsOf } from "./rows";

function texts(table: string) {
  return rowsOf(table, 0).map((row) => row.map((cell) => cell.text));
}

it("cuts a table into rows and cells", () => {
  expect(texts("Name | Größe\nLöwe | 2 m")).toEqual([
    ["Name", "Größe"],
    ["Löwe", "2 m"],
  ]);
});

it("keeps empty cells, wherever they stand", () => {
  expect(texts("| Class | | | Other\nR1 | True | |\n|")).toEqual([
    ["", "Class", "", "", "Other"],
    ["R1", "True", "", ""],
    ["", ""],
  ]);
});

it("leaves strokes inside words alone", () => {
  expect(texts("a|b | c||d")).toEqual([["a|b", "c||d"]]);
});

it("knows the first byte of every cell", () => {
  const table = "Ä | ö | ü\n| ß | 😀";
  for (const cell of rowsOf(table, 7).flat()) {
    const at = cell.start - 7;
    const bytes = new TextEncoder().encode(table).slice(at, at + bytesOf(cell.text));
    expect(new TextDecoder().decode(bytes)).toBe(cell.text);
  }
});
