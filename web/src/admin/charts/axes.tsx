/** What charts stand on: time along the floor, amounts at the side, lines for the eye. */
import { Area, CartesianGrid, XAxis, YAxis } from "recharts";

const TICK = { fill: "var(--soft)", fontSize: 12 };
const AMOUNT_WIDTH = 56;
const AMOUNTS_FEW = 3;
const DAY_GAP = 26;
const MOMENT_GAP = 40;

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
      <Lines />
      <XAxis dataKey="day" tickFormatter={dayOf} minTickGap={DAY_GAP} {...FLOOR} />
      <YAxis domain={[0, "auto"]} tickFormatter={showShort} {...SIDE} />
    </>
  );
}

/** The same where each point has its own moment, `at`, in milliseconds since 1970. */
export function MomentAxes({
  most = "auto",
  show,
  dayOf,
}: {
  /** The end of the scale, where it has one. */
  most?: number | "auto" | undefined;
  show(value: number): string;
  dayOf(at: number): string;
}) {
  return (
    <>
      <Lines />
      <XAxis
        dataKey="at"
        type="number"
        scale="time"
        domain={["dataMin", "dataMax"]}
        tickFormatter={dayOf}
        minTickGap={MOMENT_GAP}
        {...FLOOR}
      />
      <YAxis domain={[0, most]} tickFormatter={show} tickCount={AMOUNTS_FEW} {...SIDE} />
    </>
  );
}

/** What values lie between: the pair `range` of each point. */
export function Band() {
  return (
    <Area
      dataKey="range"
      stroke="none"
      fill="var(--series-1)"
      fillOpacity={0.16}
      isAnimationActive={false}
      activeDot={false}
    />
  );
}

function Lines() {
  return <CartesianGrid vertical={false} stroke="var(--line)" />;
}

const FLOOR = { tick: TICK, stroke: "var(--line)", tickLine: false } as const;
const SIDE = { tick: TICK, stroke: "none", width: AMOUNT_WIDTH } as const;
