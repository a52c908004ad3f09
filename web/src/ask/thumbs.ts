/**
 * Which way one's thumb points at an answer, as this browser remembers: a list of answers does not
 * tell it, and asking for each answer by itself would mostly bring "there is none".
 */
import type { Wire } from "@/api/client";

const PLACE = "alexandria.ask.thumbs";
const KEPT_MAX = 300;

type Kept = [answer: string, thumb: Wire["Thumb"]][];

function all(): Kept {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

export function thumbOf(answer: string): Wire["Thumb"] | undefined {
  return all().find(([id]) => id === answer)?.[1];
}

export function keepThumb(answer: string, thumb: Wire["Thumb"] | undefined): void {
  const others = all().filter(([id]) => id !== answer);
  const next: Kept = thumb ? [...others, [answer, thumb]] : others;
  try {
    localStorage.setItem(PLACE, JSON.stringify(next.slice(-KEPT_MAX)));
  } catch {
    // A full storage: the server knows it all the same.
  }
}
