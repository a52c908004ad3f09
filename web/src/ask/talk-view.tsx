/** The questions and answers of a conversation, and the box for the next one. */
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useShortcut } from "@/app/keys";
import { Button } from "@/parts/button";
import type { Otherwise } from "./actions";
import type { useBeside } from "./beside";
import { type Box, Composer } from "./composer";
import type { Exchange, Given } from "./exchange";
import { type Doing, ExchangeView } from "./exchange-view";
import { Paused } from "./hindered";
import { questionOf, useWay, type Way } from "./kept";
import { useLost } from "./lost";
import { begin, dismiss, type Live, stop } from "./talk";
import { useCitationKeys, useScroll } from "./talk-moves";
import { WayPicker } from "./way-picker";

/** Exchanges that are drawn at once; the ones before come when they are asked for. */
const SHOWN = 15;

export function Talk({
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
