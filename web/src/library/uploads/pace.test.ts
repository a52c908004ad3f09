import { describe, expect, it } from "vitest";
import { Pace } from "./pace";

describe("a pace", () => {
  it("is not said from a single moment", () => {
    const pace = new Pace();
    expect(pace.note("pages", 10, 0)).toBeUndefined();
    expect(pace.note("pages", 20, 500)).toBeUndefined();
  });

  it("is what was done over the time it took", () => {
    const pace = new Pace();
    pace.note("pages", 10, 0);
    expect(pace.note("pages", 30, 4_000)).toBe(5);
  });

  it("begins anew with another step", () => {
    const pace = new Pace();
    pace.note("pages", 10, 0);
    pace.note("pages", 30, 4_000);
    expect(pace.note("passages", 40, 5_000)).toBeUndefined();
  });

  it("forgets what was long ago", () => {
    const pace = new Pace();
    pace.note("pages", 0, 0);
    pace.note("pages", 1_000, 10_000);
    pace.note("pages", 1_000, 29_000);
    expect(pace.note("pages", 1_010, 39_000)).toBe(1);
  });
});
