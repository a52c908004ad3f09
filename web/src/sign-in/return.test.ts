import { describe, expect, it } from "vitest";
import { keep, kept, safePath } from "./return";

describe("where somebody goes after signing in", () => {
  it.each([
    ["/library?tag=law#top", "/library?tag=law#top"],
    ["/read/0198?start=3&end=9", "/read/0198?start=3&end=9"],
    [undefined, "/library"],
    ["", "/library"],
    ["https://evil.example/", "/library"],
    ["//evil.example", "/library"],
    ["/\\evil.example", "/library"],
    ["/\t/evil.example", "/library"],
    ["javascript:alert(1)", "/library"],
    ["/sign-in?to=/ask", "/library"],
  ])("for %j is %j", (to, path) => {
    expect(safePath(to, "https://library.example")).toBe(path);
  });

  it("is kept while the browser is away, once", () => {
    keep("/ask");
    expect(kept()).toBe("/ask");
    expect(kept()).toBeUndefined();
  });
});
