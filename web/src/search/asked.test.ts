import { describe, expect, it } from "vitest";
import { filterCount, modeOf, requestOf, toggled, unfiltered } from "./asked";

describe("what the server is asked for", () => {
  it("is the query alone when nothing narrows it", () => {
    expect(requestOf({ q: "  keys " }, 20)).toEqual({
      query: "keys",
      mode: "hybrid",
      limit: 20,
      explain: true,
      filter: {},
    });
  });

  it("holds every filter of the address", () => {
    const asked = {
      q: "keys",
      mode: "text",
      collections: ["Handbook"],
      formats: ["pdf", "epub"],
      languages: ["de"],
      tags: ["law"],
      document: "0198",
      added: "week",
    };
    expect(requestOf(asked, 40, Date.parse("2026-03-10T17:45:00Z"))).toMatchObject({
      mode: "text",
      filter: {
        collections: ["Handbook"],
        formats: ["pdf", "epub"],
        languages: ["de"],
        tags: ["law"],
        documents: ["0198"],
        added_after: "2026-03-04T00:00:00.000Z",
      },
    });
    expect(filterCount(asked)).toBe(7);
    expect(unfiltered(asked)).toEqual({ q: "keys", mode: "text" });
  });

  it("is the same all day, so that it is asked once", () => {
    const morning = requestOf({ q: "a", added: "day" }, 20, Date.parse("2026-03-10T01:00:00Z"));
    const evening = requestOf({ q: "a", added: "day" }, 20, Date.parse("2026-03-10T23:00:00Z"));
    expect(morning).toEqual(evening);
  });

  it("passes over what is not a way of searching or a time", () => {
    expect(modeOf({ mode: "magic" })).toBe("hybrid");
    expect(requestOf({ q: "a", added: "toString" }, 20).filter).toEqual({});
  });
});

describe("a filter", () => {
  it("takes a second value, and leaves the address with its last", () => {
    const one = toggled({ q: "a" }, "formats", "pdf");
    const two = toggled(one, "formats", "epub");
    expect(two.formats).toEqual(["pdf", "epub"]);
    expect(toggled(toggled(two, "formats", "pdf"), "formats", "epub")).toEqual({ q: "a" });
  });
});
