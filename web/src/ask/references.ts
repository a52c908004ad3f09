/** The numbers of an answer's citations, and an answer as text with its references. */
import type { Wire } from "@/api/client";

type Citation = Wire["Citation"];
type Sentence = Wire["Sentence"];

/** A place that an answer quotes, under its number. */
export interface Reference {
  readonly number: number;
  readonly citation: Citation;
}

/** What is said of a place, in the words of whoever reads. */
export interface PlaceWords {
  page(page: number): string;
  item(item: number): string;
}

/** What is known of a document beyond its title. */
export interface Work {
  readonly authors: readonly string[];
  readonly format: string;
}

/** The name of a place: the same words quoted twice have one number. */
export function placeOf(citation: Citation): string {
  return `${citation.version_id}:${citation.span.start}-${citation.span.end}`;
}

/** The distinct places of an answer, numbered in the order in which they are first named. */
export function references(sentences: readonly Sentence[]): Map<string, Reference> {
  const found = new Map<string, Reference>();
  for (const citation of sentences.flatMap((sentence) => sentence.citations)) {
    const place = placeOf(citation);
    if (!found.has(place)) found.set(place, { number: found.size + 1, citation });
  }
  return found;
}

/** The numbers of a sentence, each once, in order. */
export function numbersOf(sentence: Sentence, all: Map<string, Reference>): Reference[] {
  const own = new Map<string, Reference>();
  for (const citation of sentence.citations) {
    const reference = all.get(placeOf(citation));
    if (reference) own.set(placeOf(citation), reference);
  }
  return [...own.values()].sort((a, b) => a.number - b.number);
}

/** The references of one document each. */
export function byDocument(all: Iterable<Reference>): Reference[][] {
  return [...Map.groupBy(all, (reference) => reference.citation.document_id).values()];
}

/** Where in its document a citation stands: "p. 12, The keeper"; empty when nothing is known. */
export function whereOf(citation: Citation, words: PlaceWords): string {
  const { page, part, item, section, title } = citation;
  const heading = section.filter((one) => one !== title).at(-1);
  const parts = [
    typeof page === "number" ? words.page(page) : undefined,
    part ?? undefined,
    heading === part ? undefined : heading,
    // A paragraph's number says something only where nothing better does.
    typeof page !== "number" && !heading && typeof item === "number" ? words.item(item) : undefined,
  ];
  return parts.filter((one): one is string => one !== undefined && one !== "").join(", ");
}

/** The address of a place in this library. */
export function addressOf(citation: Citation, origin: string): string {
  const { span, page } = citation;
  const query = new URLSearchParams({
    ...(typeof page === "number" && { page: String(page) }),
    start: String(span.start),
    end: String(span.end),
  });
  return `${origin}/read/${encodeURIComponent(citation.document_id)}?${query}`;
}

/** An answer as plain text. */
export function plain(sentences: readonly Sentence[], words: PlaceWords): string {
  const all = references(sentences);
  const lines = [...all.values()].map(({ number, citation }) => {
    const where = whereOf(citation, words);
    return `[${number}] ${citation.title}${where && `, ${where}`}: “${oneLine(citation.quote)}”`;
  });
  return [body(sentences, all, (text) => text), ...(lines.length ? ["", ...lines] : [])].join("\n");
}

/** An answer as Markdown: nothing of a document becomes a link, a heading or a list by accident. */
export function markdown(
  sentences: readonly Sentence[],
  words: PlaceWords,
  origin: string,
): string {
  const all = references(sentences);
  const lines = [...all.values()].map(({ number, citation }) => {
    const where = whereOf(citation, words);
    const link = `[${escapeMarkdown(oneLine(citation.title))}](${addressOf(citation, origin)})`;
    const place = where && `, ${escapeMarkdown(oneLine(where))}`;
    return `[^${number}]: ${link}${place}: “${escapeMarkdown(oneLine(citation.quote))}”`;
  });
  const text = body(sentences, all, escapeMarkdown, (number) => `[^${number}]`);
  return [text, ...(lines.length ? ["", ...lines] : [])].join("\n");
}

/** The documents an answer rests on, for a BibTeX file. */
export function bibtex(
  sentences: readonly Sentence[],
  works: ReadonlyMap<string, Work>,
  origin: string,
): string {
  const keys = new Set<string>();
  const entries = byDocument(references(sentences).values()).map((group) => {
    const [first] = group;
    if (!first) return "";
    const { citation } = first;
    const work = works.get(citation.document_id);
    const pages = [
      ...new Set(group.map((one) => one.citation.page).filter((page) => typeof page === "number")),
    ].sort((a, b) => a - b);
    const fields: [string, string][] = [
      ["title", `{${escapeBibtex(citation.title)}}`],
      ...(work?.authors.length
        ? [["author", work.authors.map(authorOf).join(" and ")] as [string, string]]
        : []),
      ...(pages.length ? [["pages", pages.join(", ")] as [string, string]] : []),
      ["url", addressOf(citation, origin)],
      [
        "note",
        group
          .map((one) => `[${one.number}] \`\`${escapeBibtex(oneLine(one.citation.quote))}''`)
          .join("; "),
      ],
    ];
    const key = keyOf(citation.title, work, keys);
    const lines = fields.map(([name, value]) => `  ${name} = {${value}}`);
    return `@${work?.format === "epub" ? "book" : "misc"}{${key},\n${lines.join(",\n")}\n}`;
  });
  return entries.join("\n\n");
}

function body(
  sentences: readonly Sentence[],
  all: Map<string, Reference>,
  escaped: (text: string) => string,
  mark: (number: number) => string = (number) => ` [${number}]`,
): string {
  return sentences
    .map((sentence) => {
      const marks = numbersOf(sentence, all).map((reference) => mark(reference.number));
      return escaped(oneLine(sentence.text)) + marks.join("");
    })
    .join(" ");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** Text that Markdown leaves as it is. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_[\]<>#|~$]/g, "\\$&")
    .replace(/&(?=#?\w+;)/g, "\\&")
    .replace(/!(?=\\\[)/g, "\\!")
    .replace(/^(\s*)([-+=])/, "$1\\$2")
    .replace(/^(\s*\d+)([.)])/, "$1\\$2")
    .replace(/\bhttps?:(?=\/\/)/gi, (scheme) => `${scheme.slice(0, -1)}\\:`)
    .replace(/\bwww\./gi, (start) => `${start.slice(0, -1)}\\.`);
}

const BIBTEX: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "{": "\\{",
  "}": "\\}",
  $: "\\$",
  "&": "\\&",
  "#": "\\#",
  _: "\\_",
  "%": "\\%",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  '"': "''",
};

/** Text that TeX sets as it is; a brace that opens nothing would end the entry. */
export function escapeBibtex(text: string): string {
  return oneLine(text).replace(/[\\{}$&#_%~^"]/g, (character) => {
    return BIBTEX[character] ?? character;
  });
}

/** A name that "and" and commas inside it do not take apart. */
function authorOf(name: string): string {
  const escaped = escapeBibtex(name);
  return /\band\b/i.test(name) || name.split(",").length > 2 ? `{${escaped}}` : escaped;
}

/** A key of letters and digits that no entry before has. */
function keyOf(title: string, work: Work | undefined, taken: Set<string>): string {
  const family = work?.authors[0]?.split(",")[0]?.trim().split(/\s+/).at(-1) ?? "";
  const word = title.split(/[^\p{L}\p{N}]+/u).find((one) => one.length > 3) ?? title;
  const base = ascii(family + word) || "document";
  let key = base;
  for (let next = 2; taken.has(key); next += 1) key = `${base}${next}`;
  taken.add(key);
  return key;
}

function ascii(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[^A-Za-z0-9]/g, "")
    .toLowerCase();
}
