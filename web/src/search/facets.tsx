/** What narrows a search: where, what kind, in which language, with which tag, since when. */
import { useQuery } from "@tanstack/react-query";
import { SlidersHorizontal, X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api, got } from "@/api/client";
import { Button } from "@/parts/button";
import { AGES, type Age, type Asked, ageOf, filterCount, unfiltered } from "./asked";
import { type Given, Group, Values } from "./facet-values";

export function Facets({ asked, onAsked, passages }: Given) {
  const { t } = useTranslation("search");
  const [open, setOpen] = useState(false);
  const chosen = filterCount(asked);
  return (
    <div className="lg:sticky lg:top-6">
      <div className="flex flex-wrap items-center gap-2 lg:hidden">
        <Button aria-expanded={open} aria-controls="filters" onClick={() => setOpen(!open)}>
          <SlidersHorizontal aria-hidden className="size-4" />
          {chosen > 0 ? t("filtersChosen", { count: chosen }) : t("filters")}
        </Button>
        {chosen > 0 && (
          <Button look="quiet" onClick={() => onAsked(unfiltered(asked))}>
            {t("clearFilters")}
          </Button>
        )}
      </div>
      <section
        id="filters"
        aria-label={t("filters")}
        className={`${open ? "mt-4 grid" : "hidden"} gap-6 sm:grid-cols-2 lg:mt-0 lg:grid lg:grid-cols-1`}
      >
        {asked.document && <OneDocument id={asked.document} asked={asked} onAsked={onAsked} />}
        <Values asked={asked} onAsked={onAsked} passages={passages} />
        <AgeChoice asked={asked} onAsked={onAsked} />
        {chosen > 0 && (
          <Button
            look="quiet"
            className="-ms-3.5 hidden justify-self-start lg:inline-flex"
            onClick={() => onAsked(unfiltered(asked))}
          >
            <X aria-hidden className="size-4" />
            {t("clearFilters")}
          </Button>
        )}
      </section>
    </div>
  );
}

function AgeChoice({ asked, onAsked }: { asked: Asked; onAsked(next: Asked): void }) {
  const { t } = useTranslation("search");
  const chosen = ageOf(asked);
  const pick = (age: Age | undefined) => {
    const { added: _, ...rest } = asked;
    onAsked(age ? { ...rest, added: age } : rest);
  };
  const ages: readonly (Age | undefined)[] = [undefined, ...(Object.keys(AGES) as Age[])];
  return (
    <Group legend={t("added")}>
      {ages.map((age) => (
        <label key={age ?? "any"} className="flex cursor-pointer items-center gap-2.5 py-1 text-sm">
          <input
            type="radio"
            name="added"
            checked={chosen === age}
            onChange={() => pick(age)}
            className="size-4 shrink-0 accent-accent"
          />
          {t(age ? `added_${age}` : "added_any")}
        </label>
      ))}
    </Group>
  );
}

/** The search is held to one document; that can be taken off. */
function OneDocument({ id, asked, onAsked }: { id: string } & Omit<Given, "passages">) {
  const { t } = useTranslation("search");
  const document = useQuery({
    queryKey: ["documents", id],
    queryFn: ({ signal }) =>
      got(api.GET("/api/v1/documents/{document}", { params: { path: { document: id } }, signal })),
  });
  return (
    <Group legend={t("inDocument")}>
      <div className="flex items-start gap-2 rounded-lg bg-tint px-3 py-2 text-sm">
        <span className="min-w-0 flex-1 break-words">
          {document.data?.title ?? (document.error ? t("documentGone") : "…")}
        </span>
        <button
          type="button"
          aria-label={t("everywhere")}
          title={t("everywhere")}
          className="-me-1 rounded p-1"
          onClick={() => {
            const { document: _, ...rest } = asked;
            onAsked(rest);
          }}
        >
          <X aria-hidden className="size-4" />
        </button>
      </div>
    </Group>
  );
}
