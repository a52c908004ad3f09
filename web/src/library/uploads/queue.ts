/**
 * The files that are being put in: kept outside the pages, so that moving between them stops nothing.
 * Three are sent at a time; what the network drops is sent again when the server is back.
 */
import { useSyncExternalStore } from "react";
import type { Wire } from "@/api/client";
import { back } from "@/api/connection";
import { Problem, Unreachable } from "@/api/problem";
import { follow } from "./follow";
import { keep } from "./kept";
import { fetchAddress, type Labels, send } from "./send";
import type { Found } from "./tree";

/** How far the sending of a file has come; what follows, its document tells. */
export type Stage = "waiting" | "sending" | "stored" | "duplicate" | "refused" | "cancelled";

/** A file or web address on its way into the library. */
export interface Upload {
  readonly id: number;
  /** The name of the file with its folders, or the address. */
  readonly name: string;
  readonly kind: "file" | "address";
  readonly labels: Labels;
  readonly bytes: number;
  readonly stage: Stage;
  readonly sent: number;
  /** Whether it waits for the server to come back. */
  readonly held: boolean;
  /** The document it has become, or the one that was there already. */
  readonly document?: Wire["Document"];
  /** Why it was not taken. */
  readonly error?: unknown;
}

export const AT_ONCE_MAX = 3;
/** Files that are kept in the list; those of a larger folder have to come in several goes. */
export const UPLOADS_MAX = 20_000;
const TRIES_MAX = 5;
const WAIT_MS = 2_000;
/** What is told to come back later than this does not wait for it. */
const WAIT_MAX_MS = 120_000;
/** The list is shown anew this often at most. */
const SHOWN_EVERY_MS = 120;

interface Work {
  readonly file?: File;
  readonly key: string;
  /** Called when it has become a document that was not there before. */
  readonly stored?: () => void;
  tries: number;
  control?: AbortController;
  unfollow?: () => void;
}

let uploads = new Map<number, Upload>();
const works = new Map<number, Work>();
const waiting: number[] = [];
let underWay = 0;
let last = 0;
let left = 0;
let snapshot: { readonly list: readonly Upload[]; readonly left: number } = { list: [], left: 0 };
let timer: ReturnType<typeof setTimeout> | undefined;
const listeners = new Set<() => void>();
const takers = new Set<(document: Wire["Document"]) => void>();

/** Everything on its way, the first first, and how many found no room in the list. */
export function useUploads(): typeof snapshot {
  return useSyncExternalStore(subscribe, () => snapshot);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Calls `taker` with every document that was put in; returns what ends that. */
export function onTaken(taker: (document: Wire["Document"]) => void): () => void {
  takers.add(taker);
  return () => takers.delete(taker);
}

/**
 * Puts files in, as they are found, and calls `stored` for each that has become a new document. Returns
 * how many were taken into the list.
 */
export async function putIn(
  found: Iterable<Found> | AsyncIterable<Found>,
  labels: Labels,
  stored?: () => void,
): Promise<number> {
  let count = 0;
  for await (const { file, path } of found) {
    const said = { name: path, kind: "file", bytes: file.size, labels } as const;
    if (add(said, { file, ...(stored && { stored }) })) count += 1;
  }
  return count;
}

/** Has web addresses fetched and put in. */
export function putInAddresses(urls: readonly string[], labels: Labels): void {
  for (const url of urls) add({ name: url, kind: "address", bytes: 0, labels }, {});
}

/** Shows documents as well that were put in before the page was loaded. */
export function goOn(documents: readonly Wire["Document"][]): void {
  for (const document of documents) {
    last += 1;
    const { name, bytes, collection, tags } = document;
    const kind = /^https?:/.test(name) ? "address" : "file";
    const labels = { collection, tags };
    uploads.set(last, {
      id: last,
      ...{ name, kind, bytes, labels, document },
      ...{ stage: "stored", sent: bytes, held: false },
    });
    works.set(last, { key: token(), tries: 0, unfollow: follow(document) });
  }
  changed();
}

/** Stops one that is not stored yet. */
export function cancel(id: number): void {
  const upload = uploads.get(id);
  if (upload?.stage !== "waiting" && upload?.stage !== "sending") return;
  change(id, { stage: "cancelled", held: false });
  works.get(id)?.control?.abort();
}

/** Stops all that are not stored yet. */
export function cancelAll(): void {
  for (const id of uploads.keys()) cancel(id);
}

/** Tries one again that was refused or stopped. */
export function retry(id: number): void {
  const upload = uploads.get(id);
  const work = works.get(id);
  if (!work || (upload?.stage !== "refused" && upload?.stage !== "cancelled")) return;
  const { file, stored } = work;
  works.set(id, { ...(file && { file }), ...(stored && { stored }), key: token(), tries: 0 });
  const { error: _error, ...rest } = upload;
  uploads.set(id, { ...rest, stage: "waiting", sent: 0, held: false });
  waiting.push(id);
  changed();
  next();
}

/** Takes entries off the list; those that are still being sent are stopped. */
export function clear(ids: Iterable<number>): void {
  for (const id of ids) {
    cancel(id);
    works.get(id)?.unfollow?.();
    works.delete(id);
    uploads.delete(id);
  }
  if (uploads.size === 0) left = 0;
  changed();
}

/** Whether something has not been stored yet, and would be lost with the page. */
export function isSending(): boolean {
  return underWay > 0 || waiting.some((id) => uploads.get(id)?.stage === "waiting");
}

function add(
  said: Pick<Upload, "name" | "kind" | "bytes" | "labels">,
  from: Pick<Work, "file" | "stored">,
): boolean {
  if (uploads.size >= UPLOADS_MAX) {
    left += 1;
    changed();
    return false;
  }
  last += 1;
  uploads.set(last, { ...said, id: last, stage: "waiting", sent: 0, held: false });
  works.set(last, { ...from, key: token(), tries: 0 });
  waiting.push(last);
  changed();
  next();
  return true;
}

function next(): void {
  while (underWay < AT_ONCE_MAX) {
    const id = waiting.shift();
    if (id === undefined) return;
    if (uploads.get(id)?.stage !== "waiting") continue;
    underWay += 1;
    void carry(id).finally(() => {
      underWay -= 1;
      next();
      changed();
    });
  }
}

/** Sends one until it is stored, refused or stopped. */
async function carry(id: number): Promise<void> {
  for (;;) {
    const upload = uploads.get(id);
    const work = works.get(id);
    if (!upload || !work || upload.stage === "cancelled") return;
    work.tries += 1;
    work.control = new AbortController();
    change(id, { stage: "sending", sent: 0, held: false });
    try {
      taken(id, await sendOnce(id, upload, work, work.control.signal));
      return;
    } catch (error) {
      if (uploads.get(id)?.stage !== "sending") return;
      const wait = pause(error);
      if (wait === undefined || work.tries >= TRIES_MAX) {
        change(id, { stage: "refused", error });
        return;
      }
      change(id, { held: true, sent: 0 });
      await wait;
    }
  }
}

function sendOnce(
  id: number,
  upload: Upload,
  work: Work,
  signal: AbortSignal,
): Promise<Wire["Added"]> {
  const { labels } = upload;
  const { file, key } = work;
  if (!file) return fetchAddress(upload.name, { labels, key, signal });
  return send({ file, labels, key, signal, onSent: (sent) => change(id, { sent }) });
}

function taken(id: number, { document, duplicate }: Wire["Added"]): void {
  const work = works.get(id);
  const stage = duplicate ? "duplicate" : "stored";
  change(id, { stage, sent: uploads.get(id)?.bytes ?? 0, document });
  if (work) work.unfollow = follow(document);
  if (duplicate) return;
  work?.stored?.();
  for (const taker of takers) taker(document);
}

/** What to wait for before the next try; nothing when another try would end the same. */
function pause(error: unknown): Promise<void> | undefined {
  if (error instanceof Unreachable) return back();
  if (error instanceof Problem && (error.status === 429 || error.status >= 502)) {
    const wait = (error.retryAfter ?? 0) * 1_000 || WAIT_MS;
    if (wait > WAIT_MAX_MS) return undefined;
    return new Promise((resolve) => setTimeout(resolve, wait));
  }
  return undefined;
}

function change(id: number, part: Partial<Upload>): void {
  const upload = uploads.get(id);
  if (!upload) return;
  uploads.set(id, { ...upload, ...part });
  changed();
}

/** Shows the list as it is now, soon. */
function changed(): void {
  if (timer !== undefined) return;
  timer = setTimeout(() => {
    timer = undefined;
    snapshot = { list: [...uploads.values()], left };
    keep(
      snapshot.list.flatMap(({ stage, document }) =>
        stage === "stored" && document ? [document.id] : [],
      ),
    );
    for (const listener of [...listeners]) listener();
  }, SHOWN_EVERY_MS);
}

/** A word that nobody else has. Pages without TLS have no `randomUUID`. */
function token(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Forgets everything: for tests. */
export function reset(): void {
  clear([...uploads.keys()]);
  uploads = new Map();
  waiting.length = 0;
}
