import { describe, expect, it } from "vitest";
import { binding, CLOTHS, TOOLINGS, titleSize } from "./cloth";

function luminance(colour: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe("the binding of a book", () => {
  it("is the same for the same book", () => {
    expect(binding("Frankenstein")).toEqual(binding("Frankenstein"));
  });

  it("uses every cloth and tooling", () => {
    const seen = new Set<string>();
    for (let number = 0; number < 2_000; number += 1) {
      const { cloth, tooling } = binding(`Book ${number}`);
      seen.add(cloth.ground).add(tooling);
    }
    expect(seen.size).toBe(CLOTHS.length + TOOLINGS.length);
  });

  it.each(CLOTHS)("has lettering that can be read on $ground", ({ ground, ink }) => {
    const [light, dark] = [luminance(ground), luminance(ink)].sort((a, b) => b - a);
    expect(((light ?? 0) + 0.05) / ((dark ?? 0) + 0.05)).toBeGreaterThan(5);
  });

  it("sets long words so small that they stand on a line", () => {
    expect(titleSize("Dune")).toBe(15);
    expect(titleSize("Donaudampfschifffahrt")).toBeLessThan(9);
    expect(titleSize("")).toBe(15);
    expect(titleSize("x".repeat(80))).toBe(7);
  });
});
