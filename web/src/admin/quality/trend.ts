/** What evaluations have found over time: one line for each measure of one way, asked the same. */
import type { Wire } from "@/api/client";

/** A measure at one time, with what it lies between, where that is known. */
export interface Point {
  readonly at: number;
  readonly value: number;
  readonly range?: readonly [number, number];
  /** The version of the program that was measured. */
  readonly version: string;
}

/** What can be compared over time: the same set, asked in the same way. */
export interface Subject {
  readonly key: string;
  readonly name: string;
  readonly way: string;
}

export interface Trend {
  readonly measure: string;
  /** Oldest first. */
  readonly points: readonly Point[];
}

/** What was measured, the last measured first. */
export function subjectsOf(evaluations: readonly Wire["Evaluation"][]): Subject[] {
  const subjects = new Map<string, Subject>();
  for (const one of evaluations) {
    const { name, way } = one;
    const key = keyOf(one);
    if (!subjects.has(key)) subjects.set(key, { key, name, way });
  }
  return [...subjects.values()];
}

/**
 * The lines of a subject, by measure. Figures of another content of the set cannot be compared with the last
 * ones, so a line begins where the content last changed.
 */
export function trendsOf(evaluations: readonly Wire["Evaluation"][], subject: string): Trend[] {
  const own = evaluations.filter((one) => keyOf(one) === subject);
  const changed = own.findIndex((one) => one.digest !== own[0]?.digest);
  const same = (changed < 0 ? own : own.slice(0, changed)).toReversed();
  const lines = new Map<string, Point[]>();
  for (const { created, version, measures } of same) {
    for (const [measure, { value, low, high }] of Object.entries(measures)) {
      const line = lines.get(measure) ?? [];
      line.push({
        at: Date.parse(created),
        value,
        version,
        ...(low != null && high != null && { range: [low, high] as const }),
      });
      lines.set(measure, line);
    }
  }
  return [...lines].map(([measure, points]) => ({ measure, points }));
}

function keyOf({ kind, name, way }: Wire["Evaluation"]): string {
  return JSON.stringify([kind, name, way]);
}

/** How a measure is written: by its name, as the server gives them. */
export function unitOf(measure: string): "share" | "ms" | "us" | "usd" | "count" {
  if (measure.endsWith("_ms")) return "ms";
  if (measure.endsWith("_us")) return "us";
  if (measure.endsWith("_usd")) return "usd";
  return measure.endsWith("_tokens") ? "count" : "share";
}
