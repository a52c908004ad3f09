/** Lists of values that a search can be held to, each with how many of the results shown have it. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { useFormats } from "@/parts/format";
import {
  type Asked,
  collectionNamesQuery,
  type Facet,
  requestOf,
  SHOWN_STEP,
  searchQuery,
  tagNamesQuery,
  toggled,
  unfiltered,
} from "./asked";
import { useFormatName } from "./names";

/** More values than these are shown when they are wanted. */
const VALUES_MAX = 8;

export interface Given {
  asked: Asked;
  onAsked(next: Asked): void;
  passages: readonly Wire["Passage"][];
}

/** The lists of values, each with how many of the results shown have it. */
export function Values({ asked, onAsked, passages }: Given) {
  const { t } = useTranslation("search");
  const formats = useFormats();
  const formatName = useFormatName();
  const collections = useQuery(collectionNamesQuery).data ?? [];
  const tags = useQuery(tagNamesQuery).data ?? [];
  // A value that a filter has taken out of the results can still be chosen beside it.
  const all = useQuery({
    ...searchQuery(requestOf(unfiltered(asked), SHOWN_STEP)),
    enabled: Boolean(asked.q?.trim()),
  }).data;
  const everywhere = all?.passages ?? [];
  const counts = useMemo(
    () => ({
      collections: counted(passages, (passage) => passage.collection),
      formats: counted(passages, (passage) => passage.format),
      languages: counted(passages, (passage) => passage.language ?? undefined),
    }),
    [passages],
  );
  const list = (
    facet: Facet,
    known: readonly (string | null | undefined)[],
    name: (value: string) => string,
    count?: Map<string, number>,
  ) => (
    <ValueList
      legend={t(facet)}
      values={merged(asked[facet], known)}
      chosen={asked[facet] ?? []}
      name={name}
      count={count}
      onToggle={(value) => onAsked(toggled(asked, facet, value))}
    />
  );
  const same = (value: string) => value;
  return (
    <>
      {list("collections", collections, same, counts.collections)}
      {list(
        "formats",
        [...counts.formats.keys(), ...everywhere.map((one) => one.format)],
        formatName,
        counts.formats,
      )}
      {list(
        "languages",
        [...counts.languages.keys(), ...everywhere.map((one) => one.language)],
        formats.language,
        counts.languages,
      )}
      {list("tags", tags, same)}
    </>
  );
}

/** One list of values. */
function ValueList({
  legend,
  values,
  chosen,
  name,
  count,
  onToggle,
}: {
  legend: string;
  values: readonly string[];
  chosen: readonly string[];
  name(value: string): string;
  count: Map<string, number> | undefined;
  onToggle(value: string): void;
}) {
  const { t } = useTranslation("search");
  const formats = useFormats();
  const [all, setAll] = useState(false);
  // One value only is nothing to choose from.
  if (values.length === 0 || (values.length === 1 && chosen.length === 0)) return null;
  const shown = all ? values : values.slice(0, Math.max(VALUES_MAX, chosen.length));
  return (
    <Group legend={legend}>
      {shown.map((value) => (
        <label
          key={value}
          className="flex cursor-pointer items-center gap-2.5 rounded-md py-1 text-sm"
        >
          <input
            type="checkbox"
            checked={chosen.includes(value)}
            onChange={() => onToggle(value)}
            className="size-4 shrink-0 accent-accent"
          />
          <span className="min-w-0 flex-1 break-words">{name(value)}</span>
          {count?.get(value) !== undefined && (
            <span className="text-xs tabular-nums text-soft">
              <span aria-hidden>{formats.number(count.get(value) ?? 0)}</span>
              <span className="sr-only">{t("countOf", { count: count.get(value) ?? 0 })}</span>
            </span>
          )}
        </label>
      ))}
      {values.length > shown.length && (
        <button
          type="button"
          className="py-1 text-start text-sm text-accent underline-offset-2 hover:underline"
          onClick={() => setAll(true)}
        >
          {t("moreValues", { count: values.length - shown.length })}
        </button>
      )}
    </Group>
  );
}

export function Group({ legend, children }: { legend: string; children: ReactNode }) {
  return (
    <fieldset className="min-w-0">
      <legend className="mb-1.5 text-xs font-semibold tracking-wide text-soft uppercase">
        {legend}
      </legend>
      <div className="flex flex-col">{children}</div>
    </fieldset>
  );
}

function counted(
  passages: readonly Wire["Passage"][],
  of: (passage: Wire["Passage"]) => string | undefined,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const passage of passages) {
    const value = of(passage);
    if (value) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

function merged(
  chosen: readonly string[] | undefined,
  known: readonly (string | null | undefined)[],
): string[] {
  return [...new Set([...(chosen ?? []), ...known.filter((value) => typeof value === "string")])];
}
