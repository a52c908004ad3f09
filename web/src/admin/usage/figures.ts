/** Reckoning with what was used, for charts. */
import type { Wire } from "@/api/client";

export type UsedOnDay = Wire["UsedOnDay"];
/** What a chart counts. */
export type Measure = "cost" | "tokens" | "calls";

/** So many series have a fill of their own; the rest are summed up. */
export const SERIES_MAX = 5;
/** The name of the series of all others. */
export const REST = "…";

interface Counted {
  calls: number;
  prompt_tokens: number;
  completion_tokens: number;
  cost_usd: number;
}

/** What is counted of something. */
export function amount(used: Counted, measure: Measure): number {
  if (measure === "cost") return used.cost_usd;
  if (measure === "calls") return used.calls;
  return used.prompt_tokens + used.completion_tokens;
}

/** The days (UTC) from so many ago until today, oldest first. */
export function daysBack(count: number, now: number): string[] {
  return Array.from({ length: count }, (_, at) =>
    new Date(now - (count - 1 - at) * 86_400_000).toISOString().slice(0, 10),
  );
}

/** A day and what each series has on it, in the order of the series. */
export interface DayOfSeries {
  readonly day: string;
  readonly amounts: readonly number[];
}

/** What was used on each day, in series; the largest first, the smaller ones summed up. */
export function byDay(
  used: readonly UsedOnDay[],
  days: readonly string[],
  nameOf: (used: UsedOnDay) => string,
  measure: Measure,
): { series: string[]; days: DayOfSeries[] } {
  const totals = new Map<string, number>();
  for (const one of used) {
    const name = nameOf(one);
    totals.set(name, (totals.get(name) ?? 0) + amount(one, measure));
  }
  const names = [...totals].sort(([, one], [, other]) => other - one).map(([name]) => name);
  const own = names.length > SERIES_MAX + 1 ? names.slice(0, SERIES_MAX) : names;
  const series = own.length < names.length ? [...own, REST] : own;
  const places = new Map(days.map((day, at) => [day, at]));
  const amounts = days.map(() => series.map(() => 0));
  for (const one of used) {
    const row = amounts[places.get(one.day) ?? -1];
    if (!row) continue;
    const found = own.indexOf(nameOf(one));
    const at = found < 0 ? series.length - 1 : found;
    row[at] = (row[at] ?? 0) + amount(one, measure);
  }
  return { series, days: days.map((day, at) => ({ day, amounts: amounts[at] ?? [] })) };
}

/** A day of the month: what had been spent by its end, or what is to be expected. */
export interface DayOfMonth {
  readonly day: string;
  readonly spent?: number;
  readonly expected?: number;
  /** What it lies between in four of five months. */
  readonly range?: readonly [number, number];
}

/** The month so far, and the straight line from today to what is expected at its end. */
export function monthLine(
  used: readonly UsedOnDay[],
  first: string,
  now: number,
  forecast: Wire["Forecast"] | null | undefined,
): DayOfMonth[] {
  const start = new Date(`${first}T00:00:00Z`);
  const count = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0)).getUTCDate();
  const today = new Date(now).toISOString().slice(0, 10);
  const daily = new Map<string, number>();
  for (const one of used) daily.set(one.day, (daily.get(one.day) ?? 0) + one.cost_usd);
  const days = Array.from({ length: count }, (_, at) =>
    new Date(start.getTime() + at * 86_400_000).toISOString().slice(0, 10),
  );
  const last = days.indexOf(today);
  let sum = 0;
  const spent = days.map((day) => {
    sum += daily.get(day) ?? 0;
    return sum;
  });
  const here = spent[last] ?? 0;
  const left = count - 1 - last;
  return days.map((day, at) => {
    const past = at <= last ? { spent: spent[at] ?? 0 } : {};
    if (!forecast || last < 0 || at < last || left === 0) return { day, ...past };
    const part = (at - last) / left;
    const towards = (end: number) => here + (end - here) * part;
    return {
      day,
      ...past,
      expected: towards(forecast.cost_usd),
      range: [towards(forecast.low_usd), towards(forecast.high_usd)],
    };
  });
}
