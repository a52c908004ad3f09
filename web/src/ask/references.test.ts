import { describe, expect, it } from "vitest";
import type { Wire } from "@/api/client";
import {
  addressOf,
  bibtex,
  byDocument,
  escapeBibtex,
  escapeMarkdown,
  markdown,
  plain,
  references,
  whereOf,
} from "./references";

const WORDS = { page: (page: number) => `p. ${page}`, item: (item: number) => `par. ${item}` };

function citation(more: Partial<Wire["Citation"]> = {}): Wire["Citation"] {
  return {
    document_id: "d1",
    version_id: "v1",
    title: "The Lighthouse",
    quote: "It was built in 1743.",
    page: 12,
    span: { start: 10, end: 31 },
    rectangles: [],
    section: ["The Lighthouse", "The keeper"],
    part: null,
    item: 3,
    ...more,
  };
}

function sentence(text: string, ...citations: Wire["Citation"][]): Wire["Sentence"] {
  return { text, citations, verdict: { supported: true, support: 1, findings: [] } };
}

describe("references", () => {
  it("give one number to a place, however often it is quoted", () => {
    const other = citation({ span: { start: 40, end: 60 } });
    const all = references([
      sentence("A.", citation()),
      sentence("B.", other, citation()),
      sentence("C.", citation({ version_id: "v2", document_id: "d2" })),
    ]);
    expect([...all.values()].map((one) => one.number)).toEqual([1, 2, 3]);
    expect(byDocument(all.values()).map((group) => group.length)).toEqual([2, 1]);
  });

  it("say where a quote stands as well as that is known", () => {
    expect(whereOf(citation(), WORDS)).toBe("p. 12, The keeper");
    expect(whereOf(citation({ page: null, section: [], part: "Chapter 2" }), WORDS)).toBe(
      "Chapter 2, par. 3",
    );
    expect(whereOf(citation({ page: null, section: [], item: null }), WORDS)).toBe("");
  });

  it("lead to the place in the reader", () => {
    expect(addressOf(citation(), "http://x")).toBe("http://x/read/d1?page=12&start=10&end=31");
  });
});

describe("an answer that is copied", () => {
  it("bears its references in plain text", () => {
    const text = plain([sentence("It is old.", citation()), sentence("Yes.", citation())], WORDS);
    expect(text).toBe(
      "It is old. [1] Yes. [1]\n\n[1] The Lighthouse, p. 12, The keeper: “It was built in 1743.”",
    );
  });

  it("is Markdown in which nothing of a document comes alive", () => {
    const evil = citation({
      title: "A [link](javascript:x) | <b>bold</b>",
      quote: "# not a heading\n![x](http://evil.example/a.png)",
      page: null,
      section: [],
      item: null,
    });
    const text = markdown([sentence("- no *list* `code` $x$", evil)], WORDS, "http://x");
    expect(text).toBe(
      "\\- no \\*list\\* \\`code\\` \\$x\\$[^1]\n\n" +
        "[^1]: [A \\[link\\](javascript:x) \\| \\<b\\>bold\\</b\\>](http://x/read/d1?start=10&end=31): " +
        "“\\# not a heading \\!\\[x\\](http\\://evil.example/a.png)”",
    );
  });

  it.each([
    ["1. first", "1\\. first"],
    ["2) second", "2\\) second"],
    ["+ plus", "\\+ plus"],
    ["a_b*c", "a\\_b\\*c"],
    ["www.example.org", "www\\.example.org"],
    ["&lt;", "\\&lt;"],
    ["AT&T", "AT&T"],
    ["emoji 😀 中文", "emoji 😀 中文"],
  ])("writes %j as Markdown", (text, written) => {
    expect(escapeMarkdown(text)).toBe(written);
  });

  it.each([
    ["100 % & more", "100 \\% \\& more"],
    ["{unbalanced", "\\{unbalanced"],
    ["a\\b", "a\\textbackslash{}b"],
    ["x_1^2 ~ #3 $4", "x\\_1\\textasciicircum{}2 \\textasciitilde{} \\#3 \\$4"],
    ['say "hi"', "say ''hi''"],
    ["Ünïcödé 中文\n😀", "Ünïcödé 中文 😀"],
  ])("writes %j as BibTeX", (text, written) => {
    expect(escapeBibtex(text)).toBe(written);
  });

  it("is BibTeX with one entry for each document, under keys of their own", () => {
    const works = new Map([
      ["d1", { authors: ["Marrow, Tilda", "Simon and Sons"], format: "epub" }],
    ]);
    const text = bibtex(
      [
        sentence("A.", citation({ title: "Of {Towers} & 100 %" })),
        sentence(
          "B.",
          citation({ title: "Of {Towers} & 100 %", page: 3, span: { start: 1, end: 2 } }),
        ),
        sentence("C.", citation({ document_id: "d2", version_id: "v2", title: "塔", page: null })),
        sentence("D.", citation({ document_id: "d3", version_id: "v3", title: "塔", page: null })),
      ],
      works,
      "http://x",
    );
    expect(text).toContain("@book{marrowtowers,");
    expect(text).toContain("title = {{Of \\{Towers\\} \\& 100 \\%}}");
    expect(text).toContain("author = {Marrow, Tilda and {Simon and Sons}}");
    expect(text).toContain("pages = {3, 12}");
    expect(text).toContain("@misc{document,");
    expect(text).toContain("@misc{document2,");
    // Every brace that opens is closed: BibTeX counts them, escaped or not.
    const braces = text.replace(/\\[{}]/g, "");
    expect(braces.split("{").length).toBe(braces.split("}").length);
  });
});
