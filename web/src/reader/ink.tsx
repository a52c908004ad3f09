/** What is drawn on a page: by pdf.js, or as a picture that the server has drawn. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { PDFDocumentProxy, RenderTask } from "pdfjs-dist";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Trouble } from "@/parts/trouble";
import { earlyQuery, pictureQuery } from "./wire";

/** The most pixels that one page is drawn with: beyond them it is drawn less fine. */
const PIXELS_MAX = 16_000_000;
/** When a page is drawn among those that are there. */
export type Turn = "first" | "second" | "last";

/** A page that only flies by is not drawn, and what is read is drawn before what else is seen. */
const WAITS_MS: Record<Turn, number> = { first: 40, second: 140, last: 300 };
/** Dots per inch that pictures are asked for, so that few different ones have to be drawn. */
const FINENESSES = [75, 110, 150, 220, 300];

interface InkProps {
  page: number;
  /** Its size on the screen, in pixels. */
  width: number;
  height: number;
  night: boolean;
  turn: Turn;
}

const NIGHT = "invert(0.92) hue-rotate(180deg)";

/** A page of a PDF. While it is drawn anew at another size, the old drawing stays. */
export function PdfInk({
  pdf,
  page,
  width,
  height,
  night,
  turn,
  onDrawn,
  onFail,
}: InkProps & { pdf: PDFDocumentProxy; onDrawn(): void; onFail(): void }) {
  const place = useRef<HTMLDivElement>(null);
  const wait = useRef(0);
  wait.current = WAITS_MS[turn];
  const told = useRef({ onDrawn, onFail });
  told.current = { onDrawn, onFail };
  useEffect(() => {
    let gone = false;
    let task: RenderTask | undefined;
    const draw = async () => {
      const sheet = await pdf.getPage(page);
      if (gone) return;
      const plain = sheet.getViewport({ scale: 1 });
      const fine = Math.min(devicePixelRatio, Math.sqrt(PIXELS_MAX / Math.max(1, width * height)));
      const viewport = sheet.getViewport({ scale: (width / plain.width) * fine });
      const canvas = document.createElement("canvas");
      canvas.width = Math.max(1, Math.round(viewport.width));
      canvas.height = Math.max(1, Math.round(viewport.height));
      canvas.className = "size-full";
      task = sheet.render({ canvas, viewport });
      await task.promise;
      if (gone) return;
      place.current?.replaceChildren(canvas);
      told.current.onDrawn();
    };
    const timer = setTimeout(
      () =>
        void draw().catch((error: unknown) => {
          const ended = error instanceof Error && error.name === "RenderingCancelledException";
          if (!gone && !ended) told.current.onFail();
        }),
      wait.current,
    );
    return () => {
      gone = true;
      clearTimeout(timer);
      task?.cancel();
    };
  }, [pdf, page, width, height]);
  useEffect(() => {
    const element = place.current;
    return () => {
      // The memory of a canvas is given back at once, not when the browser gets round to it.
      for (const canvas of element?.querySelectorAll("canvas") ?? []) canvas.width = 0;
    };
  }, []);
  return (
    <div
      ref={place}
      aria-hidden
      className="absolute inset-0"
      style={night ? { filter: NIGHT } : undefined}
    />
  );
}

/** A page as the server draws it. */
export function PictureInk({
  document: id,
  page,
  width,
  night,
  points,
}: InkProps & { document: string; points: number }) {
  const { t } = useTranslation("reader");
  const wanted = (72 * width * devicePixelRatio) / Math.max(1, points);
  const dpi = FINENESSES.find((fineness) => fineness >= wanted) ?? FINENESSES.at(-1) ?? 300;
  const picture = useQuery({ ...pictureQuery(id, page, dpi), placeholderData: keepPreviousData });
  if (picture.error) {
    return (
      <div className="absolute inset-x-4 top-4 z-10">
        <Trouble error={picture.error} onRetry={() => void picture.refetch()} />
      </div>
    );
  }
  return <Picture of={picture.data} alt={t("pictureOf", { page })} night={night} />;
}

/** The page as the server has drawn it ahead, until pdf.js has drawn it; nothing where it has not. */
export function EarlyInk({
  document: id,
  page,
  night,
}: Pick<InkProps, "page" | "night"> & { document: string }) {
  const { data } = useQuery({ ...earlyQuery(id, page), enabled: false });
  // What it shows is read to those who do not see it from the words that lie over it.
  return <Picture of={data} alt="" night={night} />;
}

/** A picture that is held in memory, once it is there. */
function Picture({ of, alt, night }: { of: Blob | undefined; alt: string; night: boolean }) {
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (!of) return;
    const made = URL.createObjectURL(of);
    setAddress(made);
    return () => URL.revokeObjectURL(made);
  }, [of]);
  if (!address) return null;
  return (
    <img
      src={address}
      alt={alt}
      draggable={false}
      className="absolute inset-0 size-full"
      style={night ? { filter: NIGHT } : undefined}
    />
  );
}
