/** Asking: an answer as it comes, gone on with when the connection breaks. */
import { authorized, type Wire } from "./client";
import { back } from "./connection";
import { events } from "./events";
import { Problem, Unreachable } from "./problem";

/** What is told of an answer while it is made. */
export type AnswerEvent =
  | { kind: "standalone"; question: string }
  | { kind: "passages"; passages: Wire["Passage"][] }
  | { kind: "draft"; text: string }
  | { kind: "sentence"; sentence: Wire["Sentence"] }
  | { kind: "removed"; sentence: Wire["Sentence"] }
  | { kind: "restart" }
  | { kind: "done"; answer: Wire["Answer"] }
  /** The connection is gone; the answer goes on when it is back. */
  | { kind: "waiting" }
  /** The server has started anew and is asked again: what was told before counts no more. */
  | { kind: "again" };

/** How often an answer is gone on with before that counts as a failure. */
const RESUMES_MAX = 20;

/**
 * Asks, and tells what comes. Ends after `done`; throws a `Problem` when there is no answer.
 */
export async function* ask(
  question: Wire["Question"],
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent> {
  let response = yield* begun(question, signal);
  let stream = response.headers.get("X-Stream-Id");
  let last = "";
  for (let resumes = 0; ; resumes += 1) {
    if (!response.ok || !response.body) throw await Problem.of(response);
    try {
      for await (const event of events(response.body)) {
        if (event.id) last = event.id;
        const told = read(event.name, event.data);
        if (told) yield told;
        if (told?.kind === "done") return;
      }
    } catch (error) {
      if (signal.aborted || error instanceof Problem || error instanceof RangeError) throw error;
    }
    // The stream has ended without an end: the server stops, or the connection is gone.
    if (signal.aborted) throw signal.reason;
    if (!stream || resumes >= RESUMES_MAX) throw new Unreachable("the answer broke off");
    yield { kind: "waiting" };
    response = await resumed(stream, last, signal);
    if (response.status === 404) {
      // Streams are held in memory: the server that wrote this one is gone.
      yield { kind: "again" };
      response = yield* begun(question, signal);
      stream = response.headers.get("X-Stream-Id");
      last = "";
    }
  }
}

/** Begins an answer, as soon as there is somebody to be asked. */
async function* begun(
  question: Wire["Question"],
  signal: AbortSignal,
): AsyncGenerator<AnswerEvent, Response> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await post(question, signal);
    } catch (error) {
      if (!(error instanceof Unreachable) || tries >= RESUMES_MAX) throw error;
      yield { kind: "waiting" };
      await back(signal);
    }
  }
}

function post(question: Wire["Question"], signal: AbortSignal): Promise<Response> {
  return authorized(
    new Request(new URL("/api/v1/ask", location.origin), {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "text/event-stream" },
      body: JSON.stringify(question),
      signal,
    }),
  );
}

/** The rest of a stream, as soon as the server answers again. */
async function resumed(stream: string, last: string, signal: AbortSignal): Promise<Response> {
  for (;;) {
    await back(signal);
    try {
      return await authorized(
        new Request(new URL(`/api/v1/streams/${encodeURIComponent(stream)}`, location.origin), {
          headers: { Accept: "text/event-stream", ...(last && { "Last-Event-ID": last }) },
          signal,
        }),
      );
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
  }
}

function read(name: string, data: string): AnswerEvent | undefined {
  const value = JSON.parse(data);
  switch (name) {
    case "standalone":
      return { kind: "standalone", question: value.question };
    case "passages":
      return { kind: "passages", passages: value.passages };
    case "draft":
      return { kind: "draft", text: value.text };
    case "sentence":
    case "removed":
      return { kind: name, sentence: value };
    case "restart":
      return { kind: "restart" };
    case "done":
      return { kind: "done", answer: value };
    case "problem":
      throw Problem.told(value);
    default:
      // A later server may tell more.
      return undefined;
  }
}
