/**
 * The worker of pdf.js, which serves every document. It stands by itself so that it can start while
 * the rest of pdf.js is still being fetched.
 */
import url from "pdfjs-dist/build/pdf.worker.min.mjs?url";

let live: Worker | undefined;

/** Whether one has been started. */
export function isRunning(): boolean {
  return live !== undefined;
}

/** The one that runs; another one after it has failed. */
export function pdfWorker(): Worker {
  if (live) return live;
  const made = new Worker(url, { type: "module" });
  made.addEventListener("error", () => {
    if (live === made) live = undefined;
    made.terminate();
  });
  live = made;
  return made;
}
