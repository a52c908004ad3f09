/** Where something is put that nobody has named a place for. */

/** The collection that the server makes when none is named. */
export const USUAL = "Library";
const PLACE = "alexandria.library.into";

/**
 * The collection that is looked at; else the one last chosen, if it is still there; else the only one;
 * else the usual one.
 */
export function targetOf(
  current: string | undefined,
  names: readonly string[],
  remembered: string | null = localStorage.getItem(PLACE),
): string {
  if (current) return current;
  if (remembered && names.includes(remembered)) return remembered;
  return names.length === 1 && names[0] ? names[0] : USUAL;
}

/** Remembers a choice. */
export function rememberTarget(name: string): void {
  localStorage.setItem(PLACE, name);
}

/** The web addresses in a text, one a line; nothing when there is anything else in it. */
export function addressesIn(text: string): string[] {
  const lines = text.split(/\s*[\r\n]+\s*/).map((line) => line.trim());
  const wanted = lines.filter((line) => line !== "");
  return wanted.every(isAddress) ? [...new Set(wanted)] : [];
}

function isAddress(line: string): boolean {
  if (!/^https?:\/\/\S+$/i.test(line)) return false;
  return URL.canParse(line);
}
