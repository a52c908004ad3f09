/** How good a new password is, by the rules of the server; and words for a good one. */

/** The fewest characters that the server takes. */
export const LENGTH_MIN = 15;
const DIFFERENT_MIN = 5;
const GOOD_LENGTH = 20;

/** What is to be said of a password. */
export type Strength =
  | { readonly kind: "empty" }
  | { readonly kind: "short"; readonly lacking: number }
  | { readonly kind: "repeats" }
  | { readonly kind: "address" }
  | { readonly kind: "enough" }
  | { readonly kind: "good" };

export function strength(password: string, email = ""): Strength {
  const signs = [...password];
  if (signs.length === 0) return { kind: "empty" };
  if (signs.length < LENGTH_MIN) return { kind: "short", lacking: LENGTH_MIN - signs.length };
  if (new Set(signs).size < DIFFERENT_MIN) return { kind: "repeats" };
  const address = email.trim().toLowerCase();
  if (address !== "" && password.toLowerCase().includes(address)) return { kind: "address" };
  return { kind: signs.length >= GOOD_LENGTH && new Set(signs).size >= 8 ? "good" : "enough" };
}

/** Whether the server takes it. */
export function isTaken(of: Strength): boolean {
  return of.kind === "enough" || of.kind === "good";
}

const CONSONANTS = "bdfgklmnprstvz";
const VOWELS = "aeiou";
const WORDS = 4;
const SYLLABLES = 3;

/**
 * Four words of three syllables that can be said aloud in any language. Each syllable is one of 70, so
 * that there are 70^12, or 2^73, such phrases.
 */
export function passphrase(random: (below: number) => number = randomBelow): string {
  const syllable = () =>
    CONSONANTS.charAt(random(CONSONANTS.length)) + VOWELS.charAt(random(VOWELS.length));
  const word = () => Array.from({ length: SYLLABLES }, syllable).join("");
  return Array.from({ length: WORDS }, word).join("-");
}

/** A number from 0 up to `below`, each as likely as the others. */
function randomBelow(below: number): number {
  const limit = 256 - (256 % below);
  const byte = new Uint8Array(1);
  do crypto.getRandomValues(byte);
  while ((byte[0] ?? 0) >= limit);
  return (byte[0] ?? 0) % below;
}
