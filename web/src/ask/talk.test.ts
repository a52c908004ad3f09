import { describe, expect, it } from "vitest";
import type { AnswerEvent } from "@/api/asking";
import type { Wire } from "@/api/client";
import { exchanges } from "./exchange";
import * as talk from "./talk";

type Live = talk.Live;
const { FRESH, unchecked } = talk;

const BEGUN: Live = { key: 1, conversation: "c", question: "Who?", ...FRESH };

function sentence(text: string): Wire["Sentence"] {
  return { text, citations: [], verdict: { supported: true, support: 1, findings: [] } };
}

function told(...events: AnswerEvent[]): Live {
  return events.reduce(talk.after, BEGUN);
}

function turn(position: number, question: string, more: Partial<Wire["Turn"]> = {}): Wire["Turn"] {
  return {
    position,
    question,
    standalone: question,
    answer: "…",
    answer_id: `a${position}`,
    answered: true,
    created: "2026-11-22T10:00:00Z",
    sentences: [],
    writer: { kind: "extractive" },
    ...more,
  };
}

describe("an answer on its way", () => {
  it("shows of a draft only what has not been checked", () => {
    const live = told(
      { kind: "draft", text: "One is so [1]. Two is" },
      { kind: "sentence", sentence: sentence("One is so.") },
      { kind: "draft", text: " so [2, 3]. Thr [" },
    );
    expect(unchecked(live)).toBe("Two is so. Thr");
    const later = talk.after(live, { kind: "removed", sentence: sentence("Two is so.") });
    expect(unchecked(later)).toBe("Thr");
  });

  it("forgets what a model wrote that has failed, but not what was looked through", () => {
    const live = told(
      { kind: "passages", passages: [] },
      { kind: "draft", text: "Half a" },
      { kind: "sentence", sentence: sentence("Half.") },
      { kind: "restart" },
    );
    expect(live).toMatchObject({ draft: "", sentences: [], passages: [], restarted: true });
  });

  it("begins anew when the server did, and goes on after a wait", () => {
    const waiting = told({ kind: "sentence", sentence: sentence("A.") }, { kind: "waiting" });
    expect(waiting.state).toBe("waiting");
    expect(talk.after(waiting, { kind: "sentence", sentence: sentence("B.") })).toMatchObject({
      state: "asking",
      sentences: [sentence("A."), sentence("B.")],
    });
    expect(talk.after(waiting, { kind: "again" })).toEqual(BEGUN);
  });
});

describe("the exchanges of a conversation", () => {
  it("hold the answers to one question together, when it was asked again in a row", () => {
    const all = exchanges(
      [
        turn(1, "Who built it?"),
        turn(2, "And when?", { standalone: "When was it built?" }),
        turn(3, "When was it built?"),
        turn(4, "Who built it?"),
      ],
      [],
    );
    expect(all.map((one) => [one.question, one.answers.length])).toEqual([
      ["Who built it?", 1],
      ["And when?", 2],
      ["Who built it?", 1],
    ]);
  });

  it("show an answer once, whether it is known from here, from the server, or from both", () => {
    const answer = { id: "a1", removed: [sentence("No.")], sentences: [], passages: [] };
    const live = { ...BEGUN, state: "done", answer } as unknown as Live;
    const before = exchanges([], [live]);
    const kept = exchanges([turn(1, "Who?")], [live]);
    expect(before.map((one) => one.key)).toEqual(kept.map((one) => one.key));
    expect(kept).toHaveLength(1);
    // What only the answer itself told is still known.
    expect(kept[0]?.answers[0]?.removed).toHaveLength(1);
  });

  it("hold another answer with the one it was asked for, and once only", () => {
    const other = {
      ...BEGUN,
      key: 2,
      of: "a1",
      state: "done",
      answer: { id: "b1" },
    } as unknown as Live;
    const kept = new Map([["a1", [{ id: "b0" }, { id: "b1" }] as Wire["GivenAnswer"][]]]);
    const all = exchanges([turn(1, "Who?"), turn(2, "And why?")], [other], kept);
    expect(all.map((one) => one.answers.map((given) => given.id))).toEqual([
      ["a1", "b0", "b1"],
      ["a2"],
    ]);
  });
});
