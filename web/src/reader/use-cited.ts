/** What is marked: the words that an answer rests on, and the places that were found. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Mark, Span } from "./pieces";
import type { ReaderProps } from "./reader";
import type { Finding } from "./use-find";
import { type Document, find, wordsQuery } from "./wire";

/** The longest quote that is looked for, in characters: a needle has its limit in bytes. */
const QUOTE_MAX = 120;

export interface Cited {
  readonly span: Span | undefined;
  readonly cited: (Span & { words: string }) | undefined;
  readonly marks: readonly Mark[];
  /** What is marked, for those who do not see it. */
  readonly announced: string;
}

export function useCited(props: ReaderProps & { opened: Document }, finding: Finding): Cited {
  const { t } = useTranslation("reader");
  const { opened: document, quote } = props;
  const sought = useQuery({
    queryKey: ["documents", document.id, document.version_id, "quote", quote],
    queryFn: async ({ signal }) => {
      const places = await find(document.id, (quote ?? "").slice(0, QUOTE_MAX), undefined, signal);
      return places.items[0]?.span ?? null;
    },
    enabled: Boolean(!props.span && quote && document.version_id),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const start = props.span?.start ?? sought.data?.start;
  const end = props.span?.end ?? sought.data?.end;
  const span = useMemo(
    () => (start !== undefined && end !== undefined ? { start, end } : undefined),
    [start, end],
  );
  const isMarked = span !== undefined && span.end > span.start;
  const words = useQuery({
    ...wordsQuery(document.id, document.version_id, span ?? { start: 0, end: 0 }),
    enabled: Boolean(isMarked && document.version_id),
  });
  const text = words.data?.text;
  const cited = useMemo(
    () => (span && text !== undefined ? { ...span, words: text } : undefined),
    [span, text],
  );
  const { places, at } = finding;
  const marks = useMemo(() => {
    const all: Mark[] = places.map((place, index) => ({
      ...place.span,
      look: index === at ? "here" : "found",
    }));
    if (span && isMarked) all.push({ ...span, look: "cited" });
    return all;
  }, [places, at, span, isMarked]);
  const hit = at >= 0 ? places[at] : undefined;
  const announced = hit
    ? `${t("placeOf", { at: at + 1, count: places.length })}: ${hit.before}${hit.text}${hit.after}`
    : text
      ? t("marked", { words: text })
      : "";
  return { span, cited, marks, announced };
}
