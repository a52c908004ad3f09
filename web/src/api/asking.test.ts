import { beforeEach, describe, expect, it, vi } from "vitest";
import { type AnswerEvent, ask } from "./asking";

const calls: { url: string; last: string | null }[] = [];
let replies: (() => Response)[] = [];

/** A reply of events; without an end it breaks off. */
function told(stream: string, ...parts: string[]): () => Response {
  return () =>
    new Response(parts.join(""), {
      headers: { "X-Stream-Id": stream, "Content-Type": "text/event-stream" },
    });
}

function event(id: string, name: string, value: object): string {
  return `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(value)}\n\n`;
}

async function all(): Promise<AnswerEvent[]> {
  const seen: AnswerEvent[] = [];
  for await (const one of ask({ question: "Who?" }, new AbortController().signal)) seen.push(one);
  return seen;
}

beforeEach(() => {
  calls.length = 0;
  vi.stubGlobal("fetch", async (request: Request | string) => {
    // Whether the server is back is asked by its path alone.
    if (typeof request === "string") return new Response("{}");
    calls.push({ url: new URL(request.url).pathname, last: request.headers.get("Last-Event-ID") });
    const next = replies.shift();
    if (!next) throw new TypeError("nobody answers");
    return next();
  });
});

const DRAFT = event("s/1", "draft", { text: "A" });
const MORE = event("s/2", "draft", { text: "B" });
const DONE = event("s/3", "done", { answer: "AB" });

describe("asking", () => {
  it("goes on after the last event that came when the stream breaks off", async () => {
    replies = [told("s", DRAFT), told("s", MORE, DONE)];
    const seen = await all();
    expect(seen.map((one) => one.kind)).toEqual(["draft", "waiting", "draft", "done"]);
    expect(calls).toEqual([
      { url: "/api/v1/ask", last: null },
      { url: "/api/v1/streams/s", last: "s/1" },
    ]);
  });

  it("asks again when the server that wrote the stream is gone", async () => {
    replies = [told("s", DRAFT), () => new Response("{}", { status: 404 }), told("t", MORE, DONE)];
    const seen = await all();
    expect(seen.map((one) => one.kind)).toEqual(["draft", "waiting", "again", "draft", "done"]);
    expect(calls.map((call) => call.url)).toEqual([
      "/api/v1/ask",
      "/api/v1/streams/s",
      "/api/v1/ask",
    ]);
  });

  it("asks as soon as the server is back when nobody answers at first", async () => {
    replies = [
      () => {
        throw new TypeError("nobody answers");
      },
      told("s", DRAFT, DONE),
    ];
    const seen = await all();
    expect(seen.map((one) => one.kind)).toEqual(["waiting", "draft", "done"]);
  });

  it("says what is wrong when the stream does", async () => {
    const problem = {
      type: "urn:alexandria:problem:unavailable",
      title: "Not available at present",
      status: 503,
      detail: "no model",
      instance: "request",
      retry_after: 5,
    };
    replies = [told("s", event("s/1", "problem", problem))];
    await expect(all()).rejects.toMatchObject({
      status: 503,
      kind: problem.type,
      detail: "no model",
      retryAfter: 5,
      instance: "request",
    });
  });

  it("says what is wrong when there is no stream at all", async () => {
    const problem = { type: "urn:alexandria:problem:too-many-requests", detail: "too many" };
    replies = [
      () => new Response(JSON.stringify(problem), { status: 429, headers: { "Retry-After": "7" } }),
    ];
    await expect(all()).rejects.toMatchObject({ status: 429, retryAfter: 7 });
  });
});
