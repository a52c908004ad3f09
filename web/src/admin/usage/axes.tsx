/** What charts of days stand on: the days along the floor, the amounts at the side, lines for the eye. */
import { CartesianGrid, XAxis, YAxis } from "recharts";

const TICK = { fill: "var(--soft)", fontSize: 12 };
const AMOUNT_WIDTH = 56;
const DAY_GAP = 26;

export function DayAxes({
  showShort,
  dayOf,
}: {
  /** How an amount is written with little room. */
  showShort(amount: number): string;
  /** How a day is written. */
  dayOf(day: string): string;
}) {
  return (
    <>
      <CartesianGrid vertical={false} stroke="var(--line)" />
      <XAxis
        dataKey="day"
        tickFormatter={dayOf}
        tick={TICK}
        stroke="var(--line)"
        tickLine={false}
        minTickGap={DAY_GAP}
      />
      <YAxis
        domain={[0, "auto"]}
        tickFormatter={showShort}
        tick={TICK}
        stroke="none"
        width={AMOUNT_WIDTH}
      />
    </>
  );
}
