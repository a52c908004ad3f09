/**
 * Removing with a way back: what is removed vanishes at once and is told to the server some seconds
 * later, or when the page is left. Until then it can be had back.
 */
import { api } from "@/api/client";
import { Problem } from "@/api/problem";
import * as session from "@/api/session";
import { HELD_MS, Hidden } from "@/parts/hidden";

/** Calls to the server at a time. */
const AT_ONCE_MAX = 4;

interface Batch {
  readonly ids: readonly string[];
  readonly timer: ReturnType<typeof setTimeout>;
  readonly token: string | undefined;
  readonly settled: (failed: readonly Failed[]) => void;
}

/** A document that could not be removed, and why. */
export interface Failed {
  readonly id: string;
  readonly error: unknown;
}

const hidden = new Hidden();
const batches = new Set<Batch>();

/** What has been removed, though the server may not know it yet. */
export function useHidden(): ReadonlySet<string> {
  return hidden.useIds();
}

/**
 * Removes documents, after a while. `settled` is told which could not be removed; those are shown again.
 * Returns what brings them back, while that is possible.
 */
export function remove(
  ids: readonly string[],
  settled: (failed: readonly Failed[]) => void,
): () => void {
  hidden.hide(ids);
  const standing = session.current();
  const batch: Batch = {
    ids,
    settled,
    token: standing.kind === "somebody" ? standing.session.access : undefined,
    timer: setTimeout(() => void carryOut(batch), HELD_MS),
  };
  batches.add(batch);
  return () => {
    if (!batches.delete(batch)) return;
    clearTimeout(batch.timer);
    hidden.show(ids);
  };
}

/** Tells the server now what is held back. */
async function carryOut(batch: Batch): Promise<void> {
  if (!batches.delete(batch)) return;
  const failed: Failed[] = [];
  const rest = [...batch.ids];
  const work = async () => {
    for (let id = rest.shift(); id !== undefined; id = rest.shift()) {
      try {
        await api.DELETE("/api/v1/documents/{document}", { params: { path: { document: id } } });
      } catch (error) {
        // Somebody else was quicker: it is gone, as was wanted.
        if (!(error instanceof Problem && error.status === 404)) failed.push({ id, error });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE_MAX }, work));
  batch.settled(failed);
  hidden.show(batch.ids);
}

/** The page is left: there is no time to wait, the browser sends what it was given. */
function carryOutNow(): void {
  for (const batch of batches) {
    clearTimeout(batch.timer);
    const headers = batch.token === undefined ? {} : { Authorization: `Bearer ${batch.token}` };
    for (const id of batch.ids) {
      void fetch(`/api/v1/documents/${id}`, { method: "DELETE", keepalive: true, headers }).catch(
        () => undefined,
      );
    }
  }
  batches.clear();
}

addEventListener("pagehide", carryOutNow);
