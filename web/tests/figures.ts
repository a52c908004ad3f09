/** Figures that tests measure, beside what is asked of them; `bench/run` takes them from the report. */
import { expect, test } from "@playwright/test";

/** What is asked of a figure: at most, or at least so much. */
export type Asked = { readonly most: number } | { readonly least: number };

/**
 * Tells a figure of the running test, and fails it where the figure is not what is asked. Of what is
 * not reached yet `passes` says how far off it may be; the report says that it is not reached.
 */
export function figure(
  what: string,
  value: number,
  unit: string,
  asked: Asked,
  passes: Asked = asked,
): void {
  const description = JSON.stringify({ what, value, unit, asked });
  test.info().annotations.push({ type: "figure", description });
  // biome-ignore lint/suspicious/noConsole: the figures are for the one who reads the output
  console.info(`${what}: ${value.toFixed(value < 100 ? 1 : 0)} ${unit}`);
  if ("most" in passes) expect(value, what).toBeLessThanOrEqual(passes.most);
  else expect(value, what).toBeGreaterThanOrEqual(passes.least);
}

/** The middle one; of an even number the larger of the two in the middle. */
export function median(values: readonly number[]): number {
  return percentile(values, 0.5);
}

/** What so large a share of them does not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
