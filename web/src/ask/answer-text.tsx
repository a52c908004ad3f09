/** The sentences of an answer with their numbers; those that nothing supports bear a mark and the reason. */
import { TriangleAlert } from "lucide-react";
import { Fragment } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { CitationNumber, type Open, type Target } from "./citation";
import { findingsOf } from "./reasons";
import { numbersOf, type Reference } from "./references";

type Sentence = Wire["Sentence"];

export function AnswerText({
  sentences,
  all,
  exact,
  draft = "",
  open,
  onOpen,
}: {
  sentences: readonly Sentence[];
  all: Map<string, Reference>;
  /** Whether these are sentences of documents: then each document has its own paragraph. */
  exact: boolean;
  /** What stands after them and has not been checked. */
  draft?: string;
  open: Target | undefined;
  onOpen: Open;
}) {
  const { t } = useTranslation("ask");
  const paragraphs = exact ? byDocument(sentences) : [[...sentences]];
  return (
    <div className="space-y-3 font-serif text-[1.075rem] leading-[1.75] [overflow-wrap:anywhere]">
      {paragraphs.map((paragraph, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: paragraphs only grow at the end
        <p key={at} dir="auto">
          {paragraph.map((sentence, position) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: so do sentences
            <Fragment key={position}>
              {position > 0 && " "}
              <SentenceText sentence={sentence} all={all} open={open} onOpen={onOpen} />
            </Fragment>
          ))}
          {draft !== "" && at === paragraphs.length - 1 && (
            <>
              {" "}
              <span className="text-soft" title={t("draft")}>
                {draft}
              </span>
            </>
          )}
        </p>
      ))}
      {draft !== "" && paragraphs.length === 0 && (
        <p dir="auto" className="text-soft" title={t("draft")}>
          {draft}
        </p>
      )}
    </div>
  );
}

function SentenceText({
  sentence,
  all,
  open,
  onOpen,
}: {
  sentence: Sentence;
  all: Map<string, Reference>;
  open: Target | undefined;
  onOpen: Open;
}) {
  const { t } = useTranslation(["ask", "common"]);
  const numbers = numbersOf(sentence, all);
  const marks = numbers.map((reference) => (
    <CitationNumber key={reference.number} reference={reference} open={open} onOpen={onOpen} />
  ));
  if (sentence.verdict.supported) {
    return (
      <>
        {sentence.text}
        {marks.length > 0 && (
          <span className="whitespace-nowrap">
            {"\u2060"}
            {marks}
          </span>
        )}
      </>
    );
  }
  const why = findingsOf(sentence.verdict, t).join("; ");
  return (
    <span
      data-testid="unsupported"
      className="rounded bg-warn-tint px-1 py-0.5 box-decoration-clone"
    >
      <span className="underline decoration-warn decoration-dashed decoration-1 underline-offset-4">
        {sentence.text}
      </span>
      {marks}
      <span className="ms-1.5 inline-flex items-baseline gap-1 font-sans text-xs font-medium text-warn">
        <TriangleAlert aria-hidden className="size-3 translate-y-0.5 self-start" />
        {t("unsupported", { why })}
      </span>
    </span>
  );
}

function byDocument(sentences: readonly Sentence[]): Sentence[][] {
  const paragraphs: Sentence[][] = [];
  let before: string | undefined;
  for (const sentence of sentences) {
    const document = sentence.citations[0]?.document_id;
    if (paragraphs.length === 0 || document !== before) paragraphs.push([]);
    paragraphs.at(-1)?.push(sentence);
    before = document;
  }
  return paragraphs;
}

/** Sentences that were left out of an answer, with the reason. */
export function Removed({ removed }: { removed: readonly Sentence[] }) {
  const { t } = useTranslation(["ask", "common"]);
  if (removed.length === 0) return null;
  return (
    <details className="group mt-4 rounded-xl border border-line bg-sunken/60 text-sm">
      <summary className="flex list-none items-center gap-2 rounded-xl px-3.5 py-2.5 font-medium [&::-webkit-details-marker]:hidden">
        <TriangleAlert aria-hidden className="size-4 shrink-0 text-warn" />
        <span className="flex-1">{t("removed", { count: removed.length })}</span>
        <span className="text-xs font-normal text-soft underline underline-offset-2 group-open:hidden">
          {t("show")}
        </span>
      </summary>
      <ul className="space-y-3 px-3.5 pb-3.5">
        {removed.map((sentence, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list does not change
          <li key={at} data-testid="removed">
            <p className="font-serif text-[0.95rem] text-soft line-through decoration-1">
              {sentence.text}
            </p>
            <p className="mt-0.5 text-xs font-medium text-warn">
              {findingsOf(sentence.verdict, t).join("; ")}
            </p>
          </li>
        ))}
      </ul>
    </details>
  );
}
