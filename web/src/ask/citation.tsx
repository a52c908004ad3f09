/** The small number behind a sentence: its quote on hover and focus, the reader on a click. */
import { HoverCard } from "radix-ui";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { placeOf, type Reference, whereOf } from "./references";
import { usePlaceWords } from "./words";

/** Opens the reader at a place. */
export type Open = (target: Target) => void;

/** A place in a document. */
export interface Target {
  readonly document: string;
  readonly title: string;
  readonly span: Wire["Span"];
  readonly page?: number;
  readonly quote: string;
}

export function targetOf(citation: Wire["Citation"]): Target {
  return {
    document: citation.document_id,
    title: citation.title,
    span: citation.span,
    quote: citation.quote,
    ...(typeof citation.page === "number" && { page: citation.page }),
  };
}

export function targetOfPassage(passage: Wire["Passage"]): Target {
  return {
    document: passage.document_id,
    title: passage.title,
    span: passage.place.span,
    quote: passage.text,
    ...(typeof passage.place.page === "number" && { page: passage.place.page }),
  };
}

/** Whether the reader is open at a place. */
export function isOpenAt(open: Target | undefined, citation: Wire["Citation"]): boolean {
  return (
    open?.document === citation.document_id &&
    open.span.start === citation.span.start &&
    open.span.end === citation.span.end
  );
}

export function CitationNumber({
  reference,
  open,
  onOpen,
}: {
  reference: Reference;
  open: Target | undefined;
  onOpen: Open;
}) {
  const { t } = useTranslation("ask");
  const { number, citation } = reference;
  const words = usePlaceWords();
  const where = whereOf(citation, words);
  const active = isOpenAt(open, citation);
  // While its words are seen in the reader, the card would only lie over what is around the number.
  const [quoted, setQuoted] = useState(false);
  return (
    <HoverCard.Root
      open={quoted && !active}
      onOpenChange={setQuoted}
      openDelay={150}
      closeDelay={120}
    >
      <HoverCard.Trigger asChild>
        <button
          type="button"
          data-citation={placeOf(citation)}
          aria-label={t("citation", { number, title: citation.title, quote: citation.quote })}
          aria-current={active ? "true" : undefined}
          className={`relative -top-[0.35em] mx-[0.1em] inline-flex h-[1.35em] min-w-[1.45em] items-center justify-center rounded-md px-[0.3em] pt-px align-baseline font-sans text-[0.68em] font-semibold leading-none transition-colors ${
            active
              ? "bg-accent text-on-accent"
              : "bg-tint text-accent-strong hover:bg-accent hover:text-on-accent"
          }`}
          onClick={() => {
            setQuoted(false);
            onOpen(targetOf(citation));
          }}
        >
          {number}
        </button>
      </HoverCard.Trigger>
      <HoverCard.Portal>
        <HoverCard.Content
          side="top"
          sideOffset={6}
          collisionPadding={12}
          className="z-40 w-96 max-w-[calc(100vw-1.5rem)] rounded-xl border border-line bg-raised p-4 text-ink shadow-card"
        >
          <p dir="auto" className="text-sm font-semibold">
            {citation.title}
          </p>
          {where && <p className="mt-0.5 text-xs text-soft">{where}</p>}
          <blockquote
            dir="auto"
            className="mt-2.5 line-clamp-[9] border-s-2 border-accent ps-3 font-serif text-[0.95rem] leading-relaxed"
          >
            {citation.quote}
          </blockquote>
        </HoverCard.Content>
      </HoverCard.Portal>
    </HoverCard.Root>
  );
}
