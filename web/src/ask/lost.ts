/** A question whose answer was on its way when the page was reloaded: the server may have gone on. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import type { Exchange } from "./exchange";
import { keepSent, sent } from "./kept";
import { conversationQuery } from "./queries";
import type { Live } from "./talk";

const LOOK_MS = 2_000;
/** The server writes on for a minute while nobody reads. */
const LOOK_MAX_MS = 60_000;
/** How far the clocks of the two may lie apart. */
const CLOCKS_MS = 120_000;

export function useLost(
  conversation: string,
  all: readonly Exchange[],
  lives: readonly Live[],
): { question: string | undefined; isLooking: boolean; end(): void } {
  const queries = useQueryClient();
  const [lost, setLost] = useState(() =>
    lives.some((live) => live.state === "asking" || live.state === "waiting")
      ? undefined
      : sent(conversation),
  );
  const [isLooking, setLooking] = useState(lost !== undefined);
  const came =
    lost !== undefined &&
    all.some((exchange) =>
      exchange.answers.some(
        (given) =>
          given.question === lost.question &&
          given.created !== undefined &&
          Date.parse(given.created) >= lost.at - CLOCKS_MS,
      ),
    );
  const end = () => {
    keepSent(conversation, undefined);
    setLost(undefined);
  };
  useEffect(() => {
    if (!came) return;
    keepSent(conversation, undefined);
    setLost(undefined);
  }, [came, conversation]);
  useEffect(() => {
    if (!lost) return;
    const until = Date.now() + LOOK_MAX_MS;
    const timer = setInterval(() => {
      if (Date.now() > until) {
        clearInterval(timer);
        setLooking(false);
        return;
      }
      void queries.invalidateQueries(conversationQuery(conversation));
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [lost, conversation, queries]);
  return { question: came ? undefined : lost?.question, isLooking, end };
}
