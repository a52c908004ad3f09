import { describe, expect, it } from "vitest";
import { Problem, Unreachable } from "@/api/problem";
import { mayComeAgain, mostOf, refusalOf } from "./refusal";

const LARGE = new Problem(413, "large", "it is larger than the 100000 bytes that are allowed");
const FULL = new Problem(
  403,
  "urn:alexandria:problem:library-full",
  "the tenant may hold 100 documents: remove some",
);

describe("a refusal", () => {
  it.each([
    ["large", LARGE],
    ["full", FULL],
    ["forbidden", new Problem(403, "forbidden", "the scope ingest is needed")],
    ["empty", new Problem(422, "invalid", 'the file "a.txt" is empty'), 0],
    ["other", new Problem(422, "invalid", "a tag has at most 64 bytes")],
    ["other", new Problem(422, "invalid", "the address cannot be fetched"), 0, "address" as const],
    ["other", new Unreachable("away")],
  ])("is %s", (refusal, error, bytes = 10, kind: "file" | "address" = "file") => {
    expect(refusalOf({ kind, bytes, error })).toBe(refusal);
  });

  it("says whether another try makes sense, and how much is taken", () => {
    expect(mayComeAgain({ kind: "file", bytes: 10, error: LARGE })).toBe(false);
    expect(mayComeAgain({ kind: "file", bytes: 10, error: FULL })).toBe(true);
    expect(mostOf(LARGE)).toBe(100_000);
    expect(mostOf(FULL)).toBeUndefined();
  });
});
