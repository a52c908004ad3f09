/** A question with its answer. */
import { LoaderCircle, WifiOff } from "lucide-react";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFormats } from "@/parts/format";
import { Actions, type Otherwise, Versions } from "./actions";
import { AnswerText, Removed } from "./answer-text";
import type { Open, Target } from "./citation";
import { Degraded } from "./degraded";
import type { Exchange, Given } from "./exchange";
import { FollowUps } from "./follow-ups";
import { Hindered, Paused } from "./hindered";
import type { Way } from "./kept";
import { NotFound } from "./not-found";
import { references } from "./references";
import { Sources } from "./sources";
import { followUps } from "./suggestions";
import { type Live, unchecked } from "./talk";

/** What can be done about an exchange. */
export interface Doing {
  open: Target | undefined;
  onOpen: Open;
  onAsk(question: string): void;
  onAgain(given: Given, otherwise: Otherwise): void;
  onRetry(given: Given): void;
  onEdit(question: string): void;
  onWiden(given: Given): void;
}

export function ExchangeView({
  exchange,
  latest,
  roomy,
  way,
  asked,
  doing,
}: {
  exchange: Exchange;
  latest: boolean;
  /** Whether it was asked just now, below others: then there is room for it to stand at the top. */
  roomy: boolean;
  way: Way;
  /** All questions of the conversation. */
  asked: readonly string[];
  doing: Doing;
}) {
  const { t } = useTranslation("ask");
  const count = exchange.answers.length;
  const [shown, setShown] = useState(count - 1);
  const before = useRef(count);
  useEffect(() => {
    // An answer that was asked for again is looked at.
    if (count !== before.current) setShown(count - 1);
    before.current = count;
  }, [count]);
  const at = Math.min(shown, count - 1);
  const given = exchange.answers[at];
  if (!given) return null;
  const { standalone } = given;
  const understood =
    standalone !== undefined && standalone.trim() !== exchange.question.trim()
      ? standalone
      : undefined;
  return (
    <article
      aria-label={exchange.question}
      aria-busy={given.live?.state === "asking" || undefined}
      data-exchange
      className={`@container scroll-mt-28 md:scroll-mt-18 ${roomy ? "min-h-[calc(100dvh-15rem)]" : ""}`}
    >
      <header className="mb-4 flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h2
            dir="auto"
            className="font-serif text-xl font-semibold leading-snug whitespace-pre-wrap text-pretty [overflow-wrap:anywhere] sm:text-[1.4rem]"
          >
            {exchange.question}
          </h2>
          {understood && (
            <p className="mt-1.5 text-sm text-soft">{t("understood", { question: understood })}</p>
          )}
        </div>
        <Versions shown={at} count={count} onShow={setShown} />
      </header>
      <AnswerView
        key={given.key}
        given={given}
        latest={latest}
        way={way}
        asked={asked}
        doing={doing}
      />
    </article>
  );
}

function AnswerView({
  given,
  latest,
  way,
  asked,
  doing,
}: {
  given: Given;
  latest: boolean;
  way: Way;
  asked: readonly string[];
  doing: Doing;
}) {
  const { t } = useTranslation("ask");
  const { live, sentences } = given;
  const all = useMemo(() => references(sentences), [sentences]);
  const draft = live ? unchecked(live) : "";
  const retry = () => doing.onRetry(given);
  const edit = () => doing.onEdit(given.question);
  const done = live === undefined;
  const narrowed = way.collections.length > 0 || way.document !== undefined || Boolean(way.persona);
  const suggestions = useMemo(
    () => (latest && done ? followUps(given.passages ?? [], sentences, asked) : []),
    [latest, done, given.passages, sentences, asked],
  );
  return (
    <>
      {given.degraded.length > 0 && <Degraded sentences={given.degraded} />}
      {(sentences.length > 0 || draft !== "") && (
        <AnswerText
          sentences={sentences}
          all={all}
          exact={given.writer?.kind === "extractive" || (live !== undefined && live.draft === "")}
          draft={draft}
          open={doing.open}
          onOpen={doing.onOpen}
        />
      )}
      {live && <Standing live={live} onRetry={retry} onEdit={edit} />}
      {done && !given.answered && (
        <NotFound
          given={given}
          narrowed={narrowed}
          latest={latest}
          onOpen={doing.onOpen}
          onWiden={() => doing.onWiden(given)}
          onEdit={edit}
        />
      )}
      {done && <Removed removed={given.removed} />}
      <Sources
        all={all}
        open={doing.open}
        onOpen={doing.onOpen}
        label={t("sourcesOf", { question: given.question })}
      />
      {done && (
        <Actions
          given={given}
          way={way}
          meta={<Meta given={given} />}
          onAgain={(otherwise) => doing.onAgain(given, otherwise)}
        />
      )}
      <FollowUps suggestions={suggestions} onAsk={doing.onAsk} />
    </>
  );
}

/** How far an answer is that has not come to its end. */
function Standing({ live, onRetry, onEdit }: { live: Live; onRetry(): void; onEdit(): void }) {
  const { t } = useTranslation("ask");
  if (live.state === "failed") {
    return <Hindered error={live.error} onRetry={onRetry} onEdit={onEdit} />;
  }
  if (live.state === "stopped") {
    return <Paused text={t("stopped")} onRetry={onRetry} onEdit={onEdit} />;
  }
  if (live.state === "waiting") {
    return (
      <p className="mt-3 flex items-center gap-2.5 text-sm font-medium text-warn">
        <WifiOff aria-hidden className="size-4 shrink-0" />
        {t("waiting")}
      </p>
    );
  }
  if (live.state === "done") return null;
  const said = live.restarted
    ? t("restarted")
    : live.passages === undefined
      ? t("searching")
      : live.sentences.length === 0 && live.draft === ""
        ? t("reading", { count: live.passages.length })
        : t("writing");
  return (
    <p className="mt-2 flex items-center gap-2.5 text-sm text-soft">
      <LoaderCircle aria-hidden className="size-4 shrink-0 animate-spin text-accent" />
      {said}
    </p>
  );
}

function Meta({ given }: { given: Given }) {
  const { t } = useTranslation("ask");
  const { ago, usd } = useFormats();
  const parts = [
    given.persona && t("saidBy", { name: given.persona }),
    given.writer?.kind === "extractive"
      ? t("exactSentences")
      : given.writer?.kind === "model" && t("writtenBy", { name: given.writer.name ?? "" }),
    given.cached && t("givenBefore"),
    given.usage && given.usage.cost_usd > 0 && usd(given.usage.cost_usd),
    given.created && ago(given.created),
  ];
  return <>{parts.filter(Boolean).join(" · ")}</>;
}
