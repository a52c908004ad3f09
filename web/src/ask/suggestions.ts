/**
 * Questions to go on with, made by rules from the titles and headings of what was found: never from
 * guesses. Where nothing good can be asked, nothing is.
 */
import type { Wire } from "@/api/client";

/** A question that can be asked, still without its words. */
export interface Suggestion {
  /** The heading it is about; a whole document when absent. */
  readonly topic?: string;
  readonly title: string;
  /** The heading is a question already and is asked as it stands. */
  readonly isQuestion: boolean;
  /** The language of what it asks about, where that is known. */
  readonly language?: string;
}

const SUGGESTIONS_MAX = 3;
const EXAMPLES_MAX = 4;
const TOPIC_LENGTH_MIN = 4;
const TOPIC_LENGTH_MAX = 60;
const QUESTION_LENGTH_MAX = 120;
const TITLE_LENGTH_MAX = 70;
/** Headings of a file alone, of its making, or of a list. */
const FRAMES = new Set(
  (
    "abstract acknowledgements acknowledgments appendix bibliography conclusion conclusions contents copyright " +
    "cover dedication epilogue example examples figures foreword glossary imprint index introduction notes " +
    "overview preface prologue references sources summary tables|table of contents|title page|list of figures|" +
    "anhang einleitung fazit glossar impressum inhalt inhaltsverzeichnis literatur quellen register " +
    "titelblatt verzeichnis vorwort zusammenfassung nachwort|agradecimientos anexo bibliografía conclusiones " +
    "índice introducción prefacio prólogo referencias resumen|annexe bibliographie conclusion introduction " +
    "préface références remerciements résumé sommaire|table des matières|" +
    "目录 前言 序言 摘要 引言 结论 参考文献 附录 索引 致谢"
  )
    .split("|")
    .flatMap((group) => (/^(table|title|list)/.test(group) ? [group] : group.split(" "))),
);

/** Questions that go on from an answer, from headings of its passages that it has not used yet. */
export function followUps(
  passages: readonly Wire["Passage"][],
  used: readonly Wire["Sentence"][],
  asked: readonly string[],
): Suggestion[] {
  const cited = new Set(
    used.flatMap((sentence) =>
      sentence.citations.map((one) => `${one.document_id}\n${one.section.at(-1) ?? ""}`),
    ),
  );
  const before = asked.map(folded);
  const found: Suggestion[] = [];
  const seen = new Set<string>();
  for (const passage of passages) {
    const heading = passage.place.section.at(-1) ?? "";
    if (cited.has(`${passage.document_id}\n${heading}`)) continue;
    const suggestion = about(passage, heading);
    if (!suggestion?.topic) continue;
    const topic = folded(suggestion.topic);
    if (seen.has(topic) || before.some((question) => question.includes(topic))) continue;
    seen.add(topic);
    found.push(suggestion);
    if (found.length === SUGGESTIONS_MAX) break;
  }
  return found;
}

/** Questions to begin with, from the titles of the library: books first, one of each sort of name. */
export function examples(documents: readonly Wire["Document"][]): Suggestion[] {
  const bookish = (document: Wire["Document"]) =>
    document.format === "epub" || document.format === "pdf" ? 0 : 1;
  return documents
    .filter((document) => isReady(document) && isTitle(document))
    .sort((a, b) => bookish(a) - bookish(b))
    .slice(0, EXAMPLES_MAX)
    .map((document) => ({
      title: spaced(document.title),
      isQuestion: false,
      ...(document.language && { language: document.language }),
    }));
}

function about(passage: Wire["Passage"], heading: string): Suggestion | undefined {
  const topic = tidied(heading);
  const title = spaced(passage.title);
  const language = passage.language ? { language: passage.language } : {};
  if (/[?？]$/.test(topic) && topic.length <= QUESTION_LENGTH_MAX && topic.split(/\s/).length > 2) {
    return { topic, title, isQuestion: true, ...language };
  }
  if (!isTopic(topic) || folded(topic) === folded(title)) return undefined;
  if (!isNamed(title, title)) return undefined;
  return { topic, title, isQuestion: false, ...language };
}

/** Whether words name something one can ask about. */
export function isTopic(topic: string): boolean {
  const letters = topic.match(/\p{L}/gu)?.length ?? 0;
  const short = /\p{Script=Han}/u.test(topic) ? 2 : TOPIC_LENGTH_MIN;
  if (topic.length > TOPIC_LENGTH_MAX || letters < short) return false;
  // Mostly numbers and signs: tables, paths, code, formulas.
  if (letters / topic.replace(/\s/g, "").length < 0.7) return false;
  if (/[_{}<>=\\/@|[\]“”„«»"]|\.\w{2,4}$/.test(topic)) return false;
  if (
    /^(chapter|kapitel|capítulo|chapitre|part|teil|book|buch|page|seite|section|sheet|tabelle|figure|abbildung|table)\s+[\divxlc]+$/i.test(
      topic,
    )
  ) {
    return false;
  }
  if (/^[ivxlcdm]+$/i.test(topic) && topic === topic.toUpperCase()) return false;
  return !FRAMES.has(folded(topic));
}

/** Whether a document bears a title and not the name of a file. */
function isTitle(document: Wire["Document"]): boolean {
  const title = spaced(document.title);
  return isNamed(title, document.name) && document.format !== "image" && document.format !== "csv";
}

function isNamed(title: string, name: string): boolean {
  if (title.length > TITLE_LENGTH_MAX || !isTopic(title)) return false;
  // "csv-too-many-columns", "scan0012": what a program calls a file.
  if (/^[\p{Ll}\p{N}]+([-.][\p{Ll}\p{N}]+)+$/u.test(title)) return false;
  // "3small", "2400dpi", "2023 Q2 AAPL": a number and a code are a name for a machine.
  if (/^\d/.test(title) && !/\p{L}{4,}/u.test(title.replace(/^\S+/, ""))) return false;
  if (/\d{3,}/.test(title) && !/\s/.test(title)) return false;
  // A title begins with a capital, in scripts that have them; else it may be what a file is called.
  const first = title.charAt(0);
  return first === first.toLocaleUpperCase() || (title !== name && /\s/.test(title));
}

function isReady(document: Wire["Document"]): boolean {
  return document.chunks > 0;
}

function spaced(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

/** A heading without its number. */
function tidied(text: string): string {
  return spaced(text)
    .replace(/^(?:§\s*)?\d+(?:\.\d+)*[.):]?\s+(?=\p{L})/u, "")
    .replace(/[.:;,]$/, "");
}

function folded(text: string): string {
  return text.normalize("NFKC").toLocaleLowerCase().replace(/\s+/g, " ").trim();
}
