/** What an answer rests on, document by document. */
import { useTranslation } from "react-i18next";
import { isOpenAt, type Open, type Target, targetOf } from "./citation";
import { byDocument, type Reference, whereOf } from "./references";
import { usePlaceWords } from "./words";

export function Sources({
  all,
  open,
  onOpen,
  label,
}: {
  all: Map<string, Reference>;
  open: Target | undefined;
  onOpen: Open;
  /** What tells this list from those of other answers. */
  label: string;
}) {
  const { t } = useTranslation("ask");
  const words = usePlaceWords();
  if (all.size === 0) return null;
  const documents = byDocument(all.values());
  return (
    <section aria-label={label} className="mt-5">
      <h3 className="mb-2 text-xs font-semibold text-soft">
        {t("sources", { count: documents.length })}
      </h3>
      <ul className={`grid gap-2 ${documents.length > 1 ? "@xl:grid-cols-2" : ""}`}>
        {documents.map((group) => {
          const citation = group[0]?.citation;
          if (!citation) return null;
          const places = group.map((reference) => whereOf(reference.citation, words));
          // Said once where it is the same for all.
          const common = new Set(places).size === 1 ? places[0] : undefined;
          return (
            <li
              key={citation.document_id}
              className="min-w-0 rounded-xl border border-line bg-surface px-3.5 pt-3 pb-2"
            >
              <p dir="auto" className="truncate text-sm font-semibold" title={citation.title}>
                {citation.title}
              </p>
              {common && <p className="truncate text-xs text-soft">{common}</p>}
              <ul className="-mx-2 mt-1">
                {group.map((reference, at) => {
                  const where = common === undefined ? places[at] : undefined;
                  const active = isOpenAt(open, reference.citation);
                  return (
                    <li key={reference.number}>
                      <button
                        type="button"
                        aria-current={active ? "true" : undefined}
                        className={`flex min-h-7 w-full items-baseline gap-2 rounded-md px-2 py-1 text-start text-[0.8rem] ${active ? "bg-tint text-accent-strong" : "text-soft hover:bg-sunken hover:text-ink"}`}
                        onClick={() => onOpen(targetOf(reference.citation))}
                      >
                        <span className="w-4 shrink-0 text-end font-semibold text-accent-strong tabular-nums">
                          {reference.number}
                        </span>
                        <span className="min-w-0 flex-1 truncate">
                          {where && <span className="me-1.5 font-medium text-ink">{where}</span>}
                          <span className="font-serif">{reference.citation.quote}</span>
                        </span>
                      </button>
                    </li>
                  );
                })}
              </ul>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
