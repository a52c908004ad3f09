/** A conversation as it is shown: what the server keeps, and what is on its way, as questions with their answers. */
import type { Wire } from "@/api/client";
import type { Live } from "./talk";

/** An answer as it is shown, whether it was just given or long ago. */
export interface Given {
  /** A name for it on this page. */
  readonly key: string;
  readonly id?: string;
  /** The answer that it is another one for. */
  readonly of?: string;
  readonly question: string;
  readonly standalone?: string;
  readonly answered: boolean;
  readonly sentences: readonly Wire["Sentence"][];
  readonly removed: readonly Wire["Sentence"][];
  readonly degraded: readonly string[];
  readonly writer?: Wire["Writer"];
  readonly cached: boolean;
  readonly persona?: string;
  readonly created?: string;
  readonly usage?: Wire["Usage"];
  /** What was looked through; known of answers that were given since the page was loaded. */
  readonly passages?: readonly Wire["Passage"][];
  /** Set while it is on its way, and when it did not come to its end. */
  readonly live?: Live;
}

/** A question, with one answer for each time it was asked in a row. */
export interface Exchange {
  readonly key: string;
  readonly question: string;
  readonly answers: readonly Given[];
}

/** The exchanges of a conversation. */
export function exchanges(
  turns: readonly Wire["Turn"][],
  lives: readonly Live[],
  others: ReadonlyMap<string, readonly Wire["GivenAnswer"][]> = new Map(),
): Exchange[] {
  const byAnswer = new Map<string, Live>();
  for (const live of lives) if (live.answer?.id) byAnswer.set(live.answer.id, live);
  const kept = turns.map((turn) => ofTurn(turn, byAnswer.get(turn.answer_id ?? "")));
  const known = new Set(turns.map((turn) => turn.answer_id));
  const coming = lives
    .filter((live) => !live.of && (!live.answer?.id || !known.has(live.answer.id)))
    .map(ofLive);
  const all: { key: string; question: string; answers: Given[] }[] = [];
  for (const given of [...kept, ...coming]) {
    const before = all.at(-1);
    const previous = before?.answers.at(-1);
    if (before && previous && isSame(previous, given)) before.answers.push(given);
    else all.push({ key: given.key, question: given.question, answers: [given] });
  }
  for (const exchange of all) {
    exchange.answers = exchange.answers.flatMap((given) => [
      given,
      ...othersOf(given, lives, others),
    ]);
  }
  return all;
}

/** The other answers that were asked for to a question, before and since the page was loaded. */
function othersOf(
  { id, question }: Given,
  lives: readonly Live[],
  others: ReadonlyMap<string, readonly Wire["GivenAnswer"][]>,
): Given[] {
  if (id === undefined) return [];
  const here = lives.filter((live) => live.of === id);
  const known = new Set(here.map((live) => live.answer?.id));
  const before = (others.get(id) ?? []).filter((answer) => !known.has(answer.id));
  return [
    ...before.map((answer) => ({ ...ofAnswer(answer, question), of: id })),
    ...here.map(ofLive),
  ];
}

function ofAnswer(answer: Wire["GivenAnswer"], question: string): Given {
  const { id, answered, sentences, writer, cached, persona, created, usage } = answer;
  return {
    key: `turn-${id}`,
    id,
    question,
    answered,
    sentences,
    removed: [],
    degraded: [],
    writer,
    cached,
    created,
    ...(persona && { persona }),
    ...(usage && { usage }),
  };
}

/** Whether a question is the one before, asked again. What once stood alone is asked in those words. */
function isSame(before: Given, now: Given): boolean {
  const question = now.question.trim();
  return question === before.question.trim() || question === before.standalone?.trim();
}

function ofTurn(turn: Wire["Turn"], live: Live | undefined): Given {
  return {
    key: `turn-${turn.answer_id ?? turn.position}`,
    ...(turn.answer_id && { id: turn.answer_id }),
    question: turn.question,
    ...(turn.standalone && { standalone: turn.standalone }),
    answered: turn.answered,
    sentences: turn.sentences,
    removed: live?.answer?.removed ?? [],
    degraded: live?.answer?.degraded ?? [],
    writer: turn.writer,
    cached: live?.answer?.cached ?? false,
    ...(live?.answer?.persona && { persona: live.answer.persona }),
    created: turn.created,
    ...(turn.usage && { usage: turn.usage }),
    ...(live?.answer && { passages: live.answer.passages }),
  };
}

function ofLive(live: Live): Given {
  const { answer } = live;
  return {
    // The same name as its turn will have, so that nothing is drawn anew when it is kept.
    key: answer?.id ? `turn-${answer.id}` : `live-${live.key}`,
    ...(answer?.id && { id: answer.id }),
    ...(live.of && { of: live.of }),
    question: live.question,
    ...((answer?.standalone ?? live.standalone) && {
      standalone: answer?.standalone ?? live.standalone,
    }),
    answered: answer?.answered ?? live.sentences.length > 0,
    sentences: live.sentences,
    removed: live.removed,
    degraded: answer?.degraded ?? [],
    ...(answer && { writer: answer.writer }),
    cached: answer?.cached ?? false,
    ...(answer?.persona && { persona: answer.persona }),
    ...(answer?.usage && { usage: answer.usage }),
    ...(live.passages && { passages: live.passages }),
    ...(live.state !== "done" && { live }),
  };
}
