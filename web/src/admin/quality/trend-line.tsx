/** One measure over time: a dot for each evaluation, a line between, and a band for what it lies between. */
import { ComposedChart, Line, ResponsiveContainer, Tooltip } from "recharts";
import { Band, MomentAxes } from "../charts/axes";
import { Hint } from "../charts/hint";
import type { Point } from "./trend";

const HEIGHT = 170;

export default function TrendLine({
  points,
  most,
  show,
  dayOf,
  rowsOf,
}: {
  points: readonly Point[];
  /** The end of the scale, where it has one: 1 for shares. */
  most?: number;
  show(value: number): string;
  dayOf(at: number): string;
  /** What is said of the point under the pointer. */
  rowsOf(point: Point): { name: string; value: string }[];
}) {
  return (
    <ResponsiveContainer width="100%" height={HEIGHT}>
      <ComposedChart
        data={[...points]}
        margin={{ top: 8, right: 12, bottom: 0, left: 0 }}
        accessibilityLayer={false}
      >
        <MomentAxes most={most} show={show} dayOf={dayOf} />
        <Tooltip
          isAnimationActive={false}
          cursor={{ stroke: "var(--edge)" }}
          content={({ active, payload }) => {
            const point: Point | undefined = payload?.[0]?.payload;
            if (!active || !point) return null;
            return <Hint title={dayOf(point.at)} rows={rowsOf(point)} />;
          }}
        />
        <Band />
        <Line
          dataKey="value"
          stroke="var(--series-1)"
          strokeWidth={2.5}
          dot={{ r: 3.5, fill: "var(--series-1)", strokeWidth: 0 }}
          isAnimationActive={false}
        />
      </ComposedChart>
    </ResponsiveContainer>
  );
}
