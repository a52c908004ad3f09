import { describe, expect, it } from "vitest";
import { isTaken, passphrase, strength } from "./strength";

describe("a new password", () => {
  it.each([
    ["", "empty", false],
    ["too short", "short", false],
    ["aaaaaaaaaaaaaaaaaaaa", "repeats", false],
    ["xx ada@example.org xx", "address", false],
    ["fifteen letters", "enough", true],
    ["correct horse battery staple", "good", true],
    ["密码密码密码一二三四五六七八九", "enough", true],
  ])("%j is %s", (password, kind, taken) => {
    const told = strength(password, "Ada@example.org");
    expect(told.kind).toBe(kind);
    expect(isTaken(told)).toBe(taken);
  });

  it("lacks as many characters as people see", () => {
    expect(strength("🦉🦉🦉")).toEqual({ kind: "short", lacking: 12 });
  });
});

describe("words for a password", () => {
  it("are taken, and others each time", () => {
    const made = Array.from({ length: 50 }, () => passphrase());
    expect(new Set(made).size).toBe(50);
    for (const phrase of made) {
      expect(phrase).toMatch(/^([a-z]{6}-){3}[a-z]{6}$/);
      expect(isTaken(strength(phrase))).toBe(true);
    }
  });
});
