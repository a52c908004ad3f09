/**
 * Answers on their way, outside of any page: an answer goes on being written while somebody looks at
 * another page, and is there when they come back.
 */
import { useSyncExternalStore } from "react";
import { type AnswerEvent, ask } from "@/api/asking";
import type { Wire } from "@/api/client";
import * as session from "@/api/session";
import { keepSent } from "./kept";
import { keepOther } from "./others";

/** An answer as far as it has come. */
export interface Live {
  readonly key: number;
  readonly conversation: string;
  readonly question: string;
  /** The answer that this is another one for. */
  readonly of?: string;
  readonly state: "asking" | "waiting" | "done" | "stopped" | "failed";
  readonly standalone?: string;
  readonly passages?: readonly Wire["Passage"][];
  /** What a language model has written and nobody has checked yet. */
  readonly draft: string;
  readonly sentences: readonly Wire["Sentence"][];
  readonly removed: readonly Wire["Sentence"][];
  /** Whether the model has failed and exact sentences follow. */
  readonly restarted: boolean;
  readonly answer?: Wire["Answer"];
  readonly error?: unknown;
}

/** Finished answers that are held, so that what only they know can be shown: near misses and the like. */
const LIVES_MAX = 60;

let lives: readonly Live[] = [];
let last = 0;
const stops = new Map<number, AbortController>();
const listeners = new Set<() => void>();

/** Everything that was asked since the page was loaded, oldest first. */
export function useLives(): readonly Live[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => lives,
  );
}

/** Asks; settles with how it ended. What comes meanwhile is told to those who use `useLives`. */
export async function begin(
  question: Wire["Question"],
  { conversation = question.conversation_id ?? "", shown = question.question, of = "" } = {},
): Promise<Live> {
  last += 1;
  const key = last;
  const stop = new AbortController();
  stops.set(key, stop);
  let live: Live = {
    key,
    conversation,
    question: shown,
    ...(of && { of }),
    ...FRESH,
  };
  const tell = (next: Live) => {
    live = next;
    put(next);
  };
  tell(live);
  if (!of) keepSent(conversation, { question: shown, at: Date.now() });
  try {
    for await (const event of ask(question, stop.signal)) tell(after(live, event));
  } catch (error) {
    tell(
      stop.signal.aborted
        ? { ...live, state: "stopped" }
        : { ...live, state: "failed", error, draft: "" },
    );
  } finally {
    stops.delete(key);
    if (!of) keepSent(conversation, undefined);
    if (of && live.answer?.id) keepOther(of, live.answer.id);
  }
  return live;
}

/** Ends an answer that is on its way. */
export function stop(key: number): void {
  stops.get(key)?.abort();
}

/** Takes one away: asked again, or not wanted any more. */
export function dismiss(key: number): void {
  stop(key);
  set(lives.filter((live) => live.key !== key));
}

/** Forgets what was asked in a conversation that is deleted. */
export function forget(conversation: string): void {
  for (const live of lives) if (live.conversation === conversation) stop(live.key);
  set(lives.filter((live) => live.conversation !== conversation));
}

/** What has come before the first word. */
export const FRESH = {
  state: "asking",
  draft: "",
  sentences: [],
  removed: [],
  restarted: false,
} as const satisfies Partial<Live>;

/** An answer after one more event. */
export function after(live: Live, event: AnswerEvent): Live {
  const asking = { ...live, state: "asking" as const };
  switch (event.kind) {
    case "standalone":
      return { ...asking, standalone: event.question };
    case "passages":
      return { ...asking, passages: event.passages };
    case "draft":
      return { ...asking, draft: live.draft + event.text };
    case "sentence":
      return { ...asking, sentences: [...live.sentences, event.sentence] };
    case "removed":
      return { ...asking, removed: [...live.removed, event.sentence] };
    case "restart":
      return { ...asking, draft: "", sentences: [], restarted: true };
    case "waiting":
      return { ...live, state: "waiting" };
    case "again": {
      const { key, conversation, question, of } = live;
      return { key, conversation, question, ...(of && { of }), ...FRESH };
    }
    case "done":
      return {
        ...live,
        state: "done",
        draft: "",
        answer: event.answer,
        sentences: event.answer.sentences,
        removed: event.answer.removed,
        passages: event.answer.passages,
      };
  }
}

/** The part of a draft that stands after the sentences that have been checked. */
export function unchecked(live: Pick<Live, "draft" | "sentences" | "removed">): string {
  const text = live.draft.replace(/\s*\[\d+(?:\s*,\s*\d+)*\]/g, "").replace(/\[\d*$/, "");
  let from = 0;
  for (const { text: sentence } of [...live.sentences, ...live.removed]) {
    const at = text.indexOf(sentence);
    if (at >= 0) from = Math.max(from, at + sentence.length);
  }
  return text.slice(from).trim();
}

function put(next: Live): void {
  const at = lives.findIndex((live) => live.key === next.key);
  // Dismissed meanwhile.
  if (at < 0 && next.key !== last) return;
  if (at >= 0) set(lives.with(at, next));
  else set([...lives, next].slice(-LIVES_MAX));
}

function set(next: readonly Live[]): void {
  lives = next;
  for (const listener of [...listeners]) listener();
}

// Another person in this browser sees nothing of who was here before.
let user = whose();
session.subscribe(() => {
  const now = whose();
  if (now === user) return;
  user = now;
  for (const live of lives) stop(live.key);
  set([]);
});

function whose(): string | undefined {
  const standing = session.current();
  if (standing.kind === "somebody") return standing.session.user.id;
  return standing.kind === "expired" ? standing.user.id : undefined;
}
