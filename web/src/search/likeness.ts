/**
 * How well a name fits what was typed: 0 not at all; more when words begin with it, most when the name
 * does. Every word that was typed has to be in it somewhere.
 */
export function likeness(name: string, typed: string): number {
  const plainName = plain(name);
  const plainTyped = plain(typed);
  if (plainTyped === "") return 1;
  if (plainName.startsWith(plainTyped)) return 4;
  const words = plainTyped.split(/\s+/);
  if (!words.every((word) => plainName.includes(word))) return 0;
  if (plainName.includes(plainTyped)) return beginsIn(plainName, plainTyped) ? 3 : 1.5;
  return words.every((word) => beginsIn(plainName, word)) ? 2 : 1;
}

function beginsIn(name: string, word: string): boolean {
  const at = name.search(new RegExp(`(^|[^\\p{L}\\p{N}])${escaped(word)}`, "u"));
  return at >= 0;
}

function escaped(word: string): string {
  return word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}

function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}
