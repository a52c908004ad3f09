import { describe, expect, it } from "vitest";
import { extract, pieces, terms } from "./highlight";

function marked(text: string, query: string): string[] {
  return pieces(text, terms(query))
    .filter((piece) => piece.marked)
    .map((piece) => piece.text);
}

describe("the words of a query", () => {
  it.each([
    ["Who built the lighthouse?", ["built", "lighthouse"]],
    ["the who", ["the", "who"]],
    ["Café café", ["cafe"]],
    ['"modern Prometheus"', ["modern", "prometheus"]],
    ["", []],
  ])("%j are %j", (query, wanted) => {
    expect(terms(query)).toEqual(wanted);
  });
});

describe("what is marked", () => {
  it.each([
    ["The lighthouses were lit.", "lighthouse", ["lighthouses"]],
    ["CAFÉS and cafe", "café", ["CAFÉS", "cafe"]],
    ["signing signed sign signature", "sign", ["signing", "signed", "sign"]],
    ["Stories of a story", "story", ["Stories", "story"]],
    ["an art, a cart, an artist", "art", ["art"]],
    ["他在图书馆里读书", "图书馆", ["图书馆"]],
    ["nothing of it", "lighthouse", []],
    ["<b>bold</b>", "bold", ["bold"]],
  ])("in %j for %j is %j", (text, query, wanted) => {
    expect(marked(text, query)).toEqual(wanted);
  });

  it("leaves the text as it is", () => {
    const text = "Ein Öl-Gemälde — “Čapek” 𝔘 keys";
    const joined = pieces(text, terms("gemalde keys"))
      .map((piece) => piece.text)
      .join("");
    expect(joined).toBe(text);
  });
});

describe("what is shown of a long passage", () => {
  const filler = "Sand and stones and more of the same, line after line. ".repeat(20);

  it("is the part where the words stand", () => {
    const shown = extract(`${filler}The lighthouse keeper slept. ${filler}`, ["lighthouse"], 200);
    const text = shown.pieces.map((piece) => piece.text).join("");
    expect(text).toContain("lighthouse keeper");
    expect(text.length).toBeLessThanOrEqual(200);
    expect([shown.before, shown.behind]).toEqual([true, true]);
  });

  it("is where the most different words stand, not the most", () => {
    const text = `keeper keeper keeper. ${filler}The lighthouse keeper slept. ${filler}`;
    const shown = extract(text, ["keeper", "lighthouse"], 120);
    expect(shown.pieces.map((piece) => piece.text).join("")).toContain("lighthouse keeper");
  });

  it("is its beginning when none stands there", () => {
    const shown = extract(filler, ["lighthouse"], 100);
    expect(shown.before).toBe(false);
    expect(shown.behind).toBe(true);
  });
});
