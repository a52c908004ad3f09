import { describe, expect, it } from "vitest";
import { dollars } from "./budget-dialog";
import { byDay, daysBack, monthLine, REST, SERIES_MAX, type UsedOnDay } from "./figures";
import { standing } from "./meter";

const NOW = Date.parse("2026-11-03T23:30:00Z");

function used(day: string, model: string, cost_usd: number): UsedOnDay {
  return {
    day,
    model,
    cost_usd,
    feature: "answer",
    provider: "p",
    calls: 1,
    prompt_tokens: 10,
    completion_tokens: 5,
    cached_tokens: 0,
  };
}

describe("days in series", () => {
  const days = daysBack(3, NOW);

  it("are days in UTC, with those without use among them", () => {
    expect(days).toEqual(["2026-11-01", "2026-11-02", "2026-11-03"]);
    const made = byDay([used("2026-11-03", "a", 2)], days, (one) => one.model, "cost");
    expect(made.days.map((day) => day.amounts)).toEqual([[0], [0], [2]]);
  });

  it("put the largest first and sum the smallest up", () => {
    const many = Array.from({ length: SERIES_MAX + 3 }, (_, at) =>
      used("2026-11-02", `model ${at}`, at + 1),
    );
    const made = byDay(many, days, (one) => one.model, "cost");
    expect(made.series).toHaveLength(SERIES_MAX + 1);
    expect(made.series[0]).toBe(`model ${SERIES_MAX + 2}`);
    expect(made.series.at(-1)).toBe(REST);
    expect(made.days[1]?.amounts.at(-1)).toBe(1 + 2 + 3);
  });

  it("lose nothing, and ignore days outside", () => {
    const some = [
      used("2026-11-01", "a", 1),
      used("2026-11-01", "b", 2),
      used("2026-10-01", "a", 9),
    ];
    const made = byDay(some, days, (one) => one.model, "tokens");
    expect(made.days.flatMap((day) => day.amounts).reduce((sum, one) => sum + one, 0)).toBe(30);
  });
});

describe("the line of a month", () => {
  const forecast = { cost_usd: 30, low_usd: 20, high_usd: 40, days: 20 };

  it("sums up until today and goes straight to what is expected", () => {
    const some = [
      used("2026-10-31", "a", 9),
      used("2026-11-01", "a", 1),
      used("2026-11-03", "a", 2),
    ];
    const line = monthLine(some, "2026-11-01", NOW, forecast);
    expect(line).toHaveLength(30);
    expect(line.slice(0, 4).map((day) => day.spent)).toEqual([1, 1, 3, undefined]);
    expect(line[2]).toMatchObject({ expected: 3, range: [3, 3] });
    expect(line[1]?.expected).toBeUndefined();
    expect(line.at(-1)).toMatchObject({ day: "2026-11-30", expected: 30, range: [20, 40] });
  });

  it("expects nothing while too few days are known", () => {
    const line = monthLine([], "2026-11-01", NOW, null);
    expect(line.some((day) => day.expected !== undefined)).toBe(false);
  });
});

describe("an amount", () => {
  it.each([
    ["", null],
    [" 12,50 ", 12.5],
    ["0", 0],
    ["-1", undefined],
    ["twelve", undefined],
  ])("%j is %j", (typed, amount) => {
    expect(dollars(typed)).toBe(amount);
  });
});

describe("how a budget stands", () => {
  const budget = { kind: "tenant", subject: "all", is_set: true, calls: 0, tokens: 0 };
  it.each([
    [{ spent_usd: 1 }, "free"],
    [{ spent_usd: 1, max_usd: 2, alert_usd: 1.5 }, "below"],
    [{ spent_usd: 1.5, max_usd: 2, alert_usd: 1.5 }, "alert"],
    [{ spent_usd: 2, max_usd: 2, alert_usd: 1.5 }, "reached"],
    [{ spent_usd: 0, max_usd: 0 }, "reached"],
  ])("%j: %s", (money, state) => {
    expect(standing({ ...budget, ...money })).toBe(state);
  });
});
