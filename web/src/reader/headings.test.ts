import { expect, it } from "vitest";
import { levelsOf } from "./headings";
import type { Block } from "./wire";

function shown(...own: number[]): number[] {
  const blocks = own.map(
    (level, at): Block => ({
      kind: "heading",
      level,
      text: "x",
      span: { start: at, end: at + 1 },
    }),
  );
  return [...levelsOf(blocks).values()];
}

it("skips no level going down, whatever the document skips", () => {
  expect(shown(1, 2, 3)).toEqual([2, 3, 4]);
  expect(shown(3, 1, 4, 4, 6, 2)).toEqual([2, 2, 3, 3, 4, 3]);
  expect(shown(1, 2, 3, 4, 5, 6)).toEqual([2, 3, 4, 5, 6, 6]);
});
