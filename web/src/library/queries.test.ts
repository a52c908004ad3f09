import { type InfiniteData, QueryClient } from "@tanstack/react-query";
import { beforeEach, describe, expect, it } from "vitest";
import type { Filter } from "./filter";
import {
  type Document,
  type DocumentsPage,
  documentsQuery,
  forgetDocuments,
  insertDocuments,
  patchDocuments,
  shelfQuery,
} from "./queries";

function made(id: string, more: Partial<Document> = {}): Document {
  return {
    id,
    collection: "Poems",
    collection_id: "7",
    title: `Title ${id}`,
    added: `2026-01-0${id}T00:00:00Z`,
    tags: [],
    format: "pdf",
    state: "ready",
    ...more,
  } as Document;
}

let queries: QueryClient;
const list = (filter: Filter) => documentsQuery(filter).queryKey;
type Pages = InfiniteData<DocumentsPage, string | undefined>;
const titles = (filter: Filter) =>
  (queries.getQueryData(list(filter)) as Pages).pages.map((page) =>
    page.items.map((item) => item.id).join(""),
  );

beforeEach(() => {
  queries = new QueryClient();
  for (const filter of [{}, { tag: "sea" }, { order: "oldest" as const }]) {
    queries.setQueryData(list(filter), {
      pages: [{ items: [made("3"), made("2")], next: "x" }, { items: [made("1")] }],
      pageParams: [undefined, "x"],
    });
  }
  queries.setQueryData(shelfQuery("7").queryKey, { items: [made("3")] });
});

describe("the lists of documents", () => {
  it("show what was put in at their head, where it belongs", () => {
    insertDocuments(queries, [made("4"), made("5")]);
    expect(titles({})).toEqual(["5432", "1"]);
    expect(titles({ tag: "sea" })).toEqual(["32", "1"]);
    expect(titles({ order: "oldest" })).toEqual(["32", "1"]);
    expect(queries.getQueryData(shelfQuery("7").queryKey)?.items.length).toBe(3);
  });

  it("show nothing twice", () => {
    insertDocuments(queries, [made("3")]);
    expect(titles({})).toEqual(["32", "1"]);
  });

  it("show what has been learned", () => {
    patchDocuments(queries, [made("1", { title: "Odyssey" })]);
    const pages = queries.getQueryData(list({})) as Pages;
    expect(pages.pages[1]?.items[0]?.title).toBe("Odyssey");
    expect(pages.pages[0]?.items[0]?.title).toBe("Title 3");
  });

  it("stay the very same when nothing in them has changed", () => {
    const before = queries.getQueryData(list({}));
    patchDocuments(queries, [made("9")]);
    expect(queries.getQueryData(list({}))).toBe(before);
  });

  it("forget what was removed", () => {
    forgetDocuments(queries, new Set(["3", "1"]));
    expect(titles({})).toEqual(["2", ""]);
    expect(queries.getQueryData(shelfQuery("7").queryKey)?.items).toEqual([]);
  });
});
