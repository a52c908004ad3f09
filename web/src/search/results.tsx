/** The passages found, best first; the arrows go from one to the next. */
import { TriangleAlert } from "lucide-react";
import { type KeyboardEvent, type Ref, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { Button } from "@/parts/button";
import { useFormats } from "@/parts/format";
import { type Asked, SHOWN_MAX } from "./asked";
import { terms } from "./highlight";
import { remember } from "./recent";
import { Result } from "./result";

export function Results({
  ref,
  asked,
  reply,
  old,
  limit,
  onMore,
  onUp,
}: {
  ref: Ref<HTMLOListElement>;
  asked: Asked;
  reply: Wire["SearchReply"];
  /** Whether these are the results of the search before, shown until the new ones are there. */
  old: boolean;
  limit: number;
  onMore(): void;
  /** Up from the first. */
  onUp(): void;
}) {
  const { t } = useTranslation("search");
  const { passages } = reply;
  const query = asked.q ?? "";
  const wanted = useMemo(() => terms(query), [query]);
  const most = useMemo(
    () => Math.max(0, ...passages.map((passage) => passage.score.lexical ?? 0)),
    [passages],
  );
  return (
    <>
      <Head reply={reply} />
      <ol
        ref={ref}
        aria-busy={old}
        className={`flex flex-col divide-y divide-line transition-opacity ${old ? "opacity-70" : ""}`}
        onKeyDown={(event) => move(event, onUp)}
      >
        {passages.map((passage) => (
          <Result
            key={passage.chunk_id}
            passage={passage}
            wanted={wanted}
            most={most}
            onOpen={() => remember(query)}
          />
        ))}
      </ol>
      {passages.length >= limit && limit < SHOWN_MAX && (
        <div className="mt-4 flex justify-center">
          <Button onClick={onMore} disabled={old}>
            {t("more")}
          </Button>
        </div>
      )}
    </>
  );
}

/** How many there are, how long it took, and what did not work. */
function Head({ reply }: { reply: Wire["SearchReply"] }) {
  const { t } = useTranslation("search");
  const formats = useFormats();
  return (
    <div className="mb-1 flex flex-col gap-3">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 text-sm text-soft">
        <p role="status">{t("found", { count: reply.passages.length })}</p>
        <p className="text-xs tabular-nums">
          {t("timing", {
            candidates: formats.number(reply.total),
            milliseconds: formats.number(Math.max(1, reply.timings_ms.total)),
          })}
        </p>
      </div>
      {reply.degraded.length > 0 && <Degraded reasons={reply.degraded} />}
    </div>
  );
}

export function Degraded({ reasons }: { reasons: readonly string[] }) {
  const { t } = useTranslation("search");
  return (
    <div
      role="status"
      className="flex items-start gap-2.5 rounded-xl bg-warn-tint px-4 py-3 text-sm text-warn"
    >
      <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
      <div className="min-w-0">
        <p className="font-medium">{t("degraded")}</p>
        {reasons.map((reason) => (
          <p key={reason} className="break-words">
            {reason}
          </p>
        ))}
      </div>
    </div>
  );
}

/** Up and down from result to result; beyond the first is the box. */
function move(event: KeyboardEvent<HTMLElement>, onUp: () => void): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined || !(event.target instanceof HTMLElement)) return;
  if (!event.target.matches("[data-result]")) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>("[data-result]")];
  const at = links.indexOf(event.target) + step;
  event.preventDefault();
  if (at < 0) onUp();
  else links[at]?.focus();
}
