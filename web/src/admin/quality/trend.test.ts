import { expect, it } from "vitest";
import type { Wire } from "@/api/client";
import { subjectsOf, trendsOf, unitOf } from "./trend";

function found(day: number, more: Partial<Wire["Evaluation"]>): Wire["Evaluation"] {
  return {
    id: String(day),
    created: `2026-11-${day}T00:00:00Z`,
    name: "cases",
    kind: "questions",
    digest: "a",
    way: "extractive",
    version: "1",
    settings: {},
    asked: 3,
    measures: { answered: { value: day / 100, low: 0, high: 1 }, p50_ms: { value: day } },
    ...more,
  } as Wire["Evaluation"];
}

// As the server lists them: newest first.
const ALL = [
  found(20, {}),
  found(19, { way: "a model" }),
  found(18, {}),
  found(17, { name: "nightly" }),
  found(16, { digest: "b" }),
  found(15, {}),
];

it("tells apart what was measured and how, the last first", () => {
  expect(subjectsOf(ALL).map(({ name, way }) => `${name} ${way}`)).toEqual([
    "cases extractive",
    "cases a model",
    "nightly extractive",
  ]);
});

it("draws a line for each measure, from where the questions last changed", () => {
  const [first] = subjectsOf(ALL);
  const trends = trendsOf(ALL, first?.key ?? "");
  expect(trends.map((trend) => trend.measure)).toEqual(["answered", "p50_ms"]);
  expect(trends[0]?.points.map((point) => point.value)).toEqual([0.18, 0.2]);
  expect(trends[0]?.points[0]?.range).toEqual([0, 1]);
  expect(trends[1]?.points[0]?.range).toBeUndefined();
});

it.each([
  ["ndcg_at_10", "share"],
  ["p95_ms", "ms"],
  ["sentence_us", "us"],
  ["cost_usd", "usd"],
  ["prompt_tokens", "count"],
])("%s is a %s", (measure, unit) => {
  expect(unitOf(measure)).toBe(unit);
});
