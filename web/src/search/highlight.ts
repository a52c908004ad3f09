/**
 * Which words of a passage are those of the query, and which piece of a long passage shows them best.
 * The index of the server knows the endings of words in each language; here the beginnings are
 * compared, without accents and capitals, which marks the same words nearly always.
 */

/** A piece of text, and whether it is one of the words searched for. */
export interface Piece {
  readonly text: string;
  readonly marked: boolean;
}

/** A part of a passage, cut out of it. */
export interface Extract {
  readonly pieces: Piece[];
  /** Whether something stands before and behind it. */
  readonly before: boolean;
  readonly behind: boolean;
}

/** Words that stand in every sentence: marking them would mark everything. */
const SMALL = new Set(
  (
    "a an and are as at be by can do does for from had has have he her his how i if in is it its me my not of on or " +
    "our she so that the their them there they this to was we were what when where which who why will with you your " +
    "der die das den dem des ein eine einen einem einer und oder ist sind war wie was wer wo wann warum im in zu mit von " +
    "auf für nicht sich es er sie ich wir " +
    "el la los las un una y o de del en que qué es son por para con cómo quién dónde se su al lo " +
    "le les une et ou du des est sont dans pour par avec ce cette que qui quoi où comment au aux sur il elle je nous"
  ).split(" "),
);

/** Below this length a word is compared as a whole. */
const WHOLE_LENGTH_MAX = 3;
/** So many letters at the end of a word may differ: the endings of plurals, cases and tenses. */
const ENDING_LENGTH_MAX = 3;
const WORD = /[\p{L}\p{N}]+/gu;
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]/u;

/** The words of a query that are worth marking. */
export function terms(query: string): string[] {
  const all = Array.from(query.matchAll(WORD), (match) => plain(match[0]));
  const large = all.filter((word) => !SMALL.has(word));
  return [...new Set(large.length > 0 ? large : all)];
}

/** The whole text in pieces. */
export function pieces(text: string, wanted: readonly string[]): Piece[] {
  return cut(text, spans(text, wanted), 0, text.length);
}

/** The part of at most `length` characters in which most of the words stand, in pieces. */
export function extract(text: string, wanted: readonly string[], length: number): Extract {
  const found = spans(text, wanted);
  if (text.length <= length) {
    return { pieces: cut(text, found, 0, text.length), before: false, behind: false };
  }
  const start = wordStart(text, bestStart(text, found, length));
  const end = wordEnd(text, Math.min(text.length, start + length));
  return {
    pieces: cut(text, found, start, end),
    before: start > 0,
    behind: end < text.length,
  };
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly term: number;
}

/** Where the words stand, in order. */
function spans(text: string, wanted: readonly string[]): Span[] {
  const found: Span[] = [];
  for (const match of text.matchAll(WORD)) {
    const word = plain(match[0]);
    if (UNSPACED.test(word)) {
      found.push(...inside(match[0], match.index, wanted));
      continue;
    }
    const term = wanted.findIndex((one) => alike(word, one));
    if (term >= 0) found.push({ start: match.index, end: match.index + match[0].length, term });
  }
  return found;
}

/** Writings without spaces: a word is looked for in the middle of a line, or else what it is made of. */
function inside(line: string, at: number, wanted: readonly string[]): Span[] {
  const found: Span[] = [];
  for (const [term, one] of wanted.entries()) {
    const parts = line.includes(one) ? [one] : pairs(one);
    for (const part of parts) {
      for (let start = line.indexOf(part); start >= 0; start = line.indexOf(part, start + 1)) {
        found.push({ start: at + start, end: at + start + part.length, term });
      }
    }
  }
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const apart: Span[] = [];
  for (const span of found) {
    const last = apart.at(-1);
    if (!last || span.start >= last.end) apart.push(span);
    else if (span.end > last.end) apart[apart.length - 1] = { ...last, end: span.end };
  }
  return apart;
}

function pairs(word: string): string[] {
  if (!UNSPACED.test(word)) return [];
  return Array.from({ length: Math.max(0, word.length - 1) }, (_, at) => word.slice(at, at + 2));
}

/** Whether two words are the same but for their endings. */
function alike(word: string, term: string): boolean {
  if (word === term) return true;
  const shorter = Math.min(word.length, term.length);
  if (shorter <= WHOLE_LENGTH_MAX) return false;
  let same = 0;
  while (same < shorter && word[same] === term[same]) same += 1;
  return (
    same > WHOLE_LENGTH_MAX &&
    same >= shorter - 2 &&
    word.length - same <= ENDING_LENGTH_MAX &&
    term.length - same <= ENDING_LENGTH_MAX
  );
}

/** The place from where a window shows the most different words, and then the most words. */
function bestStart(text: string, found: readonly Span[], length: number): number {
  const lead = Math.floor(length / 5);
  let best = { start: 0, worth: -1 };
  for (const [at, first] of found.entries()) {
    const start = Math.max(0, Math.min(first.start - lead, text.length - length));
    const shown = found.slice(at).filter((span) => span.end <= start + length);
    const worth = new Set(shown.map((span) => span.term)).size * 100 + shown.length;
    if (worth > best.worth) best = { start, worth };
  }
  return best.start;
}

function wordStart(text: string, start: number): number {
  if (start === 0) return 0;
  const space = text.slice(start, start + 40).search(/\s/);
  return space < 0 ? start : start + space + 1;
}

function wordEnd(text: string, end: number): number {
  if (end >= text.length) return text.length;
  const space = text.slice(Math.max(0, end - 40), end).search(/\s\S*$/);
  return space < 0 ? end : Math.max(0, end - 40) + space;
}

function cut(text: string, found: readonly Span[], start: number, end: number): Piece[] {
  const made: Piece[] = [];
  let at = start;
  for (const span of found) {
    if (span.start < at || span.end > end) continue;
    if (span.start > at) made.push({ text: text.slice(at, span.start), marked: false });
    made.push({ text: text.slice(span.start, span.end), marked: true });
    at = span.end;
  }
  if (at < end) made.push({ text: text.slice(at, end), marked: false });
  return made;
}

function plain(word: string): string {
  return word.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
