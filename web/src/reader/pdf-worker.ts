/**
 * The worker of pdf.js, which serves every document. It stands by itself so that it can start while
 * the rest of pdf.js is still being fetched.
 */
import url from "pdfjs-dist/build/pdf.worker.min.mjs?url";

export const port = new Worker(url, { type: "module" });
