/**
 * Pictures of covers, fetched as whoever is signed in (an `<img>` cannot), a few at a time, and kept
 * while there is room. What is scrolled past before its turn is not fetched.
 */
import { useEffect, useState } from "react";
import { fetchPath } from "@/api/client";
import { Problem } from "@/api/problem";

const KEPT_MAX = 300;
const AT_ONCE_MAX = 6;

/** Object URLs by address, the one used longest ago first; `null`: there is no picture. */
const kept = new Map<string, string | null>();
const waiting: { address: string; signal: AbortSignal; done(url: string | null): void }[] = [];
let underWay = 0;

/** The picture at an address of this server: `undefined` until it is there, `null` when there is none. */
export function usePicture(address: string | null | undefined): string | null | undefined {
  const [url, setUrl] = useState<string | null | undefined>(() =>
    address ? kept.get(address) : null,
  );
  useEffect(() => {
    if (!address) {
      setUrl(null);
      return;
    }
    const known = kept.get(address);
    if (known !== undefined) {
      touch(address, known);
      setUrl(known);
      return;
    }
    setUrl(undefined);
    const control = new AbortController();
    waiting.push({ address, signal: control.signal, done: setUrl });
    next();
    return () => control.abort();
  }, [address]);
  return url;
}

function next(): void {
  while (underWay < AT_ONCE_MAX) {
    const wanted = waiting.shift();
    if (!wanted) return;
    if (wanted.signal.aborted) continue;
    underWay += 1;
    void look(wanted.address, wanted.signal)
      .then((url) => {
        if (url !== undefined && !wanted.signal.aborted) wanted.done(url);
      })
      .finally(() => {
        underWay -= 1;
        next();
      });
  }
}

async function look(address: string, signal: AbortSignal): Promise<string | null | undefined> {
  const known = kept.get(address);
  if (known !== undefined) return known;
  try {
    const response = await fetchPath(address, { signal });
    const url = URL.createObjectURL(await response.blob());
    touch(address, url);
    return url;
  } catch (error) {
    if (signal.aborted) return undefined;
    // A book without a cover stays without one; anything else may pass.
    if (error instanceof Problem && error.status < 500) touch(address, null);
    return null;
  }
}

function touch(address: string, url: string | null): void {
  kept.delete(address);
  kept.set(address, url);
  if (kept.size <= KEPT_MAX) return;
  const [oldest] = kept;
  if (!oldest) return;
  kept.delete(oldest[0]);
  if (oldest[1]) URL.revokeObjectURL(oldest[1]);
}
