import { expect, it } from "vitest";
import { bytesOf } from "./bytes";
import { type Mark, pieces } from "./pieces";

function cut(text: string, start: number, marks: readonly Mark[]) {
  return pieces(text, start, bytesOf(text), marks).map(({ text, look }) =>
    look ? `[${look} ${text}]` : text,
  );
}

it("marks exactly the bytes, whatever stands before them", () => {
  expect(cut("Größe zählt", 100, [{ start: 108, end: 114, look: "cited" }])).toEqual([
    "Größe ",
    "[cited zählt]",
  ]);
});

it("marks the part of a mark that lies in the text", () => {
  const mark: Mark = { start: 0, end: 4, look: "found" };
  expect(cut("abcdef", 2, [mark])).toEqual(["[found ab]", "cdef"]);
  expect(cut("abcdef", 4, [mark])).toEqual(["abcdef"]);
});

it("lets the place that is looked at cover the rest, and joins what looks the same", () => {
  const marks: Mark[] = [
    { start: 0, end: 6, look: "cited" },
    { start: 1, end: 2, look: "found" },
    { start: 3, end: 4, look: "here" },
  ];
  expect(cut("abcdef", 0, marks)).toEqual(["[cited abc]", "[here d]", "[cited ef]"]);
});

it("gives the whole text back", () => {
  const text = "a😀 b\nç";
  const marks: Mark[] = [
    { start: 2, end: 3, look: "found" },
    { start: 5, end: 20, look: "cited" },
  ];
  const found = pieces(text, 0, bytesOf(text), marks);
  expect(found.map((piece) => piece.text).join("")).toBe(text);
  expect(found.every((piece, at) => at === 0 || piece.start === found[at - 1]?.end)).toBe(true);
});
