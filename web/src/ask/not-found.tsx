/** "Not found in your library" is a good answer: it says what comes nearest, and where to go on. */
import { useQuery } from "@tanstack/react-query";
import { BookX, ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { Button, LinkButton } from "@/parts/button";
import { type Open, targetOfPassage } from "./citation";
import type { Given } from "./exchange";
import { nearMissesQuery } from "./queries";
import { usePlaceWords } from "./words";

const SHOWN_MAX = 4;

export function NotFound({
  given,
  narrowed,
  latest,
  onOpen,
  onWiden,
  onEdit,
}: {
  given: Given;
  /** Whether only a part of the library was asked. */
  narrowed: boolean;
  latest: boolean;
  onOpen: Open;
  onWiden(): void;
  onEdit(): void;
}) {
  const { t } = useTranslation("ask");
  const question = given.standalone ?? given.question;
  const looked = useQuery({
    ...nearMissesQuery(question),
    enabled: latest && given.passages === undefined,
  });
  const passages = distinct(given.passages ?? looked.data ?? []).slice(0, SHOWN_MAX);
  return (
    <div className="rounded-2xl border border-line bg-surface p-5">
      <div className="flex items-start gap-3.5">
        <BookX aria-hidden className="mt-1 size-5 shrink-0 text-soft" />
        <div className="min-w-0">
          <p className="font-serif text-lg font-semibold">{t("notFound")}</p>
          <p className="mt-1 text-sm text-soft">
            {passages.length > 0 ? t("notFoundNear") : t("notFoundNothing")}
          </p>
        </div>
      </div>
      {passages.length > 0 && <NearMisses passages={passages} onOpen={onOpen} />}
      {latest && (
        <div className="mt-4 flex flex-wrap gap-2">
          {narrowed && (
            <Button look="primary" onClick={onWiden}>
              {t("askEverything")}
            </Button>
          )}
          <Button onClick={onEdit}>{t("rephrase")}</Button>
          <LinkButton to="/search" search={{ q: question }}>
            {t("searchInstead")}
          </LinkButton>
          <LinkButton to="/library" look="quiet">
            {t("putInMore")}
          </LinkButton>
        </div>
      )}
    </div>
  );
}

function NearMisses({ passages, onOpen }: { passages: readonly Wire["Passage"][]; onOpen: Open }) {
  const { t } = useTranslation("ask");
  const words = usePlaceWords();
  return (
    <section aria-label={t("nearMisses")} className="mt-4">
      <h3 className="mb-1.5 text-xs font-semibold text-soft">{t("nearMisses")}</h3>
      <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line">
        {passages.map((passage) => {
          const { page, section } = passage.place;
          const heading = section.filter((one) => one !== passage.title).at(-1);
          const where = [typeof page === "number" ? words.page(page) : undefined, heading];
          return (
            <li key={passage.chunk_id}>
              <button
                type="button"
                className="group flex w-full items-center gap-3 bg-raised px-3.5 py-2.5 text-start hover:bg-tint"
                onClick={() => onOpen(targetOfPassage(passage))}
              >
                <span className="min-w-0 flex-1">
                  <span className="flex flex-wrap items-baseline gap-x-2 text-sm">
                    <span className="font-semibold">{passage.title}</span>
                    <span className="text-xs text-soft">{where.filter(Boolean).join(", ")}</span>
                  </span>
                  <span className="mt-0.5 line-clamp-2 font-serif text-sm text-soft [overflow-wrap:anywhere]">
                    {passage.text}
                  </span>
                </span>
                <ChevronRight aria-hidden className="size-4 shrink-0 text-soft rtl:rotate-180" />
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** The best passage of each place: one heading is shown once. */
function distinct(passages: readonly Wire["Passage"][]): Wire["Passage"][] {
  const seen = new Map<string, Wire["Passage"]>();
  for (const passage of passages) {
    const key = `${passage.document_id}\n${passage.place.section.join("\n")}\n${passage.place.page ?? ""}`;
    if (!seen.has(key)) seen.set(key, passage);
  }
  return [...seen.values()];
}
