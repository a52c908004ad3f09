import { describe, expect, it } from "vitest";
import { Problem, Unreachable } from "@/api/problem";
import { mayComeAgain, mostOf, refusalOf } from "./refusal";

const LARGE = new Problem(413, "large", "it is larger than the 100000 bytes that are allowed");
const FULL = new Problem(403, "full", "the tenant may hold 100 documents: remove some");

describe("a refusal", () => {
  it.each([
    ["large", LARGE],
    ["full", FULL],
    ["forbidden", new Problem(403, "forbidden", "the scope ingest is needed")],
    ["empty", new Problem(422, "invalid", 'the file "a.txt" is empty: there is nothing in it')],
    ["other", new Problem(422, "invalid", "a tag has at most 64 bytes")],
    ["other", new Unreachable("away")],
  ])("is %s", (refusal, error) => {
    expect(refusalOf(error)).toBe(refusal);
  });

  it("says whether another try makes sense, and how much is taken", () => {
    expect(mayComeAgain(LARGE)).toBe(false);
    expect(mayComeAgain(FULL)).toBe(true);
    expect(mostOf(LARGE)).toBe(100_000);
    expect(mostOf(FULL)).toBeUndefined();
  });
});
