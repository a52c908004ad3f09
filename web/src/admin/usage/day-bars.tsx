/** Bars of each day, one upon the other. */
import { useId } from "react";
import { Bar, BarChart, ResponsiveContainer, Tooltip } from "recharts";
import { DayAxes } from "../charts/axes";
import { Hint } from "../charts/hint";
import { fill, Legend, Patterns, seriesColour } from "../charts/patterns";
import type { DayOfSeries } from "./figures";

const HEIGHT = 280;

export default function DayBars({
  days,
  series,
  show,
  showShort,
  dayOf,
}: {
  days: readonly DayOfSeries[];
  /** The names of the series, in order. */
  series: readonly string[];
  /** How an amount is written. */
  show(amount: number): string;
  /** The same with little room. */
  showShort(amount: number): string;
  /** How a day is written. */
  dayOf(day: string): string;
}) {
  const prefix = `bars${useId().replace(/[^a-zA-Z0-9]/g, "")}`;
  const last = series.length - 1;
  return (
    <>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <BarChart
          data={[...days]}
          margin={{ top: 8, right: 4, bottom: 0, left: 0 }}
          barCategoryGap="18%"
          accessibilityLayer={false}
        >
          <Patterns prefix={prefix} />
          <DayAxes showShort={showShort} dayOf={dayOf} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ fill: "var(--sunken)", opacity: 0.7 }}
            content={({ active, payload }) => {
              const day: DayOfSeries | undefined = payload?.[0]?.payload;
              if (!active || !day) return null;
              const rows = series
                .map((name, at) => ({
                  name,
                  amount: day.amounts[at] ?? 0,
                  colour: seriesColour(at),
                }))
                .filter((row) => row.amount > 0)
                .map((row) => ({ ...row, value: show(row.amount) }));
              const total = day.amounts.reduce((sum, one) => sum + one, 0);
              return <Hint title={dayOf(day.day)} rows={rows} total={show(total)} />;
            }}
          />
          {series.map((name, at) => (
            <Bar
              key={name}
              dataKey={(day: DayOfSeries) => day.amounts[at] ?? 0}
              name={name}
              stackId="day"
              fill={fill(prefix, at)}
              radius={at === last ? [3, 3, 0, 0] : 0}
              maxBarSize={40}
              isAnimationActive={false}
            />
          ))}
        </BarChart>
      </ResponsiveContainer>
      {series.length > 0 && <Legend names={series} />}
    </>
  );
}
