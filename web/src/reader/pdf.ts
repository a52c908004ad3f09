/**
 * Opens a PDF with pdf.js, which is fetched when the first one is opened. Only the parts of the file
 * that the shown pages need are fetched, as whoever is signed in; everything pdf.js itself needs (its
 * worker, fonts, tables of characters, decoders) comes from this server.
 */
import {
  getDocument,
  PDFDataRangeTransport,
  type PDFDocumentProxy,
  PDFWorker,
  VerbosityLevel,
} from "pdfjs-dist";
import { fetchPath } from "@/api/client";
import { back } from "@/api/connection";
import { Unreachable } from "@/api/problem";
import { pdfWorker } from "./pdf-worker";

/** A PDF that is open. */
export interface OpenPdf {
  readonly pdf: PDFDocumentProxy;
  close(): void;
}

/** Bytes that are fetched at once: a page of a usual book needs one or two such parts. */
const RANGE_BYTES = 256 * 1024;

/** What pdf.js asks for by its name, from our own files, which bear their digests. */
class OwnFiles {
  async fetch({ filename }: { kind: string; filename: string }): Promise<Uint8Array> {
    const { fileUrls } = await import("./pdf-files");
    const url = fileUrls.get(filename);
    const response = url ? await fetch(url) : undefined;
    if (!response?.ok) throw new Error(`there is no file ${filename}`);
    return new Uint8Array(await response.arrayBuffer());
  }
}

/** Opens the original of a document; `onFail` is told what breaks it later. */
export async function openPdf(
  document: { id: string; bytes: number; digest: string },
  onFail: (error: unknown) => void,
): Promise<OpenPdf> {
  const ended = new AbortController();
  const port = pdfWorker();
  // pdf.js waits for ever for a worker that could not be fetched, or has failed.
  const failed = new Promise<never>((_, reject) => {
    const fail = () => reject(new Error("what reads PDF files has failed"));
    port.addEventListener("error", fail, { once: true, signal: ended.signal });
  });
  failed.catch(onFail);

  class Ranges extends PDFDataRangeTransport {
    override requestDataRange(begin: number, end: number): void {
      void bytes(document, begin, end, ended.signal).then(
        (chunk) => this.onDataRange(begin, chunk),
        (error) => {
          if (!ended.signal.aborted) onFail(error);
        },
      );
    }
    override abort(): void {
      ended.abort();
    }
  }

  const task = getDocument({
    worker: PDFWorker.create({ port }),
    range: new Ranges(document.bytes, null),
    rangeChunkSize: RANGE_BYTES,
    disableAutoFetch: true,
    disableStream: true,
    useWorkerFetch: false,
    // Fonts that a file lacks look the same everywhere.
    useSystemFonts: false,
    BinaryDataFactory: OwnFiles,
    cMapUrl: "cmaps/",
    standardFontDataUrl: "fonts/",
    wasmUrl: "wasm/",
    verbosity: VerbosityLevel.ERRORS,
  });
  return {
    pdf: await Promise.race([task.promise, failed]),
    close() {
      ended.abort();
      void task.destroy();
    },
  };
}

/** Some bytes of the original; when the server is away, as soon as it is back. */
async function bytes(
  document: { id: string; digest: string },
  begin: number,
  end: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  for (;;) {
    try {
      const response = await fetchPath(`/api/v1/documents/${document.id}/original`, {
        headers: { Range: `bytes=${begin}-${end - 1}`, "If-Range": `"${document.digest}"` },
        signal,
      });
      // The whole file instead of a part of it means that it is another file by now.
      if (response.status !== 206) throw new Error("the file has changed while it was read");
      return new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      if (!(error instanceof Unreachable) || signal.aborted) throw error;
      await back();
    }
  }
}
