/** What this browser remembers of reading: where somebody was in each document, and how they like to read. */
import { useSyncExternalStore } from "react";
import { useTheme } from "@/app/theme";
import type { Zoom } from "./paging";

/** Where somebody was: a page and how far down it, or a byte of the text. */
export interface Remembered {
  readonly page?: number;
  readonly share?: number;
  readonly byte?: number;
}

const PLACES = "alexandria.reader.places";
/** Documents whose place is remembered; the one left longest ago is forgotten first. */
export const PLACES_MAX = 300;

/** Where somebody was in a document. */
export function placeIn(document: string): Remembered | undefined {
  return places().find(([id]) => id === document)?.[1];
}

/** Remembers where somebody is in a document. */
export function rememberPlace(document: string, place: Remembered): void {
  const others = places().filter(([id]) => id !== document);
  try {
    localStorage.setItem(
      PLACES,
      JSON.stringify([[document, place], ...others].slice(0, PLACES_MAX)),
    );
  } catch {
    // The browser keeps nothing more; reading goes on without.
  }
}

function places(): [string, Remembered][] {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACES) ?? "[]");
    return Array.isArray(kept)
      ? kept.filter((entry) => Array.isArray(entry) && typeof entry[0] === "string" && entry[1])
      : [];
  } catch {
    return [];
  }
}

/** How somebody likes to read. */
export interface Liking {
  readonly zoom: Zoom;
  /** The size of text, where there are no pages, as a share of the usual one. */
  readonly text: number;
  /** Whether pages are shown light on dark; as the application is, unless somebody has said. */
  readonly night?: boolean;
  /** Whether the outline stands beside what is read, on screens that have room for it. */
  readonly outline: boolean;
}

const LIKING = "alexandria.reader.liking";
const USUAL: Liking = { zoom: "auto", text: 1, outline: false };
const listeners = new Set<() => void>();
let liking = readLiking();

/** How somebody likes to read, and what changes it. */
export function useLiking(): [Liking, (change: Partial<Liking>) => void] {
  return [useSyncExternalStore(watch, () => liking), like];
}

/** Whether pages are light on dark now. */
export function useNight(): boolean {
  const { shown } = useTheme();
  const [{ night }] = useLiking();
  return night ?? shown === "dark";
}

function like(change: Partial<Liking>): void {
  liking = { ...liking, ...change };
  try {
    localStorage.setItem(LIKING, JSON.stringify(liking));
  } catch {
    // It holds until the page is left.
  }
  for (const listener of listeners) listener();
}

function watch(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function readLiking(): Liking {
  try {
    const kept = JSON.parse(localStorage.getItem(LIKING) ?? "{}");
    const zoom =
      ["auto", "width", "page"].includes(kept.zoom) || typeof kept.zoom === "number"
        ? kept.zoom
        : USUAL.zoom;
    const text = typeof kept.text === "number" ? Math.min(2, Math.max(0.75, kept.text)) : 1;
    const night = typeof kept.night === "boolean" ? { night: kept.night } : {};
    return { zoom, text, outline: kept.outline === true, ...night };
  } catch {
    return USUAL;
  }
}
