import { expect, it } from "vitest";
import type { Wire } from "@/api/client";
import { Problem } from "@/api/problem";
import { fileName } from "./clipboard";
import { hindranceOf, lackOf } from "./reasons";
import { ageOf, rowsOf } from "./rows";

const NOW = new Date(2026, 10, 22, 15);

function conversation(id: string, title: string, changed: Date): Wire["Conversation"] {
  return { id, title, changed: changed.toISOString(), created: changed.toISOString(), turns: 1 };
}

it.each([
  [new Date(2026, 10, 22, 0, 1), "today"],
  [new Date(2026, 10, 21, 23, 59), "yesterday"],
  [new Date(2026, 10, 16), "days"],
  [new Date(2026, 9, 3), "2026-10"],
])("the age of %s is %s", (changed, age) => {
  expect(ageOf(changed.toISOString(), NOW)).toBe(age);
});

it("puts headings between ages and hides what is deleted", () => {
  const all = [
    conversation("1", "Wer baute den Léuchtturm?", NOW),
    conversation("2", "The lighthouse", NOW),
    conversation("3", "Leuchttürme und Turm", new Date(2026, 8, 1)),
  ];
  const ids = (...hidden: string[]) => rowsOf(all, new Set(hidden), NOW).map((row) => row.key);
  expect(ids()).toEqual(["today", "1", "2", "2026-9", "3"]);
  expect(ids("3")).toEqual(["today", "1", "2"]);
});

it.each([
  ["models have cost $500.00 this month, and the budget of the tenant is $500.00", "budget"],
  ["the language model x (y) took too long; this answer is made of exact sentences", "model"],
  ["the search by meaning did not answer: no route", "meaning"],
  ["the text index did not answer: gone", "words"],
  ["this answer could not be kept and cannot be verified later", "kept"],
  ["something new", "other"],
])("%j is a lack of %s", (told, lack) => {
  expect(lackOf(told)).toBe(lack);
});

it.each([
  [429, "budget-reached", "budget"],
  [429, "too-many-requests", "limit"],
  [503, "unavailable", "busy"],
])("a problem %i %s is told as %s", (status, kind, hindrance) => {
  const problem = new Problem(status, `urn:alexandria:problem:${kind}`, "the plan of a month");
  expect(hindranceOf(problem)).toBe(hindrance);
});

it("makes names of files that every system takes", () => {
  expect(fileName('a/b\\c: "d"?\n', "md")).toBe("a b c d.md");
  expect(fileName("///", "json")).toBe("conversation.json");
});
