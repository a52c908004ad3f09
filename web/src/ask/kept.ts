/**
 * What this browser keeps of a conversation while its tab is open: the words not sent yet, the way
 * of asking that was chosen, and the question that was on its way when the page was reloaded.
 */
import { useCallback, useState } from "react";
import type { Wire } from "@/api/client";
import * as session from "@/api/session";

/** How questions of a conversation are asked. */
export interface Way {
  /** Names of collections; all when empty. */
  readonly collections: readonly string[];
  /** The one document that may answer, with its title. */
  readonly document?: { readonly id: string; readonly title: string };
  readonly persona?: string;
  readonly writer: Wire["WriterChoice"];
  /** How many passages are looked through; as many as usual when absent. */
  readonly passages?: number;
}

/** A question that was sent and whose answer had not come to its end. */
export interface Sent {
  readonly question: string;
  readonly at: number;
}

export const PLAIN_WAY: Way = { collections: [], writer: "auto" };

/** The place of a conversation that has not begun. */
export const NEW = "new";

function place(kind: "draft" | "way" | "sent", conversation: string): string {
  const standing = session.current();
  const who =
    standing.kind === "somebody"
      ? standing.session.user.id
      : standing.kind === "expired"
        ? standing.user.id
        : "owner";
  return `alexandria.ask.${kind}.${who}.${conversation}`;
}

function read<T>(key: string): T | undefined {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null") ?? undefined;
  } catch {
    return undefined;
  }
}

function write(key: string, value: unknown): void {
  try {
    if (value === undefined || value === "") sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full storage keeps nobody from asking.
  }
}

/** The words of a conversation that are not sent yet. */
export function draft(conversation: string): string {
  return read<string>(place("draft", conversation)) ?? "";
}

export function keepDraft(conversation: string, text: string): void {
  write(place("draft", conversation), text);
}

/** The way a conversation is asked. */
export function way(conversation: string): Way {
  return { ...PLAIN_WAY, ...read<Way>(place("way", conversation)) };
}

export function keepWay(conversation: string, chosen: Way): void {
  write(place("way", conversation), chosen);
}

/** The question that was on its way when the page was left. */
export function sent(conversation: string): Sent | undefined {
  return read<Sent>(place("sent", conversation));
}

export function keepSent(conversation: string, question: Sent | undefined): void {
  write(place("sent", conversation), question);
}

/** The way a conversation is asked, kept as it is changed. */
export function useWay(conversation: string, begin?: Way): [Way, (way: Way) => void] {
  const [state, setState] = useState(() => begin ?? way(conversation));
  const set = useCallback(
    (next: Way) => {
      keepWay(conversation, next);
      setState(next);
    },
    [conversation],
  );
  return [state, set];
}

/** What a question asks of the server, for a way of asking. */
export function questionOf(
  question: string,
  chosen: Way,
  options: { conversation?: string; fresh?: boolean },
): Wire["Question"] {
  const { collections, document, persona, writer, passages } = chosen;
  const narrowed = collections.length > 0 || document !== undefined;
  return {
    question,
    ...(options.conversation !== undefined && { conversation_id: options.conversation }),
    writer,
    ...(narrowed && {
      filter: {
        collections: [...collections],
        documents: document ? [document.id] : [],
        formats: [],
        languages: [],
        tags: [],
      },
    }),
    ...(persona !== undefined && { persona }),
    ...(passages !== undefined && { passages }),
    ...(options.fresh && { fresh: true }),
  };
}
