import { describe, expect, it } from "vitest";
import { bytesOf, sliceBytes, unitsBefore } from "./bytes";

const TEXTS = [
  "",
  "plain",
  "Grüße, señor",
  "日本語の本",
  "a😀b👩‍👩‍👧c",
  "e\u0301 ﬁ „x“",
  "שלום עולם",
];

describe("bytes and units", () => {
  it.each(TEXTS)("agree with the encoder: %s", (text) => {
    const encoder = new TextEncoder();
    let units = 0;
    for (const character of text) {
      const bytes = encoder.encode(text.slice(0, units)).length;
      expect(bytesOf(text, units)).toBe(bytes);
      expect(unitsBefore(text, bytes)).toBe(units);
      // Inside a character is its beginning.
      for (let inner = 1; inner < encoder.encode(character).length; inner += 1) {
        expect(unitsBefore(text, bytes + inner)).toBe(units);
      }
      units += character.length;
    }
    expect(bytesOf(text)).toBe(encoder.encode(text).length);
    expect(unitsBefore(text, bytesOf(text))).toBe(text.length);
    expect(unitsBefore(text, 10_000)).toBe(text.length);
  });

  it("cut exactly the bytes of a quote", () => {
    const text = "Der Löwe sprach: „Größe 😀 zählt.“";
    const quote = "„Größe 😀 zählt.“";
    const start = new TextEncoder().encode("Der Löwe sprach: ").length;
    const end = start + new TextEncoder().encode(quote).length;
    expect(sliceBytes(text, start, end)).toBe(quote);
  });
});
