import { ChevronDown } from "lucide-react";
import { useId, useState } from "react";
import type { Wire } from "@/api/client";
import { useFormats } from "@/parts/format";
import { Badge } from "@/parts/page";
import { useNames } from "../names";
import { useWords } from "../words";

const OUTCOMES = ["done", "refused", "failed", "interrupted"] as const;

/** An entry of the log: a line, and everything about it when it is opened. */
export function Entry({ entry }: { entry: Wire["AuditEntry"] }) {
  const { t } = useWords();
  const formats = useFormats();
  const names = useNames();
  const [open, setOpen] = useState(false);
  const more = useId();
  const outcome = OUTCOMES.find((one) => one === entry.outcome);
  return (
    <>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={more}
        onClick={() => setOpen(!open)}
        className="flex w-full items-center gap-x-4 px-4 py-2.5 text-start text-sm hover:bg-sunken/60"
      >
        <span className="grid min-w-0 flex-1 gap-x-4 sm:grid-cols-[minmax(0,3fr)_minmax(0,2fr)_auto] sm:items-center">
          <span className="min-w-0">
            <span className="block truncate font-mono text-xs font-medium">{entry.action}</span>
            <span className="block truncate text-xs text-soft">
              {entry.target ? `${entry.target.kind} …${entry.target.id.slice(-8)}` : " "}
            </span>
          </span>
          <span className="truncate">{names(entry.actor)}</span>
          <time dateTime={entry.moment} className="text-xs text-soft">
            {formats.moment(entry.moment)}
          </time>
        </span>
        <span className="sm:w-28 sm:text-end">
          <Badge
            tone={entry.outcome === "done" ? "good" : entry.outcome === "refused" ? "warn" : "bad"}
          >
            {outcome ? t(`outcome.${outcome}`) : entry.outcome}
          </Badge>
        </span>
        <ChevronDown
          aria-hidden
          className={`size-4 shrink-0 text-soft transition-transform ${open ? "rotate-180" : ""}`}
        />
      </button>
      <div id={more} hidden={!open} className="px-4 pb-4">
        {open && <Details entry={entry} />}
      </div>
    </>
  );
}

function Details({ entry }: { entry: Wire["AuditEntry"] }) {
  const { t } = useWords();
  const facts: readonly [string, string | null | undefined][] = [
    [t("sequence"), String(entry.sequence)],
    [t("moment"), entry.moment],
    [t("actor"), entry.actor],
    [t("address"), entry.address],
    [t("target"), entry.target && `${entry.target.kind} ${entry.target.id}`],
    [t("request"), entry.request],
    ...Object.entries(entry.details).map(([name, value]): [string, string] => [
      name,
      String(value),
    ]),
    [t("hash"), entry.hash],
    [t("previous"), entry.previous],
  ];
  return (
    <dl className="grid gap-x-6 gap-y-1 rounded-xl bg-sunken px-4 py-3 text-xs sm:grid-cols-[max-content_minmax(0,1fr)]">
      {facts.map(
        ([name, value]) =>
          value && (
            <div key={name} className="contents">
              <dt className="mt-1 text-soft sm:mt-0">{name}</dt>
              <dd className="break-all font-mono">{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
