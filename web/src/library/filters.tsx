/** What narrows and orders the documents that are shown. */
import { X } from "lucide-react";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/parts/format";
import { conditions, type Filter, ORDERS, type Order, STATES, type View } from "./filter";
import { FORMATS, useFormatName } from "./kinds";
import type { PlaceChange } from "./place";
import type { Collection, Document } from "./queries";
import { useKnownTags } from "./tags-field";

export interface Given {
  filter: Filter;
  view: View;
  collections: readonly Collection[];
  documents: readonly Document[];
  go(change: PlaceChange, options?: { replace?: boolean }): void;
}

/** What asks for nothing in particular. */
export const EVERYTHING: PlaceChange = {
  collection: undefined,
  tag: undefined,
  format: undefined,
  language: undefined,
  state: undefined,
  title: undefined,
  order: undefined,
};

export function Filters({ filter, collections, documents, go }: Omit<Given, "view">) {
  const { t } = useTranslation(["library", "common"]);
  const { language } = useFormats();
  const formatName = useFormatName();
  const tags = useKnownTags();
  const languages = useMemo(() => {
    const seen = new Set(documents.map((one) => one.language).filter((one) => one != null));
    if (filter.language) seen.add(filter.language);
    return [...seen].sort();
  }, [documents, filter.language]);
  const states = {
    queued: t("stateQueued"),
    reading: t("stateReading"),
    searchable: t("stateSearchable"),
    ready: t("stateReady"),
    failed: t("stateFailed"),
  };
  const orders: Record<Order, string> = {
    newest: t("orderNewest"),
    oldest: t("orderOldest"),
    title: t("orderTitle"),
    title_descending: t("orderTitleDescending"),
    changed: t("orderChanged"),
    largest: t("orderLargest"),
    smallest: t("orderSmallest"),
  };
  const some = conditions(filter) > 0 || filter.collection !== undefined;
  const tagged = filter.tag && !tags.includes(filter.tag) ? [...tags, filter.tag] : tags;
  return (
    <div className="grid grid-cols-2 gap-2 sm:grid-cols-3 lg:flex lg:flex-wrap lg:items-center">
      <Choice
        label={t("collection")}
        every={t("everyCollection")}
        value={filter.collection}
        onChange={(collection) => go({ collection })}
        choices={collections.map(({ name }) => [name, name])}
      />
      <Choice
        label={t("format")}
        every={t("everyFormat")}
        value={filter.format}
        onChange={(format) => go({ format })}
        choices={FORMATS.map((format) => [format, formatName(format)])}
      />
      {languages.length > 0 && (
        <Choice
          label={t("common:language")}
          every={t("everyLanguage")}
          value={filter.language}
          onChange={(chosen) => go({ language: chosen })}
          choices={languages.map((tag) => [tag, language(tag)])}
        />
      )}
      {tagged.length > 0 && (
        <Choice
          label={t("tag")}
          every={t("everyTag")}
          value={filter.tag}
          onChange={(tag) => go({ tag })}
          choices={tagged.map((tag) => [tag, tag])}
        />
      )}
      <Choice
        label={t("state")}
        every={t("everyState")}
        value={filter.state}
        onChange={(state) => go({ state })}
        choices={STATES.map((state) => [state, states[state]])}
      />
      <Choice
        label={t("order")}
        value={filter.order ?? "newest"}
        onChange={(order) => go({ order: order === "newest" ? undefined : order })}
        choices={ORDERS.map((order) => [order, orders[order]])}
      />
      {some && (
        <button
          type="button"
          onClick={() => go(EVERYTHING)}
          className="flex min-h-9 items-center justify-center gap-1.5 rounded-lg px-2 text-sm font-medium text-accent hover:bg-sunken"
        >
          <X aria-hidden className="size-4" />
          {t("everything")}
        </button>
      )}
    </div>
  );
}

function Choice({
  label,
  every,
  value,
  onChange,
  choices,
}: {
  label: string;
  /** The words for no condition; without them there is always one. */
  every?: string;
  value: string | undefined;
  onChange(value: string | undefined): void;
  choices: readonly (readonly [string, string])[];
}) {
  const set = every !== undefined && value !== undefined;
  return (
    <select
      aria-label={label}
      value={value ?? ""}
      onChange={(event) => onChange(event.target.value || undefined)}
      className={`min-h-9 w-full min-w-0 rounded-lg border bg-raised px-2.5 py-1.5 text-sm lg:w-auto lg:max-w-52 ${set ? "border-accent font-medium text-accent-strong" : "border-edge text-ink"}`}
    >
      {every !== undefined && <option value="">{every}</option>}
      {choices.map(([key, words]) => (
        <option key={key} value={key}>
          {words}
        </option>
      ))}
    </select>
  );
}
