/** A conversation that has begun. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Wire } from "@/api/client";
import { Problem } from "@/api/problem";
import { useShortcut } from "@/app/keys";
import { isStill } from "@/app/motion";
import { Button, IconButton, LinkButton } from "@/parts/button";
import { Empty, useTitle } from "@/parts/page";
import { Loading } from "@/parts/progress";
import { Trouble } from "@/parts/trouble";
import type { Otherwise } from "./actions";
import { useBeside } from "./beside";
import { type Box, Composer } from "./composer";
import { ConversationMenu } from "./conversation-menu";
import { type Exchange, exchanges, type Given } from "./exchange";
import { type Doing, ExchangeView } from "./exchange-view";
import { Frame } from "./frame";
import { Paused } from "./hindered";
import { questionOf, useWay, type Way } from "./kept";
import { useLost } from "./lost";
import { useOthers } from "./others";
import { conversationQuery } from "./queries";
import { begin, dismiss, type Live, stop, useLives } from "./talk";
import { WayPicker } from "./way-picker";

/** Exchanges that are drawn at once; the ones before come when they are asked for. */
const SHOWN = 15;
const NO_TURNS: readonly Wire["Turn"][] = [];

export function ConversationView({ conversation }: { conversation: string }) {
  const { t } = useTranslation(["ask", "common"]);
  const query = useQuery(conversationQuery(conversation));
  const everything = useLives();
  const lives = useMemo(
    () => everything.filter((live) => live.conversation === conversation),
    [everything, conversation],
  );
  const turns = query.data?.turns;
  const others = useOthers(turns ?? NO_TURNS);
  const all = useMemo(() => exchanges(turns ?? NO_TURNS, lives, others), [turns, lives, others]);
  const beside = useBeside();
  const kept = query.data?.conversation;
  const title = kept?.title || all[0]?.question || t("untitled");
  useTitle(title);
  const gone = query.error instanceof Problem && query.error.status === 404;
  return (
    <Frame
      current={conversation}
      target={beside.target}
      onCloseReader={beside.close}
      bar={
        <>
          <h1 dir="auto" className="min-w-0 truncate px-1 text-sm font-semibold">
            {gone ? t("gone") : title}
          </h1>
          {kept && (
            <ConversationMenu
              conversation={kept}
              isCurrent
              trigger={
                <IconButton label={t("conversationMenu", { title })}>
                  <Ellipsis aria-hidden className="size-4" />
                </IconButton>
              }
            />
          )}
        </>
      }
    >
      {query.isPending && all.length === 0 && <Loading />}
      {query.isError && all.length === 0 && (
        <div className="mx-auto w-full max-w-2xl px-4 py-10">
          {gone ? (
            <Empty
              title={t("gone")}
              actions={
                <LinkButton to="/ask" look="primary">
                  {t("newConversation")}
                </LinkButton>
              }
            >
              {t("goneText")}
            </Empty>
          ) : (
            <Trouble error={query.error} onRetry={() => void query.refetch()} />
          )}
        </div>
      )}
      {(query.isSuccess || all.length > 0) && (
        <Talk
          key={conversation}
          conversation={conversation}
          all={all}
          lives={lives}
          beside={beside}
        />
      )}
    </Frame>
  );
}

function Talk({
  conversation,
  all,
  lives,
  beside,
}: {
  conversation: string;
  all: readonly Exchange[];
  lives: readonly Live[];
  beside: ReturnType<typeof useBeside>;
}) {
  const { t } = useTranslation(["ask", "common"]);
  const [way, setWay] = useWay(conversation);
  const [shown, setShown] = useState(SHOWN);
  const box = useRef<Box>(null);
  const list = useRef<HTMLDivElement>(null);
  const send = useSend(conversation);
  const lost = useLost(conversation, all, lives);
  const doing = useDoing(way, setWay, send, beside, box);
  const coming = lives.find((live) => live.state === "asking" || live.state === "waiting");
  const asked = useMemo(() => all.map((exchange) => exchange.question), [all]);
  useCitationKeys(list);
  useShortcut({ keys: "q", label: t("keyBox"), group: t("common:ask") }, () =>
    box.current?.focus(),
  );
  useScroll(list, lives.findLast((live) => !live.of)?.key, all.length);
  return (
    <>
      <div
        ref={list}
        className="mx-auto w-full max-w-3xl flex-1 space-y-12 px-4 pt-3 pb-12 sm:px-6"
      >
        {all.length > shown && (
          <div className="text-center">
            <Button look="quiet" onClick={() => setShown(shown + SHOWN)}>
              {t("earlier", { count: all.length - shown })}
            </Button>
          </div>
        )}
        {all.length === 0 && !lost.question && (
          <p className="py-16 text-center text-soft">{t("emptyConversation")}</p>
        )}
        {all.slice(-shown).map((exchange, at, drawn) => (
          <ExchangeView
            key={exchange.key}
            exchange={exchange}
            latest={at === drawn.length - 1}
            roomy={at === drawn.length - 1 && at > 0 && lives.length > 0}
            way={way}
            asked={asked}
            doing={doing}
          />
        ))}
        {lost.question && (
          <article>
            <h2 dir="auto" className="font-serif text-xl font-semibold">
              {lost.question}
            </h2>
            <Paused
              text={lost.isLooking ? t("lostLooking") : t("lost")}
              onRetry={() => {
                const { question } = lost;
                lost.end();
                if (question) send(question, way);
              }}
              onEdit={() => {
                box.current?.edit(lost.question ?? "");
                lost.end();
              }}
            />
          </article>
        )}
      </div>
      <Announced live={lives.at(-1)} />
      <div
        data-floor
        className="sticky bottom-14 z-20 bg-linear-to-t from-paper from-70% to-transparent pt-6 pb-3 md:bottom-0 md:pb-5"
      >
        <div className="mx-auto w-full max-w-3xl px-3 sm:px-6">
          <Composer
            conversation={conversation}
            box={box}
            compact
            label={t("askOn")}
            busy={coming !== undefined}
            tools={<WayPicker way={way} onChange={setWay} />}
            onSend={(question) => send(question, way)}
            onStop={() => coming && stop(coming.key)}
            onLast={() => all.at(-1)?.question}
          />
        </div>
      </div>
    </>
  );
}

/** Sends a question; what the server then keeps of the conversation is fetched at its end. */
function useSend(conversation: string) {
  const queries = useQueryClient();
  return useCallback(
    (question: string, way: Way, { shown = question, of = "" } = {}) => {
      const asked = of
        ? questionOf(question, way, { fresh: true })
        : questionOf(question, way, { conversation });
      void begin(asked, { conversation, shown, of }).then(() =>
        queries.invalidateQueries({ queryKey: ["conversations"] }),
      );
    },
    [conversation, queries],
  );
}

function useDoing(
  way: Way,
  setWay: (way: Way) => void,
  send: ReturnType<typeof useSend>,
  beside: ReturnType<typeof useBeside>,
  box: React.RefObject<Box | null>,
): Doing {
  return {
    open: beside.target,
    onOpen: beside.open,
    onAsk: (question) => send(question, way),
    onAgain(given, otherwise) {
      send(given.standalone ?? given.question, changed(way, otherwise), {
        shown: given.question,
        of: given.of ?? given.id ?? "",
      });
    },
    onRetry(given) {
      if (given.live) dismiss(given.live.key);
      send(given.question, way, { of: given.of ?? "" });
    },
    onEdit: (question) => box.current?.edit(question),
    onWiden(given: Given) {
      const { document: _, persona: __, ...rest } = way;
      const wide = { ...rest, collections: [] };
      setWay(wide);
      send(given.standalone ?? given.question, wide, { shown: given.question });
    },
  };
}

function changed(way: Way, { withoutPersona, ...otherwise }: Otherwise): Way {
  const { persona, ...rest } = { ...way, ...otherwise };
  return withoutPersona || persona === undefined ? rest : { ...rest, persona };
}

/** `j` and `k` go from number to number. */
function useCitationKeys(list: React.RefObject<HTMLElement | null>): void {
  const { t } = useTranslation(["ask", "common"]);
  const group = t("common:ask");
  const step = (by: 1 | -1) => {
    const numbers = [...(list.current?.querySelectorAll<HTMLElement>("[data-citation]") ?? [])];
    const at = numbers.indexOf(document.activeElement as HTMLElement);
    // From outside: the first number of the last answer, or the last number of all.
    const last = [...(list.current?.querySelectorAll("[data-exchange]") ?? [])].at(-1);
    const first = numbers.findIndex((number) => last?.contains(number));
    const next = at >= 0 ? at + by : by > 0 ? first : numbers.length - 1;
    numbers[Math.max(0, Math.min(numbers.length - 1, next))]?.focus();
  };
  useShortcut({ keys: "j", label: t("keyNext"), group }, () => step(1));
  useShortcut({ keys: "k", label: t("keyPrevious"), group }, () => step(-1));
}

/** A new question stands at the top; an old conversation is opened at its last. */
function useScroll(
  list: React.RefObject<HTMLElement | null>,
  newest: number | undefined,
  count: number,
): void {
  const seen = useRef<number | undefined>(undefined);
  const begun = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn follows from the count
  useEffect(() => {
    const articles = list.current?.querySelectorAll("[data-exchange]");
    const last = articles?.[articles.length - 1];
    if (!last) return;
    if (!begun.current) {
      begun.current = true;
      seen.current = newest;
      if (articles.length > 1) last.scrollIntoView({ block: "start" });
    } else if (newest !== undefined && newest !== seen.current) {
      seen.current = newest;
      last.scrollIntoView({ block: "start", behavior: isStill() ? "instant" : "smooth" });
    }
  }, [list, newest, count]);
}

/** Tells those who listen that an answer is being made, and the whole answer when it is there. */
function Announced({ live }: { live: Live | undefined }) {
  const { t } = useTranslation("ask");
  const said =
    live === undefined
      ? ""
      : live.state === "done"
        ? `${live.answer?.answered ? live.answer.answer : t("notFound")}`
        : live.state === "waiting"
          ? t("waiting")
          : live.state === "stopped"
            ? t("stopped")
            : live.state === "asking"
              ? t("searching")
              : "";
  return (
    <p role="status" className="sr-only">
      {said}
    </p>
  );
}
