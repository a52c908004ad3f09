/** How the library is shown, and of which part: every choice stands in the address. */
import { BookCopy, LayoutGrid, List, ListFilter, Search } from "lucide-react";
import { type ReactNode, useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Button } from "@/parts/button";
import { inputClass } from "@/parts/field";
import { conditions, rememberView, type View } from "./filter";
import { EVERYTHING, Filters, type Given } from "./filters";

const TYPED_MS = 250;

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
