import { describe, expect, it } from "vitest";
import { changeOf } from "./describe";

const document = {
  title: "Dune",
  category: null,
  tags: ["sand", "spice"],
  classification: "internal" as const,
};
const same = { title: "Dune", category: "", tags: ["spice", "sand"], label: "internal" as const };

describe("what has been said otherwise of a document", () => {
  it("is nothing when all is the same, in whatever order the tags stand", () => {
    expect(changeOf(document, same)).toEqual({});
  });

  it("is only what differs", () => {
    expect(changeOf(document, { ...same, title: " Dune I ", label: "public" })).toEqual({
      title: "Dune I",
      classification: "public",
    });
  });

  it("takes a category away with null, and never takes the title away", () => {
    const told = { ...document, category: "novel" };
    expect(changeOf(told, { ...same, title: "  " })).toEqual({ category: null });
  });

  it("takes the last tag away", () => {
    expect(changeOf(document, { ...same, tags: [] })).toEqual({ tags: [] });
  });
});
