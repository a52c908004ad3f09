import { beforeEach, describe, expect, it } from "vitest";
import { conditions, filterOf, fits, isWhole, rememberView, viewOf } from "./filter";

describe("the filter of an address", () => {
  it("takes over what it says, without what is only shown", () => {
    expect(
      filterOf({ collection: "Poems", tag: "sea", view: "list", document: "1", order: "oldest" }),
    ).toEqual({ collection: "Poems", tag: "sea", order: "oldest" });
  });

  it("leaves out states and orders that there are not", () => {
    expect(filterOf({ state: "burnt", order: "loudest" })).toEqual({});
    expect(filterOf({ order: "newest" })).toEqual({});
  });

  it("counts its conditions, the collection aside", () => {
    expect(conditions({ collection: "Poems", tag: "sea", title: "odyssey" })).toBe(2);
    expect(isWhole({ order: "oldest" })).toBe(true);
    expect(isWhole({ collection: "Poems" })).toBe(false);
  });
});

describe("the view of an address", () => {
  beforeEach(() => localStorage.clear());

  it("is shelves for the whole library", () => {
    expect(viewOf({})).toBe("shelves");
  });

  it.each([{ collection: "Poems" }, { title: "sea" }, { order: "oldest" }])(
    "is covers for a part or an order of it: %j",
    (place) => {
      expect(viewOf(place)).toBe("grid");
      expect(viewOf({ ...place, view: "shelves" })).toBe("grid");
      expect(viewOf({ ...place, view: "list" })).toBe("list");
    },
  );

  it("is the one last chosen, unless the address says another", () => {
    rememberView("list");
    expect(viewOf({})).toBe("list");
    expect(viewOf({ view: "grid" })).toBe("grid");
    expect(viewOf({ view: "sideways" })).toBe("list");
  });
});

describe("a document", () => {
  const document = {
    collection: "Poems",
    collection_id: "7",
    tags: ["sea"],
    format: "pdf",
    language: "el",
    state: "ready",
    title: "The Odyssey",
  };
  it.each([
    [{}, true],
    [{ collection: "Poems" }, true],
    [{ collection: "7" }, true],
    [{ collection: "Prose" }, false],
    [{ tag: "land" }, false],
    [{ title: "odyss", format: "pdf", state: "ready" as const }, true],
    [{ language: "la" }, false],
  ])("fits %j: %s", (filter, expected) => {
    expect(fits(document, filter)).toBe(expected);
  });
});
