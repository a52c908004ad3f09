/** A page: what is drawn on it, what is marked, and its words. */
import { useQuery } from "@tanstack/react-query";
import type { PDFDocumentProxy } from "pdfjs-dist";
import { memo, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { sentence } from "@/parts/trouble";
import { PdfInk, PictureInk } from "./ink";
import { boxesOf, textOf } from "./layer";
import type { Size } from "./paging";
import type { Look, Mark, Span } from "./pieces";
import { TextLayer } from "./text-layer";
import { type Document, linesQuery } from "./wire";

/** Where a page is drawn, in pixels. */
export interface Place {
  readonly top: number;
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

export const Sheet = memo(function Sheet({
  document,
  page,
  count,
  size,
  top,
  left,
  width,
  height,
  pdf,
  marks,
  cited,
  night,
}: Place & {
  document: Document;
  page: number;
  count: number;
  /** In points. */
  size: Size;
  /** The PDF; without it the server's pictures are shown. */
  pdf: PDFDocumentProxy | "opening" | undefined;
  marks: readonly Mark[];
  cited: (Span & { words: string }) | undefined;
  night: boolean;
}) {
  const { t } = useTranslation("reader");
  const [undrawn, setUndrawn] = useState(false);
  const lines = useQuery(linesQuery(document.id, document.version_id, page));
  const faults = document.faults.filter((fault) => fault.page === page);
  const ink = { page, width, height, night };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a page is no set of fields
    <div
      role="group"
      aria-label={t("pageOf", { page, count })}
      data-page={page}
      data-scale={width / size.width}
      className={`absolute overflow-hidden shadow-card ${night ? "bg-[#141414]" : "bg-white"}`}
      style={{ top, left, width, height }}
    >
      {pdf === undefined || undrawn ? (
        <PictureInk {...ink} document={document.id} points={size.width} />
      ) : (
        pdf !== "opening" && <PdfInk {...ink} pdf={pdf} onFail={() => setUndrawn(true)} />
      )}
      {lines.data && (
        <>
          <Marks
            lines={lines.data.items}
            scale={width / lines.data.width}
            marks={marks}
            cited={cited}
            night={night}
          />
          <TextLayer
            lines={lines.data.items}
            scale={width / lines.data.width}
            language={document.language}
          />
        </>
      )}
      {faults.map((fault) => (
        <p
          key={fault.kind + fault.message}
          role="note"
          className="absolute inset-x-3 bottom-3 rounded-lg border border-warn bg-warn-tint px-3 py-2 text-sm text-warn"
        >
          {sentence(fault.message)}
        </p>
      ))}
    </div>
  );
});

type Lines = Parameters<typeof boxesOf>[0];

/** The marks on a page. What an answer rests on is told in words to those who do not see the boxes. */
function Marks({
  lines,
  scale,
  marks,
  cited,
  night,
}: {
  lines: Lines;
  scale: number;
  marks: readonly Mark[];
  cited: (Span & { words: string }) | undefined;
  night: boolean;
}) {
  const boxes = useMemo(
    () =>
      marks.flatMap((mark) =>
        boxesOf(lines, mark).map((box) => ({
          ...box,
          look: mark.look,
          key: `${mark.look} ${mark.start} ${box.y} ${box.x}`,
        })),
      ),
    [lines, marks],
  );
  const words = cited ? textOf(lines, cited, cited.words) : "";
  return (
    <div className="pointer-events-none absolute inset-0">
      {words !== "" && (
        <mark data-testid="mark" className="sr-only">
          {words}
        </mark>
      )}
      {boxes.map((box) => (
        <div
          key={box.key}
          aria-hidden
          data-look={box.look}
          className={`absolute rounded-[2px] ${night ? NIGHT_LOOKS[box.look] : DAY_LOOKS[box.look]}`}
          style={{
            left: (box.x - 1) * scale,
            top: (box.y - 1) * scale,
            width: (box.width + 2) * scale,
            height: (box.height + 2) * scale,
          }}
        />
      ))}
    </div>
  );
}

/** On white paper marks are laid on as ink is: what they cover stays as dark as it was. */
const DAY_LOOKS: Record<Look, string> = {
  cited: "bg-[#ffe08a] mix-blend-multiply",
  found: "bg-[#d6ecf0] mix-blend-multiply",
  here: "bg-[#ffc46b] mix-blend-multiply outline-2 outline-[#8a4b00]",
};
const NIGHT_LOOKS: Record<Look, string> = {
  cited: "bg-[#6b5516] mix-blend-screen",
  found: "bg-[#21454f] mix-blend-screen",
  here: "bg-[#7a4a00] mix-blend-screen outline-2 outline-[#ffc46b]",
};
