/** Places that the reader goes to, and where it is. */
import type { Span } from "./pieces";

/** Where to go. Each journey is an object of its own: the same place twice is gone to twice. */
export interface Goal {
  readonly span?: Span;
  readonly page?: number;
  /** How far down the page, from 0 to 1. */
  readonly share?: number;
  /** Whether the place comes to the middle of what is seen, or to its top. */
  readonly align: "middle" | "start";
}

/** Where the reader is: what stands at the top of what is seen. */
export interface Here {
  readonly page?: number;
  readonly share?: number;
  readonly byte?: number;
}

/** What can be asked of a view, whatever it shows. */
export interface View {
  /** Goes to the next page or the one before; in text without pages about a screen further. */
  step(direction: 1 | -1): void;
  /** Goes to the beginning or the end. */
  edge(edge: "begin" | "end"): void;
}

/** How far from the top a place is that has come to the middle. */
export const MIDDLE = 0.38;
