/** Fills that differ by more than their colour, for charts and for what explains them. */

/** How many there are; whatever comes after the last shares it. */
export const PATTERNS = 6;

/** The colour of a series. */
export function seriesColour(at: number): string {
  return `var(--series-${(at % PATTERNS) + 1})`;
}

/** The definitions, inside an SVG; `prefix` keeps those of two charts on a page apart. */
export function Patterns({ prefix }: { prefix: string }) {
  return (
    <defs>
      {Array.from({ length: PATTERNS }, (_, at) => (
        <pattern
          // biome-ignore lint/suspicious/noArrayIndexKey: a pattern is its number
          key={at}
          id={`${prefix}-${at}`}
          width={8}
          height={8}
          patternUnits="userSpaceOnUse"
          {...(at === 1 && { patternTransform: "rotate(45)" })}
          {...(at === 4 && { patternTransform: "rotate(-45)" })}
        >
          <rect width={8} height={8} fill={seriesColour(at)} />
          <Mark at={at} />
        </pattern>
      ))}
    </defs>
  );
}

function Mark({ at }: { at: number }) {
  const light = { stroke: "var(--surface)", strokeWidth: 1.5, opacity: 0.65 };
  switch (at) {
    case 1:
    case 4:
      return <line x1={0} y1={4} x2={8} y2={4} {...light} />;
    case 2:
      return <circle cx={4} cy={4} r={1.5} fill="var(--surface)" opacity={0.7} />;
    case 3:
      return <line x1={0} y1={4} x2={8} y2={4} {...light} strokeWidth={2.5} />;
    case 5:
      return <path d="M0 4H8M4 0V8" {...light} />;
    default:
      return null;
  }
}

/** The fill of a series, by the prefix of its chart. */
export function fill(prefix: string, at: number): string {
  return `url(#${prefix}-${at % PATTERNS})`;
}

/** What each fill means. */
export function Legend({ names }: { names: readonly string[] }) {
  return (
    <ul className="mt-3 flex flex-wrap gap-x-5 gap-y-1.5 text-xs">
      {names.map((name, at) => (
        <li key={name} className="flex items-center gap-2">
          <svg width={16} height={12} aria-hidden="true">
            <Patterns prefix={`legend-${at}`} />
            <rect width={16} height={12} rx={3} fill={fill(`legend-${at}`, at)} />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}
