/**
 * Values with what they lie between: a dot and a line for each. Horizontal, so that long names have
 * room; the first is what the others are compared with.
 */
import { useId } from "react";
import { seriesColour } from "../charts/patterns";

/** A value with its interval. */
export interface Ranged {
  readonly name: string;
  readonly value: number;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

const ROW = 34;
const TICKS = 2;

export default function Intervals({
  items,
  show,
  most,
  plain = false,
}: {
  items: readonly Ranged[];
  show(value: number): string;
  /** The end of the scale, where it has one: 1 for shares. */
  most?: number;
  /** Whether the values are of different things, and none is compared with another. */
  plain?: boolean;
}) {
  const id = useId();
  const top = most ?? (Math.max(...items.map((item) => item.high ?? item.value), 0) * 1.05 || 1);
  const at = (value: number) => `${(Math.max(0, Math.min(top, value)) / top) * 100}%`;
  const first = items[0];
  return (
    <div className="text-xs">
      <ul className="relative">
        {items.map((item, place) => (
          <li
            key={`${id}:${item.name}`}
            className="grid grid-cols-[minmax(6rem,28%)_minmax(0,1fr)_4.5rem] items-center gap-3"
          >
            <span className="line-clamp-2 break-words">{item.name}</span>
            <svg aria-hidden="true" width="100%" height={ROW} className="overflow-visible">
              <line x1="0" x2="100%" y1={ROW / 2} y2={ROW / 2} stroke="var(--line)" />
              {first && !plain && items.length > 1 && (
                <line
                  x1={at(first.value)}
                  x2={at(first.value)}
                  y1={0}
                  y2={ROW}
                  stroke="var(--edge)"
                  strokeDasharray="2 3"
                />
              )}
              {item.low !== undefined && item.high !== undefined && (
                <line
                  x1={at(item.low)}
                  x2={at(item.high)}
                  y1={ROW / 2}
                  y2={ROW / 2}
                  stroke={seriesColour(plain ? 0 : place)}
                  strokeWidth={7}
                  strokeLinecap="round"
                  opacity={0.35}
                />
              )}
              <circle
                cx={at(item.value)}
                cy={ROW / 2}
                r={5.5}
                fill={seriesColour(plain ? 0 : place)}
              />
            </svg>
            <span className="text-end font-medium tabular-nums">{show(item.value)}</span>
          </li>
        ))}
      </ul>
      <div className="grid grid-cols-[minmax(6rem,28%)_minmax(0,1fr)_4.5rem] gap-3 text-soft">
        <span />
        <span className="flex justify-between tabular-nums">
          {Array.from({ length: TICKS + 1 }, (_, tick) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the marks of a scale never move
            <span key={tick} className="whitespace-nowrap">
              {show((top / TICKS) * tick)}
            </span>
          ))}
        </span>
        <span />
      </div>
    </div>
  );
}
