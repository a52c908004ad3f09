/**
 * How a book without a picture is bound: a colour of cloth and a tooling, the same for the same book
 * for ever. Every cloth carries its lettering with a contrast of at least 5 : 1.
 */

export interface Cloth {
  /** The ground. */
  readonly ground: string;
  /** The lettering and the lines. */
  readonly ink: string;
}

export const CLOTHS: readonly Cloth[] = [
  { ground: "#2f4a5c", ink: "#f1e6cf" },
  { ground: "#5b2f36", ink: "#f3e0cc" },
  { ground: "#33513f", ink: "#efe8cf" },
  { ground: "#4a3a5e", ink: "#eee3ef" },
  { ground: "#6a4526", ink: "#f6e7cd" },
  { ground: "#1f4f55", ink: "#e9ecd9" },
  { ground: "#3d4148", ink: "#ece5d6" },
  { ground: "#6b3a24", ink: "#f8e4cf" },
  { ground: "#40502a", ink: "#f0edd2" },
  { ground: "#2c3a63", ink: "#e8e4d6" },
  { ground: "#e4d8bd", ink: "#4a3717" },
  { ground: "#d5dccf", ink: "#2f4030" },
  { ground: "#d9d3dc", ink: "#43324f" },
];

/** How the boards are tooled. */
export const TOOLINGS = ["frame", "rules", "band", "plain"] as const;
export type Tooling = (typeof TOOLINGS)[number];

/** The binding of a book. */
export function binding(seed: string): { cloth: Cloth; tooling: Tooling } {
  const number = digest(seed);
  const cloth = CLOTHS[number % CLOTHS.length] as Cloth;
  const tooling = TOOLINGS[Math.floor(number / CLOTHS.length) % TOOLINGS.length] as Tooling;
  return { cloth, tooling };
}

/** How large a title is set, in hundredths of the width of the cover. */
export function titleSize(title: string): number {
  const longest = Math.max(...title.split(/[\s\-_/]+/).map((word) => width(word)));
  const whole = width(title);
  const byLength = whole <= 12 ? 15 : whole <= 28 ? 12 : whole <= 60 ? 10 : 8.5;
  // The longest word should stand on one line: bold letters are about 0.74 of their size wide.
  return Math.max(7, Math.min(byLength, 69 / (0.74 * Math.max(1, longest))));
}

/** How wide a word is, in letters: a Chinese character is as wide as two. */
function width(text: string): number {
  let total = 0;
  for (const character of text) total += (character.codePointAt(0) ?? 0) > 0x2e7f ? 2 : 1;
  return total;
}

/** FNV-1a over the UTF-16 units: small, and spread well enough for a dozen colours. */
function digest(seed: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < seed.length; at += 1) {
    value ^= seed.charCodeAt(at);
    value = Math.imul(value, 0x01000193);
  }
  return (value ^ (value >>> 15)) >>> 0;
}
