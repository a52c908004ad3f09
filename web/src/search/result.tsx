/** One passage: where it stands, its words, and why it was found. */
import { Link } from "@tanstack/react-router";
import { ChevronDown } from "lucide-react";
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { Badge } from "@/parts/page";
import { extract, type Piece, pieces } from "./highlight";
import { useFormatName, usePlaceName } from "./names";
import { Why } from "./why";

/** So many characters of a passage are shown until somebody wants all of it. */
const EXTRACT_LENGTH = 340;

export function Result({
  passage,
  wanted,
  most,
  onOpen,
}: {
  passage: Wire["Passage"];
  /** The words to mark. */
  wanted: readonly string[];
  /** The best score by words of all that are shown. */
  most: number;
  onOpen(): void;
}) {
  const { t } = useTranslation("search");
  const formatName = useFormatName();
  const placeName = usePlaceName();
  const [whole, setWhole] = useState(false);
  const [why, setWhy] = useState(false);
  const reasons = useId();
  const text = withoutHeading(passage);
  const shown = extract(text.replace(/\s+/g, " "), wanted, EXTRACT_LENGTH);
  const places = placeName(passage.place, passage.title);
  return (
    <li className="group relative py-5">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <h2 className="min-w-0 font-serif text-lg leading-snug font-semibold">
          <Link
            to="/read/$document"
            params={{ document: passage.document_id }}
            search={{
              start: passage.place.span.start,
              end: passage.place.span.end,
              ...(passage.place.page && { page: passage.place.page }),
            }}
            data-result
            onClick={onOpen}
            className="rounded text-accent-strong underline-offset-4 hover:underline focus-visible:underline"
          >
            {passage.title}
          </Link>
        </h2>
        <Badge>{formatName(passage.format)}</Badge>
      </div>
      <p className="mt-0.5 text-sm text-soft">
        {[passage.collection, ...places].map((part, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a place never move
          <span key={at} className="break-words">
            {at > 0 && <span aria-hidden> · </span>}
            {part}
          </span>
        ))}
      </p>
      <p className="mt-2 max-w-prose leading-relaxed break-words whitespace-pre-line" dir="auto">
        {whole ? (
          <Words pieces={pieces(text, wanted)} />
        ) : (
          <>
            {shown.before && "… "}
            <Words pieces={shown.pieces} />
            {shown.behind && " …"}
          </>
        )}
      </p>
      <div className="mt-2 flex flex-wrap items-center gap-x-5 gap-y-1 text-sm">
        {(shown.before || shown.behind) && (
          <Toggle open={whole} onToggle={() => setWhole(!whole)}>
            {whole ? t("lessText") : t("wholePassage")}
          </Toggle>
        )}
        <Toggle open={why} controls={reasons} onToggle={() => setWhy(!why)}>
          {t("why")}
        </Toggle>
      </div>
      <div id={reasons} hidden={!why}>
        {why && <Why passage={passage} most={most} />}
      </div>
    </li>
  );
}

function Toggle({
  open,
  controls,
  onToggle,
  children,
}: {
  open: boolean;
  controls?: string;
  onToggle(): void;
  children: string;
}) {
  return (
    <button
      type="button"
      aria-expanded={open}
      aria-controls={controls}
      className="inline-flex min-h-6 items-center gap-1 rounded text-soft hover:text-ink"
      onClick={onToggle}
    >
      <ChevronDown
        aria-hidden
        className={`size-4 transition-transform ${open ? "rotate-180" : ""}`}
      />
      {children}
    </button>
  );
}

function Words({ pieces: all }: { pieces: readonly Piece[] }) {
  return all.map((piece, at) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a text never move
    piece.marked ? <mark key={at}>{piece.text}</mark> : piece.text,
  );
}

/** A passage often begins with the heading that already stands above it. */
function withoutHeading(passage: Wire["Passage"]): string {
  const heading = passage.place.section.at(-1);
  const { text } = passage;
  if (!heading || !text.startsWith(`${heading}\n`)) return text;
  return text.slice(heading.length).trimStart() || text;
}
