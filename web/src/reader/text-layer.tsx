/** The stored words of a page, unseen, where they stand on it, so that they can be selected and read out. */
import { memo, useMemo, useRef } from "react";
import { isRightToLeft, wordsOf } from "./layer";
import type { Size } from "./paging";
import { useSteady } from "./use-steady";
import type { Line } from "./wire";

/** Words are set in this size and stretched to theirs: browsers do not set text as small as they like. */
const SET_PX = 20;
const FONT = `${SET_PX}px sans-serif`;

let ruler: CanvasRenderingContext2D | null | undefined;

function widthOf(text: string): number {
  ruler ??= document.createElement("canvas").getContext("2d");
  if (!ruler) return text.length * SET_PX * 0.5;
  ruler.font = FONT;
  return ruler.measureText(text).width;
}

/** The layer, laid out in points and scaled as a whole. */
export const TextLayer = memo(function TextLayer({
  lines,
  size,
  scale,
  language,
  night,
}: {
  lines: readonly Line[];
  /** Of the page, in points. */
  size: Size;
  scale: number;
  language?: string | null | undefined;
  night: boolean;
}) {
  const set = useMemo(
    () => lines.map((line) => ({ line, words: wordsOf(line), rtl: isRightToLeft(line) })),
    [lines],
  );
  const layer = useRef<HTMLDivElement>(null);
  useSteady(layer);
  return (
    <div
      ref={layer}
      lang={language ?? undefined}
      className={`absolute top-0 left-0 origin-top-left cursor-text text-transparent selection:text-transparent ${night ? "mix-blend-screen selection:bg-[#1f5f70]" : "mix-blend-multiply selection:bg-[#b9d8de]"}`}
      style={{
        width: size.width,
        height: size.height,
        transform: `scale(${scale})`,
        font: FONT,
        lineHeight: `${SET_PX}px`,
      }}
    >
      {set.map(({ line, words, rtl }) => (
        <span key={line.span.start} dir={rtl ? "rtl" : "ltr"}>
          {words.map((word) => (
            <span
              key={word.start}
              data-start={word.start}
              className="absolute z-1 origin-top-left whitespace-pre"
              style={{
                left: word.x,
                top: word.y,
                transform: `scale(${word.width / Math.max(1, widthOf(word.text))}, ${word.height / SET_PX})`,
              }}
            >
              {word.text}
            </span>
          ))}
          <br />
        </span>
      ))}
    </div>
  );
});
