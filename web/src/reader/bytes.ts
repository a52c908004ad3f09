/**
 * Places in a stored text are counted in bytes of UTF-8, places in a string of the browser in units of
 * UTF-16. This turns one into the other.
 */

/** How many bytes the first `units` of a text have; all of it unless told. */
export function bytesOf(text: string, units = text.length): number {
  let bytes = 0;
  for (let at = 0; at < units; at += 1) bytes += unitBytes(text, at);
  return bytes;
}

/** How many units stand before a byte of a text; a byte inside a character counts as its beginning. */
export function unitsBefore(text: string, byte: number): number {
  let bytes = 0;
  for (let at = 0; at < text.length; ) {
    const pair = isPair(text, at);
    bytes += pair ? 4 : unitBytes(text, at);
    if (bytes > byte) return at;
    at += pair ? 2 : 1;
  }
  return text.length;
}

/** The bytes `start` to `end` of a text, itself counted from its first byte. */
export function sliceBytes(text: string, start: number, end: number): string {
  return text.slice(unitsBefore(text, start), unitsBefore(text, end));
}

/** Both halves of a pair stand for four bytes, two each; half a pair alone is sent as U+FFFD. */
function unitBytes(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit < 0x80) return 1;
  if (unit < 0x800) return 2;
  return isPair(text, at) || isPair(text, at - 1) ? 2 : 3;
}

function isPair(text: string, at: number): boolean {
  const high = text.charCodeAt(at);
  const low = text.charCodeAt(at + 1);
  return high >= 0xd800 && high < 0xdc00 && low >= 0xdc00 && low < 0xe000;
}
