/** Where a file stands on its way, in one word: from its sending and from the reading of its document. */
import { isReady, type Reading } from "./follow";
import type { Upload } from "./queue";

export type PhaseName =
  | "waiting"
  | "sending"
  | "held"
  | "storing"
  | "fetching"
  | "queued"
  | "reading"
  | "searchable"
  | "ready"
  | "faulty"
  | "failed"
  | "duplicate"
  | "refused"
  | "cancelled"
  | "gone";

export interface Phase {
  readonly name: PhaseName;
  /** Whether it goes on, is over, or wants somebody to look. */
  readonly group: "open" | "over" | "trouble";
  /** How much of the whole way is behind it, from 0 to 1. */
  readonly share: number;
  /** How much of the present step is done, where it runs and that can be said. */
  readonly step?: { readonly done: number; readonly total: number };
}

/** What share of the way each step begins at. */
const BEGINS = { sending: 0, queued: 0.3, reading: 0.32, searchable: 0.75 };

/** Where a file stands. */
export function phaseOf(upload: Upload, reading: Reading | undefined): Phase {
  switch (upload.stage) {
    case "waiting":
      return { name: "waiting", group: "open", share: 0 };
    case "sending":
      return sending(upload);
    case "refused":
      return { name: "refused", group: "trouble", share: 1 };
    case "cancelled":
      return { name: "cancelled", group: "over", share: 1 };
    case "duplicate":
      return {
        name: "duplicate",
        group: upload.document?.state === "failed" ? "trouble" : "over",
        share: 1,
      };
    default:
      return read(upload, reading);
  }
}

function sending(upload: Upload): Phase {
  if (upload.held) return { name: "held", group: "open", share: 0 };
  if (upload.kind === "address") return { name: "fetching", group: "open", share: 0.1 };
  const of = upload.bytes > 0 ? upload.sent / upload.bytes : 1;
  // The last byte is sent before the server has answered.
  if (of >= 1) return { name: "storing", group: "open", share: BEGINS.queued };
  const step = { done: upload.sent, total: upload.bytes };
  return { name: "sending", group: "open", share: of * BEGINS.queued, step };
}

function read(upload: Upload, reading: Reading | undefined): Phase {
  const document = reading?.document ?? upload.document;
  if (reading?.gone || !document) return { name: "gone", group: "over", share: 1 };
  const total = reading?.step?.total ?? 0;
  const done = reading?.step?.done ?? 0;
  const step = total > 0 ? { step: { done, total } } : {};
  const of = total > 0 ? Math.min(1, done / total) : 0;
  switch (isReady(document) ? "ready" : document.state) {
    case "queued":
      return { name: "queued", group: "open", share: BEGINS.queued };
    case "reading": {
      const share = BEGINS.reading + of * (BEGINS.searchable - BEGINS.reading);
      return { name: "reading", group: "open", share, ...step };
    }
    case "searchable": {
      const { chunks, embedded } = document;
      const part = total > 0 ? of : embedded / Math.max(1, chunks);
      const share = BEGINS.searchable + part * (1 - BEGINS.searchable);
      return { name: "searchable", group: "open", share, ...step };
    }
    case "failed":
      return { name: "failed", group: "trouble", share: 1 };
    default:
      return document.faults.length > 0
        ? { name: "faulty", group: "trouble", share: 1 }
        : { name: "ready", group: "over", share: 1 };
  }
}
