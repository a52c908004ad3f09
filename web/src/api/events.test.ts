import { afterEach, describe, expect, it, vi } from "vitest";
import { Cutter, events, type ServerEvent, SILENCE_MS_MAX } from "./events";

const STREAM =
  ': alive\n\nid: s/1\nevent: passages\ndata: {"a":1}\n\nid: s/2\r\ndata: one\r\ndata:two\r\n\r\nevent: nothing\n\n' +
  "id: s/3\nevent: done\ndata: ü\n\n";

const WHOLE: ServerEvent[] = [
  { id: "s/1", name: "passages", data: '{"a":1}' },
  { id: "s/2", name: "message", data: "one\ntwo" },
  { id: "s/3", name: "done", data: "ü" },
];

function body(pieces: Uint8Array[], ends = true): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(piece);
      if (ends) controller.close();
    },
  });
}

afterEach(() => vi.useRealTimers());

describe("events", () => {
  it("are the same however the bytes are split", async () => {
    const bytes = new TextEncoder().encode(STREAM);
    for (const size of [1, 2, 3, 7, bytes.length]) {
      const pieces: Uint8Array[] = [];
      for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.slice(at, at + size));
      const told: ServerEvent[] = [];
      for await (const event of events(body(pieces))) told.push(event);
      expect(told, `pieces of ${size}`).toEqual(WHOLE);
    }
  });

  it("end where the stream breaks off in the middle of one", () => {
    const cutter = new Cutter();
    expect([...cutter.take("id: 1\ndata: half")]).toEqual([]);
  });

  it("end when nothing comes for longer than the server is ever silent", async () => {
    vi.useFakeTimers();
    const told: ServerEvent[] = [];
    const reading = (async () => {
      for await (const event of events(body([new TextEncoder().encode("data: a\n\n")], false))) {
        told.push(event);
      }
      return "ended";
    })();
    await vi.advanceTimersByTimeAsync(SILENCE_MS_MAX + 1);
    await expect(reading).resolves.toBe("ended");
    expect(told.map((event) => event.data)).toEqual(["a"]);
  });
});
