/** A block of a text: a heading, a paragraph, a table and so on, with its marks. */
import { Image } from "lucide-react";
import { createElement, memo, type ReactNode } from "react";
import { bytesOf } from "./bytes";
import { type Look, type Mark, pieces } from "./pieces";
import { rowsOf, type Stretch } from "./rows";
import type { Block } from "./wire";

/** Text with its marks; every part of it knows its first byte. */
export function Marked({ text, start, marks }: Stretch & { marks: readonly Mark[] }): ReactNode {
  return pieces(text, start, bytesOf(text), marks).map((piece) =>
    piece.look ? (
      <mark
        key={piece.start}
        data-start={piece.start}
        data-testid={piece.look === "found" ? "found" : "mark"}
        className={LOOKS[piece.look]}
      >
        {piece.text}
      </mark>
    ) : (
      <span key={piece.start} data-start={piece.start}>
        {piece.text}
      </span>
    ),
  );
}

const LOOKS: Record<Look, string> = {
  cited: "bg-mark text-mark-ink box-decoration-clone px-0.5 -mx-0.5",
  found: "bg-tint text-ink",
  here: "bg-mark text-mark-ink outline-2 outline-warn",
};

const HEADINGS: Record<number, string> = {
  1: "text-[1.9em] leading-tight mt-[1.4em] mb-[0.7em]",
  2: "text-[1.5em] leading-tight mt-[1.5em] mb-[0.6em]",
  3: "text-[1.25em] leading-snug mt-[1.4em] mb-[0.5em]",
};
const HEADING = "text-[1.08em] leading-snug mt-[1.3em] mb-[0.4em]";

export const BlockView = memo(function BlockView({
  block,
  level,
  marks,
}: {
  block: Block;
  /** The level on the page, of a heading. */
  level: number | undefined;
  marks: readonly Mark[];
}) {
  const words = <Marked text={block.text} start={block.span.start} marks={marks} />;
  switch (block.kind) {
    case "heading":
      return createElement(
        `h${level ?? 2}`,
        { className: `font-semibold text-balance ${HEADINGS[block.level ?? 1] ?? HEADING}` },
        words,
      );
    case "list_item":
      return (
        <li
          className="my-[0.3em] list-disc marker:text-soft"
          style={{ marginInlineStart: `${1.2 + 1.4 * (block.level ?? 0)}em` }}
        >
          {words}
        </li>
      );
    case "table":
      return <Table block={block} marks={marks} />;
    case "code":
      return (
        <pre
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
          tabIndex={0}
          className="my-[1.1em] overflow-x-auto rounded-lg border border-line bg-sunken px-4 py-3 font-mono text-[0.82em] leading-relaxed"
        >
          <code>{words}</code>
        </pre>
      );
    case "quote":
      return (
        <blockquote className="my-[1em] border-s-3 border-line ps-5 whitespace-pre-line">
          {words}
        </blockquote>
      );
    case "caption":
      return <p className="my-[0.8em] text-[0.88em] whitespace-pre-line text-soft">{words}</p>;
    case "footnote":
      return (
        <p className="my-[0.6em] border-t border-line pt-[0.5em] text-[0.86em] leading-normal whitespace-pre-line text-soft">
          {words}
        </p>
      );
    case "image":
      return (
        <p className="my-[1em] flex items-start gap-3 rounded-lg border border-dashed border-line px-4 py-3 font-sans text-[0.82em] whitespace-pre-line text-soft">
          <Image aria-hidden className="mt-0.5 size-4 shrink-0" />
          <span>{words}</span>
        </p>
      );
    default:
      return <p className="my-[0.85em] whitespace-pre-line">{words}</p>;
  }
});

/** A table. Only the first part of a long one has its header. */
function Table({ block, marks }: { block: Block; marks: readonly Mark[] }) {
  const rows = rowsOf(block.text, block.span.start);
  const begins = !block.whole || block.whole.start === block.span.start;
  const [header, ...rest] = rows;
  const hasHeader = begins && rows.length > 1 && header !== undefined;
  const body = hasHeader ? rest : rows;
  const columns = Math.max(...rows.map((row) => row.length));
  return (
    <section
      aria-label={header?.map((cell) => cell.text).join(", ") || undefined}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
      tabIndex={0}
      className="my-[1.1em] overflow-x-auto rounded-lg border border-line font-sans text-[0.82em]"
    >
      <table className="w-full border-collapse">
        {hasHeader && (
          <thead className="bg-sunken text-start">
            <tr>{cells(header, columns, "th", marks)}</tr>
          </thead>
        )}
        <tbody>
          {body.map((row) => (
            <tr key={row[0]?.start} className="border-line border-t first:border-t-0">
              {cells(row, columns, "td", marks)}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function cells(row: readonly Stretch[], columns: number, tag: "th" | "td", marks: readonly Mark[]) {
  return Array.from({ length: columns }, (_, column) => {
    const cell = row[column];
    const name = tag === "th" && cell?.text ? "th" : "td";
    return createElement(
      name,
      {
        key: column,
        ...(name === "th" && { scope: "col" }),
        className: `min-w-16 px-3 py-1.5 text-start align-top ${tag === "th" ? "font-semibold" : ""}`,
      },
      cell && <Marked {...cell} marks={marks} />,
    );
  });
}
