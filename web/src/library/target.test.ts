import { describe, expect, it } from "vitest";
import { addressesIn, targetOf } from "./target";

describe("where something is put", () => {
  it.each([
    ["Poems", ["Poems", "Novels"], "Novels", "Poems"],
    [undefined, ["Poems", "Novels"], "Novels", "Novels"],
    [undefined, ["Poems", "Novels"], "Gone", "Library"],
    [undefined, ["Poems"], null, "Poems"],
    [undefined, [], null, "Library"],
  ])("with %s looked at, of %s, %s chosen last: %s", (current, names, remembered, expected) => {
    expect(targetOf(current, names, remembered)).toBe(expected);
  });
});

describe("addresses in what was pasted", () => {
  it("are taken one a line, each once", () => {
    expect(addressesIn(" https://a.example/x \n\nhttp://b.example\nhttps://a.example/x")).toEqual([
      "https://a.example/x",
      "http://b.example",
    ]);
  });

  it.each(["see https://a.example", "ftp://a.example", "https://", "a.example", ""])(
    "are not found in %j",
    (text) => {
      expect(addressesIn(text)).toEqual([]);
    },
  );
});
