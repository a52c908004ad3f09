/** The audit log: filtered, as long as it is, verified and taken along. */
import { getRouteApi } from "@tanstack/react-router";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { Download, X } from "lucide-react";
import { useId, useRef, useState } from "react";
import { api, got, type Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { TextField } from "@/parts/field";
import { Menu, MenuItem } from "@/parts/menu";
import { Empty } from "@/parts/page";
import { More, usePaged } from "../parts/paged";
import { save } from "../parts/save";
import { Fetched } from "../parts/state";
import { useDoing } from "../parts/use-doing";
import { useWords } from "../words";
import { Entry } from "./entry";
import { Verify } from "./verify";

const route = getRouteApi("/inside/admin/audit");
const ROW_HEIGHT = 62;

/** What of the log is shown, as the address says it; days are whole days where somebody is. */
function filterOf(search: { action?: string; actor?: string; since?: string; until?: string }) {
  const start = (day: string, more: number) => {
    const date = new Date(`${day}T00:00:00`);
    if (Number.isNaN(date.getTime())) return undefined;
    date.setDate(date.getDate() + more);
    return date.toISOString();
  };
  const since = search.since && start(search.since, 0);
  const until = search.until && start(search.until, 1);
  return {
    ...(search.action && { action: search.action }),
    ...(search.actor && { actor: search.actor }),
    ...(since && { since }),
    ...(until && { until }),
  };
}

export function AuditLog() {
  const { t } = useWords();
  const search = route.useSearch();
  const filter = filterOf(search);
  const filtered = Object.keys(filter).length > 0;
  const query = usePaged(["audit", filter], (cursor) =>
    got(
      api.GET("/api/v1/audit", {
        params: { query: { ...filter, limit: 100, ...(cursor !== undefined && { cursor }) } },
      }),
    ),
  );
  return (
    <>
      <Verify />
      <div className="mb-4 flex flex-wrap items-end gap-3">
        <Filters known={[...new Set(query.items.map((entry) => entry.action))].sort()} />
        <ExportMenu filter={filter} />
      </div>
      <Fetched query={query}>
        {() =>
          query.items.length > 0 ? (
            <Entries entries={query.items} />
          ) : (
            <Empty title={filtered ? t("auditNoneFiltered") : t("auditNone")} />
          )
        }
      </Fetched>
      <More query={query} />
    </>
  );
}

function Filters({ known }: { known: readonly string[] }) {
  const { t } = useWords();
  const list = useId();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const set = (change: Partial<typeof search>) =>
    void navigate({
      search: (now) =>
        Object.fromEntries(Object.entries({ ...now, ...change }).filter(([, value]) => value)),
      replace: true,
    });
  const [action, setAction] = useState(search.action ?? "");
  const any = search.action || search.actor || search.since || search.until;
  return (
    <form
      className="grid w-full grid-cols-2 items-end gap-3 sm:flex sm:w-auto sm:flex-1 sm:flex-wrap"
      onSubmit={(event) => {
        event.preventDefault();
        set({ action: action.trim() });
      }}
    >
      <div className="col-span-2 sm:w-56">
        <TextField
          label={t("action")}
          placeholder="documents_remove"
          list={list}
          value={action}
          onChange={(event) => setAction(event.target.value)}
          onBlur={() => set({ action: action.trim() })}
          spellCheck={false}
        />
        <datalist id={list}>
          {known.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </div>
      <div className="min-w-0 sm:w-40">
        <TextField
          label={t("from")}
          type="date"
          value={search.since ?? ""}
          onChange={(event) => set({ since: event.target.value })}
        />
      </div>
      <div className="min-w-0 sm:w-40">
        <TextField
          label={t("until")}
          type="date"
          value={search.until ?? ""}
          onChange={(event) => set({ until: event.target.value })}
        />
      </div>
      {any && (
        <Button
          look="quiet"
          onClick={() => {
            setAction("");
            void navigate({ search: {}, replace: true });
          }}
        >
          <X aria-hidden className="size-4" />
          {t("clearFilter")}
        </Button>
      )}
    </form>
  );
}

function ExportMenu({ filter }: { filter: Record<string, string> }) {
  const { t } = useWords();
  const take = useDoing(
    (format: Wire["AuditFormat"]) =>
      save(
        `/api/v1/audit/export?${new URLSearchParams({ ...filter, format })}`,
        `audit.${format === "cef" ? "cef" : "jsonl"}`,
      ),
    { changes: [["audit"]] },
  );
  return (
    <Menu
      trigger={
        <Button disabled={take.isPending}>
          <Download aria-hidden className="size-4" />
          {t("export")}
        </Button>
      }
    >
      <MenuItem onSelect={() => take.mutate("jsonl")}>{t("exportJsonl")}</MenuItem>
      <MenuItem onSelect={() => take.mutate("cef")}>{t("exportCef")}</MenuItem>
    </Menu>
  );
}

/** Only what is in view is drawn: a log may have millions of entries. */
function Entries({ entries }: { entries: readonly Wire["AuditEntry"][] }) {
  const { t } = useWords();
  const place = useRef<HTMLUListElement>(null);
  const virtual = useWindowVirtualizer({
    count: entries.length,
    estimateSize: () => ROW_HEIGHT,
    overscan: 12,
    scrollMargin: place.current?.offsetTop ?? 0,
    getItemKey: (at) => entries[at]?.sequence ?? at,
  });
  return (
    <ul
      ref={place}
      aria-label={t("auditLog")}
      className="relative rounded-2xl border border-line bg-surface"
      style={{ height: virtual.getTotalSize() + 2 }}
    >
      {virtual.getVirtualItems().map((item) => {
        const entry = entries[item.index];
        return (
          entry && (
            <li
              key={item.key}
              ref={virtual.measureElement}
              data-index={item.index}
              aria-setsize={entries.length}
              aria-posinset={item.index + 1}
              className="absolute inset-x-0 border-b border-line last:border-b-0"
              style={{
                transform: `translateY(${item.start - virtual.options.scrollMargin}px)`,
              }}
            >
              <Entry entry={entry} />
            </li>
          )
        );
      })}
    </ul>
  );
}
