/**
 * How far documents have been read. They are looked at while somebody follows them and they are not
 * done, all together and seldom: one list of the running jobs, and those documents for which something
 * may have changed.
 */
import { useSyncExternalStore } from "react";
import { api, got, type Wire } from "@/api/client";
import { back } from "@/api/connection";
import { Problem, Unreachable } from "@/api/problem";
import { documentsPage } from "../queries";
import { Pace } from "./pace";

/** A document as it was last seen, and the work on it. */
export interface Reading {
  readonly document: Wire["Document"];
  /** How much of the present step is done, while it runs. */
  readonly step?: Wire["Progress"] & { readonly kind: string };
  /** So many of the step's units a second, once that can be said. */
  readonly rate?: number;
  /** Whether it has been removed meanwhile. */
  readonly gone: boolean;
}

interface Followed {
  reading: Reading;
  followers: number;
  pace: Pace;
  /** Whether its job ran when it was last looked for. */
  ran: boolean;
  seen: number;
}

const QUICK_MS = 1_200;
const SLOW_MS = 4_000;
const HIDDEN_MS = 15_000;
/** So many are looked at one by one; of more, the newest documents are listed. */
const SINGLE_MAX = 4;
const MANY = 24;
const PAGE = 200;

const followed = new Map<string, Followed>();
const listeners = new Set<() => void>();
const watchers = new Set<(documents: readonly Wire["Document"][]) => void>();
let cursor: string | undefined;
let version = 0;
let running = false;
/** Whether meanings are learned here; a library may be set up to find by words alone. */
let learns = true;

/** Follows a document until the returned function is called. */
export function follow(document: Wire["Document"]): () => void {
  const known = followed.get(document.id);
  if (known) known.followers += 1;
  else {
    const reading = { document, gone: false };
    followed.set(document.id, { reading, followers: 1, pace: new Pace(), ran: false, seen: 0 });
  }
  if (!running) void run();
  let over = false;
  return () => {
    if (over) return;
    over = true;
    const mine = followed.get(document.id);
    if (!mine) return;
    mine.followers -= 1;
    if (mine.followers <= 0) followed.delete(document.id);
  };
}

/** How a document stands, if it is followed. */
export function readingOf(id: string | undefined): Reading | undefined {
  return id === undefined ? undefined : followed.get(id)?.reading;
}

/** Shows what is followed anew whenever something was learned. */
export function useReadings(): number {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => version,
  );
}

/** Calls `watcher` with documents that have changed; returns what ends that. */
export function onChanged(watcher: (documents: readonly Wire["Document"][]) => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** Learns from the server in which ways documents are found here. */
export async function askWays(): Promise<void> {
  learns = (await got(api.GET("/api/v1/status"))).embedding_model != null;
}

/** Whether a document can be found in every way that it will be. */
export function isReady({ state }: Pick<Wire["Document"], "state">): boolean {
  return state === "ready" || (state === "searchable" && !learns);
}

/** Whether nothing more will become of it by itself. */
export function isDone({ gone, document }: Reading): boolean {
  return gone || isReady(document) || document.state === "failed";
}

function open(): [string, Followed][] {
  return [...followed].filter(([, one]) => !isDone(one.reading));
}

async function run(): Promise<void> {
  running = true;
  let asked = false;
  try {
    for (;;) {
      if (open().length === 0) return;
      try {
        if (asked) await look();
        else await askWays();
        asked = true;
        tell();
      } catch (error) {
        if (error instanceof Unreachable) await back();
        else {
          const wait = error instanceof Problem ? (error.retryAfter ?? 10) * 1_000 : 10_000;
          await new Promise((resolve) => setTimeout(resolve, wait));
        }
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs()));
    }
  } finally {
    running = false;
  }
}

function tell(): void {
  version += 1;
  for (const listener of [...listeners]) listener();
}

/** Reading is followed closely; learning the meaning of what can be found already, at leisure. */
function pauseMs(): number {
  if (document.hidden) return HIDDEN_MS;
  const reads = open().some(([, { reading }]) => reading.document.state !== "searchable");
  return reads ? QUICK_MS : SLOW_MS;
}

async function look(): Promise<void> {
  const jobs = await got(
    api.GET("/api/v1/jobs", { params: { query: { state: "running", limit: PAGE } } }),
  );
  const running = new Map(jobs.items.map((job) => [job.document_id, job]));
  const changed: Wire["Document"][] = [];
  const wanted = open();
  for (const [id, one] of wanted) note(one, running.get(id));
  const found = await (wanted.length > MANY ? listed(wanted) : single(wanted, running));
  for (const [id, document] of found) {
    const one = followed.get(id);
    if (!one) continue;
    one.seen = Date.now();
    if (document === undefined) one.reading = { ...one.reading, gone: true };
    else {
      if (differs(one.reading.document, document)) changed.push(document);
      one.reading = { ...one.reading, document };
    }
  }
  if (changed.length > 0) for (const watcher of [...watchers]) watcher(changed);
}

/** Writes down what the running job of a document tells. */
function note(one: Followed, job: Wire["Job"] | undefined): void {
  const { document, gone } = one.reading;
  if (!job) {
    // Between two steps nothing runs; how it stands now, only the document tells.
    if (one.ran) one.seen = 0;
    one.ran = false;
    one.pace = new Pace();
    one.reading = { document, gone };
    return;
  }
  one.ran = true;
  const rate = one.pace.note(`${job.kind} ${job.progress.unit}`, job.progress.done, Date.now());
  one.reading = {
    document,
    gone,
    step: { ...job.progress, kind: job.kind },
    ...(rate !== undefined && { rate }),
  };
}

type Seen = [string, Wire["Document"] | undefined];

/** Looks at a few: those not looked at for longest. What runs is known from its job. */
async function single(
  wanted: readonly [string, Followed][],
  running: ReadonlyMap<string | null | undefined, Wire["Job"]>,
): Promise<Seen[]> {
  const due = wanted
    .filter(([id, one]) => !running.has(id) || Date.now() - one.seen > SLOW_MS)
    .sort(([, a], [, b]) => a.seen - b.seen)
    .slice(0, SINGLE_MAX);
  return Promise.all(
    due.map(async ([id]): Promise<Seen> => {
      try {
        const params = { path: { document: id } };
        return [id, await got(api.GET("/api/v1/documents/{document}", { params }))];
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return [id, undefined];
        throw error;
      }
    }),
  );
}

/** Looks at many: a page of the newest documents at a time, from the first to the oldest followed. */
async function listed(wanted: readonly [string, Followed][]): Promise<Seen[]> {
  const page = await documentsPage({}, PAGE, cursor);
  const [oldest = ""] = wanted.map(([, { reading }]) => reading.document.added).sort();
  const end = page.items.at(-1);
  cursor = page.next && end && end.added >= oldest ? page.next : undefined;
  return page.items.map((document) => [document.id, document]);
}

function differs(one: Wire["Document"], other: Wire["Document"]): boolean {
  return (
    one.state !== other.state ||
    one.embedded !== other.embedded ||
    one.pages !== other.pages ||
    one.title !== other.title ||
    one.changed !== other.changed
  );
}
