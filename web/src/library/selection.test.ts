import { describe, expect, it } from "vitest";
import { choose, keep, move, NOTHING, type Selection } from "./selection";

const order = ["a", "b", "c", "d", "e"];
const chosen = (selection: Selection) => [...selection.ids].sort().join("");

describe("choosing", () => {
  it("takes one alone", () => {
    const first = choose(NOTHING, order, "b", "alone");
    expect(chosen(choose(first, order, "d", "alone"))).toBe("d");
  });

  it("adds and takes away", () => {
    const two = choose(choose(NOTHING, order, "b", "alone"), order, "d", "toggle");
    expect(chosen(two)).toBe("bd");
    expect(chosen(choose(two, order, "b", "toggle"))).toBe("d");
  });

  it("draws a range from the anchor, in either direction", () => {
    const from = choose(NOTHING, order, "c", "alone");
    const down = choose(from, order, "e", "range");
    expect(chosen(down)).toBe("cde");
    expect(chosen(choose(down, order, "a", "range"))).toBe("abc");
  });

  it("draws a range to one document when the anchor has gone", () => {
    const lost: Selection = { ids: new Set(["z"]), anchor: "z", active: "z" };
    expect(chosen(choose(lost, order, "b", "range"))).toBe("b");
  });

  it("moves within the list, and chooses on the way when asked", () => {
    const at = choose(NOTHING, order, "b", "alone");
    expect(move(at, order, 9, false).active).toBe("e");
    expect(move(at, order, -9, false).active).toBe("a");
    expect(chosen(move(at, order, 2, true))).toBe("bcd");
    expect(move(NOTHING, order, 1, false).active).toBe("a");
  });

  it("forgets what has gone", () => {
    const all = choose(choose(NOTHING, order, "a", "alone"), order, "c", "range");
    const kept = keep(all, new Set(["b", "d"]));
    expect(chosen(kept)).toBe("b");
    expect(kept.active).toBeUndefined();
  });
});
