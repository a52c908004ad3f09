/** A PDF that stays open as long as it is shown. */
import type { PDFDocumentProxy } from "pdfjs-dist";
import { useEffect, useState } from "react";
import type { Document } from "./wire";

/** How opening went: going on, open, or not to be opened by pdf.js, so that pictures are shown. */
export type PdfState = "opening" | PDFDocumentProxy | undefined;

/** Opens the document if it is a PDF. */
export function usePdf({ id, bytes, digest }: Document, isPdf: boolean): PdfState {
  const [state, setState] = useState<PdfState>(isPdf ? "opening" : undefined);
  useEffect(() => {
    if (!isPdf) {
      setState(undefined);
      return;
    }
    let close: (() => void) | undefined;
    let gone = false;
    setState("opening");
    const fail = () => {
      if (!gone) setState(undefined);
    };
    void import("./pdf")
      .then(({ openPdf }) => openPdf({ id, bytes, digest }, fail))
      .then((open) => {
        close = open.close;
        if (gone) open.close();
        else setState(open.pdf);
      }, fail);
    return () => {
      gone = true;
      close?.();
    };
  }, [id, bytes, digest, isPdf]);
  return state;
}
