/** A page: what is drawn on it, what is marked, and its words. */
import { useQuery } from "@tanstack/react-query";
import type { PDFDocumentProxy } from "pdfjs-dist";
import { memo, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { FaultWords } from "@/parts/fault";
import { EarlyInk, PdfInk, PictureInk, type Turn } from "./ink";
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
  turn,
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
  /** When it is drawn. */
  turn: Turn;
}) {
  const { t } = useTranslation("reader");
  const [ink, setInk] = useState<"none" | "drawn" | "failed">("none");
  // What pdf.js takes longest for is to start.
  const [early] = useState(pdf === "opening" && turn === "first");
  const due = useDue(turn);
  const lines = useQuery({
    ...linesQuery(document.id, document.version_id, page),
    enabled: due && Boolean(document.version_id),
  });
  const faults = document.faults.filter((fault) => fault.page === page);
  const drawing = { page, width, height, night, turn };
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
      {pdf === undefined || ink === "failed" ? (
        <PictureInk {...drawing} document={document.id} points={size.width} />
      ) : (
        <>
          {early && ink === "none" && <EarlyInk document={document.id} page={page} night={night} />}
          {pdf !== "opening" && (
            <PdfInk
              {...drawing}
              pdf={pdf}
              onDrawn={() => setInk("drawn")}
              onFail={() => setInk("failed")}
            />
          )}
        </>
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
            size={size}
            scale={width / lines.data.width}
            language={document.language}
            night={night}
          />
        </>
      )}
      {faults.map((fault) => (
        <p
          key={fault.kind + fault.message}
          role="note"
          className="absolute inset-x-3 top-3 rounded-lg border border-warn bg-warn-tint px-3 py-2 text-sm text-warn"
        >
          <FaultWords fault={fault} />
        </p>
      ))}
    </div>
  );
});

/** Milliseconds until the words of a page are laid over it: those of what is read come first. */
const WORDS_MS: Record<Turn, number> = { first: 0, second: 200, last: 900 };

/** Whether it is the turn of a page's words; once it was, it stays so. */
function useDue(turn: Turn): boolean {
  const [due, setDue] = useState(turn === "first");
  useEffect(() => {
    const timer = setTimeout(() => setDue(true), WORDS_MS[turn]);
    return () => clearTimeout(timer);
  }, [turn]);
  return due;
}

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
      {LOOKS.map((look) => (
        // Laid on together: where boxes overlap, the page does not become darker twice.
        <div
          key={look}
          aria-hidden
          className={`absolute inset-0 ${night ? "mix-blend-screen" : "mix-blend-multiply"}`}
        >
          {boxes
            .filter((box) => box.look === look)
            .map((box) => (
              <div
                key={box.key}
                data-look={look}
                className={`absolute rounded-[2px] ${night ? NIGHT_LOOKS[look] : DAY_LOOKS[look]}`}
                style={{
                  left: (box.x - 1) * scale,
                  top: (box.y - 0.5) * scale,
                  width: (box.width + 2) * scale,
                  height: (box.height + 1) * scale,
                }}
              />
            ))}
        </div>
      ))}
    </div>
  );
}

const LOOKS: readonly Look[] = ["found", "cited", "here"];

/** On white paper marks are laid on as ink is: what they cover stays as dark as it was. */
const DAY_LOOKS: Record<Look, string> = {
  cited: "bg-[#ffe08a]",
  found: "bg-[#d6ecf0]",
  here: "bg-[#ffc46b] outline-2 outline-[#8a4b00]",
};
const NIGHT_LOOKS: Record<Look, string> = {
  cited: "bg-[#6b5516]",
  found: "bg-[#21454f]",
  here: "bg-[#7a4a00] outline-2 outline-[#ffc46b]",
};
