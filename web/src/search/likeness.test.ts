import { describe, expect, it } from "vitest";
import { likeness } from "./likeness";

describe("what fits a name", () => {
  it("orders its beginning before a word's, and a word's before its middle", () => {
    const of = (typed: string) => likeness("People, roles and keys", typed);
    expect(of("people")).toBeGreaterThan(of("roles"));
    expect(of("roles")).toBeGreaterThan(of("oles"));
    expect(of("keys people")).toBeGreaterThan(0);
    expect(of("keys locks")).toBe(0);
  });

  it.each([
    ["Café der Mühe", "cafe muhe"],
    ["C++ (2nd ed.)", "c++ (2"],
    ["a/b-c [d]", "b-c [d]"],
    ["红楼梦", "楼"],
  ])("%j is fitted by %j", (name, typed) => {
    expect(likeness(name, typed)).toBeGreaterThan(0);
  });
});
