/** A text as a picture for a camera: dark squares on white, whatever the appearance. */
import { useMemo } from "react";
import { encode } from "uqr";

/** White around the squares, which cameras need. */
const QUIET = 4;

export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const code = encode(text, { ecc: "M", border: 0 });
    const squares = code.data.flatMap((row, y) =>
      row.flatMap((dark, x) => (dark ? [`M${x + QUIET} ${y + QUIET}h1v1h-1z`] : [])),
    );
    return { size: code.size + 2 * QUIET, path: squares.join("") };
  }, [text]);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shapeRendering="crispEdges"
      className="size-52 self-center rounded-xl border border-line bg-white"
    >
      <path d={path} fill="#000" />
    </svg>
  );
}
