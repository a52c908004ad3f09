import { describe, expect, it } from "vitest";
import type { Wire } from "@/api/client";
import { examples, followUps, isTopic } from "./suggestions";

function passage(title: string, ...section: string[]): Wire["Passage"] {
  return {
    title,
    document_id: title,
    language: "en",
    place: { section, span: { start: 0, end: 1 }, rectangles: [] },
  } as unknown as Wire["Passage"];
}

function document(title: string, more: Partial<Wire["Document"]> = {}): Wire["Document"] {
  return {
    title,
    name: `${title}.pdf`,
    format: "pdf",
    chunks: 3,
    language: "en",
    ...more,
  } as Wire["Document"];
}

describe("topics", () => {
  it.each(["What is kept", "The keeper", "Über den Mut", "论语解说", "Limits & budgets"])(
    "may be %j",
    (topic) => expect(isTopic(topic)).toBe(true),
  );
  it.each([
    "",
    "IV",
    "Chapter 3",
    "Kapitel XII",
    "Introduction",
    "Inhaltsverzeichnis",
    "Table of contents",
    "3.14 + 2",
    "server.stream_kept_seconds",
    "/api/v1/ask",
    "README.md",
    "x",
    "the first of very many words in a heading that somebody made far too long to ask",
  ])("are not %j", (topic) => expect(isTopic(topic)).toBe(false));
});

describe("questions to go on with", () => {
  it("are about headings that were found and not used, each once, three at most", () => {
    const used: Wire["Sentence"] = {
      text: "",
      citations: [{ document_id: "Answers", section: ["Answers", "What is kept"] }],
      verdict: { supported: true, support: 1, findings: [] },
    } as unknown as Wire["Sentence"];
    const found = followUps(
      [
        passage("Answers", "Answers", "What is kept"),
        passage("Answers", "Answers", "2.1 With a language model"),
        passage("Answers", "Answers", "With a language model"),
        passage("Personas", "Personas", "Making them"),
        passage("Personas", "Personas"),
        passage("Searching", "Who is found?"),
        passage("Searching", "Why are some books not found?"),
        passage("Limits", "Requests a minute"),
      ],
      [used],
      ["What about making them?"],
    );
    expect(found.map((one) => one.topic)).toEqual([
      "With a language model",
      "Who is found?",
      "Why are some books not found?",
    ]);
    expect(found.map((one) => one.isQuestion)).toEqual([false, true, true]);
  });

  it("are none where only numbers and files were found", () => {
    expect(followUps([passage("csv-tab", "1"), passage("scan0012", "IV")], [], [])).toEqual([]);
  });
});

describe("questions to begin with", () => {
  it("ask of books with real titles alone", () => {
    const titles = examples([
      document("Answers", { format: "markdown" }),
      document("csv-too-many-columns", { format: "csv" }),
      document("2023 Q2 AAPL"),
      document("3small"),
      document("2400dpi"),
      document("aspect", { name: "aspect" }),
      document("Not read yet", { chunks: 0 }),
      document("Nineteen Eighty-Four", { format: "epub" }),
      document("1984: a reader's companion"),
      document("论语", { format: "epub", language: "zh" }),
    ]).map((one) => one.title);
    expect(titles).toEqual([
      "Nineteen Eighty-Four",
      "1984: a reader's companion",
      "论语",
      "Answers",
    ]);
  });
});
