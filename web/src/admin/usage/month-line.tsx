/** What the month has cost day after day, what it will have cost at its end, and what it may cost. */
import { Area, ComposedChart, Line, ReferenceLine, ResponsiveContainer, Tooltip } from "recharts";
import { Band, DayAxes } from "../charts/axes";
import { Hint } from "../charts/hint";
import type { DayOfMonth } from "./figures";

const HEIGHT = 280;
/** A limit that lies this many times above what is spent would press the line to the floor. */
const IN_SIGHT = 3;

export interface MonthWords {
  readonly spent: string;
  readonly expected: string;
  readonly range: string;
  readonly budget: string;
  readonly alert: string;
}

export default function MonthLine({
  days,
  budget,
  alert,
  words,
  show,
  showShort,
  dayOf,
}: {
  days: readonly DayOfMonth[];
  budget: number;
  alert: number;
  words: MonthWords;
  show(amount: number): string;
  showShort(amount: number): string;
  dayOf(day: string): string;
}) {
  const most = Math.max(0.01, ...days.map((day) => day.range?.[1] ?? day.spent ?? 0));
  const limits = [
    { value: budget, label: words.budget, colour: "var(--bad)", dash: "2 3" },
    { value: alert, label: words.alert, colour: "var(--warn)", dash: "6 3" },
  ].filter((limit) => limit.value > 0 && limit.value <= most * IN_SIGHT);
  return (
    <>
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <ComposedChart
          data={[...days]}
          margin={{ top: 12, right: 8, bottom: 0, left: 0 }}
          accessibilityLayer={false}
        >
          <DayAxes showShort={showShort} dayOf={dayOf} />
          <Tooltip
            isAnimationActive={false}
            cursor={{ stroke: "var(--edge)" }}
            content={({ active, payload }) => {
              const day: DayOfMonth | undefined = payload?.[0]?.payload;
              if (!active || !day) return null;
              return <Hint title={dayOf(day.day)} rows={rowsOf(day, words, show)} />;
            }}
          />
          <Band />
          <Area
            dataKey="spent"
            stroke="var(--series-1)"
            strokeWidth={2.5}
            fill="var(--series-1)"
            fillOpacity={0.08}
            isAnimationActive={false}
          />
          <Line
            dataKey="expected"
            stroke="var(--series-1)"
            strokeWidth={2}
            strokeDasharray="5 5"
            dot={false}
            isAnimationActive={false}
          />
          {limits.map((limit) => (
            <ReferenceLine
              key={limit.label}
              y={limit.value}
              ifOverflow="extendDomain"
              stroke={limit.colour}
              strokeDasharray={limit.dash}
              label={{
                value: `${limit.label} ${show(limit.value)}`,
                position: "insideBottomLeft",
                fill: limit.colour,
                fontSize: 12,
              }}
            />
          ))}
        </ComposedChart>
      </ResponsiveContainer>
      <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5 text-xs">
        <Sample dash="" name={words.spent} />
        {days.some((day) => day.expected !== undefined) && (
          <>
            <Sample dash="5 4" name={words.expected} />
            <li className="flex items-center gap-2">
              <svg width={22} height={12} aria-hidden="true">
                <rect width={22} height={12} rx={3} fill="var(--series-1)" opacity={0.25} />
              </svg>
              {words.range}
            </li>
          </>
        )}
      </ul>
    </>
  );
}

function rowsOf(day: DayOfMonth, words: MonthWords, show: (amount: number) => string) {
  if (day.spent !== undefined) return [{ name: words.spent, value: show(day.spent) }];
  if (day.expected === undefined) return [];
  return [
    { name: words.expected, value: show(day.expected) },
    ...(day.range
      ? [{ name: words.range, value: `${show(day.range[0])} – ${show(day.range[1])}` }]
      : []),
  ];
}

function Sample({ dash, name }: { dash: string; name: string }) {
  return (
    <li className="flex items-center gap-2">
      <svg width={22} height={12} aria-hidden="true">
        <line
          x1={0}
          y1={6}
          x2={22}
          y2={6}
          stroke="var(--series-1)"
          strokeWidth={2.5}
          strokeDasharray={dash}
        />
      </svg>
      {name}
    </li>
  );
}
