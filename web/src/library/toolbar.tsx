/** How the library is shown, and of which part: every choice stands in the address. */
import { BookCopy, LayoutGrid, List, ListFilter, Search, X } from "lucide-react";
import { type ReactNode, useEffect, useId, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/parts/button";
import { inputClass } from "@/parts/field";
import { useFormats } from "@/parts/format";
import {
  conditions,
  type Filter,
  ORDERS,
  type Order,
  rememberView,
  STATES,
  type View,
} from "./filter";
import { FORMATS, useFormatName } from "./kinds";
import type { PlaceChange } from "./place";
import type { Collection, Document } from "./queries";
import { useKnownTags } from "./tags-field";

const TYPED_MS = 250;

interface Given {
  filter: Filter;
  view: View;
  collections: readonly Collection[];
  documents: readonly Document[];
  go(change: PlaceChange, options?: { replace?: boolean }): void;
}

export function Toolbar({ filter, view, collections, documents, go }: Given) {
  const { t } = useTranslation(["library", "common"]);
  const [open, setOpen] = useState(false);
  const panel = useId();
  const count = conditions(filter) - (filter.title === undefined ? 0 : 1);
  return (
    <div className="mb-6 flex flex-col gap-3">
      <div className="flex flex-wrap items-center gap-2">
        <TitleBox
          title={filter.title ?? ""}
          onChange={(title) => go({ title }, { replace: true })}
        />
        <Button
          className="shrink-0 lg:hidden"
          aria-expanded={open}
          aria-controls={panel}
          onClick={() => setOpen(!open)}
        >
          <ListFilter aria-hidden className="size-4" />
          {count > 0 ? t("filtersOf", { count }) : t("filters")}
        </Button>
        <div className="ms-auto">
          <Views
            view={view}
            onChange={(next) => {
              rememberView(next);
              go({ view: next, ...(next === "shelves" && EVERYTHING) });
            }}
          />
        </div>
      </div>
      <div id={panel} className={open ? "block" : "hidden lg:block"}>
        <Filters filter={filter} collections={collections} documents={documents} go={go} />
      </div>
    </div>
  );
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

/** A box for words of the title; the address follows when the typing pauses. */
function TitleBox({ title, onChange }: { title: string; onChange(title: string): void }) {
  const { t } = useTranslation(["library", "common"]);
  const [typed, setTyped] = useState(title);
  const said = useRef(title);
  const tell = useRef(onChange);
  tell.current = onChange;
  // The address may change by other ways than this box.
  useEffect(() => {
    if (title === said.current) return;
    said.current = title;
    setTyped(title);
  }, [title]);
  useEffect(() => {
    const next = typed.trim();
    if (next === said.current) return;
    const timer = setTimeout(() => {
      said.current = next;
      tell.current(next);
    }, TYPED_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return (
    <div className="relative min-w-0 flex-1 basis-full sm:max-w-80 sm:basis-40">
      <Search
        aria-hidden
        className="pointer-events-none absolute start-3 top-2.5 size-4 text-soft"
      />
      <input
        type="search"
        data-search
        aria-label={t("findTitle")}
        placeholder={t("findTitle")}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        className={`${inputClass} ps-9`}
      />
    </div>
  );
}

function Views({ view, onChange }: { view: View; onChange(view: View): void }) {
  const { t } = useTranslation(["library", "common"]);
  const views: readonly [View, string, ReactNode][] = [
    ["shelves", t("viewShelves"), <BookCopy key="s" aria-hidden className="size-4" />],
    ["grid", t("viewGrid"), <LayoutGrid key="g" aria-hidden className="size-4" />],
    ["list", t("viewList"), <List key="l" aria-hidden className="size-4" />],
  ];
  return (
    <fieldset className="flex rounded-lg border border-edge bg-raised p-0.5">
      <legend className="sr-only">{t("view")}</legend>
      {views.map(([value, label, icon]) => (
        <label
          key={value}
          className="flex min-h-7.5 cursor-pointer items-center gap-1.5 rounded-md px-2.5 text-sm text-soft has-checked:bg-tint has-checked:font-medium has-checked:text-accent-strong has-focus-visible:outline-2 has-focus-visible:outline-accent"
        >
          <input
            type="radio"
            name="view"
            value={value}
            checked={view === value}
            onChange={() => onChange(value)}
            className="sr-only"
          />
          {icon}
          <span className="max-sm:sr-only">{label}</span>
        </label>
      ))}
    </fieldset>
  );
}

function Filters({ filter, collections, documents, go }: Omit<Given, "view">) {
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
