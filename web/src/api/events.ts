/** Server-sent events, cut from a stream of bytes (the HTML standard, section 9.2). */

/** One event. */
export interface ServerEvent {
  readonly id: string;
  readonly name: string;
  readonly data: string;
}

/** The longest event that is taken, in characters: what never ends is not kept in memory. */
const EVENT_LENGTH_MAX = 16 * 1024 * 1024;

/**
 * The longest silence that is waited through: the server says every few seconds that it is alive, so
 * that a stream without a word is one whose other end is gone.
 */
export const SILENCE_MS_MAX = 60_000;

/** The events of a body, as they come. Ends when the body does, and when it falls silent. */
export async function* events(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const cutter = new Cutter();
  const reader = body
    .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array>)
    .getReader();
  try {
    for (;;) {
      const piece = await orSilence(reader.read());
      if (piece === undefined || piece.done) return;
      yield* cutter.take(piece.value);
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

async function orSilence<T>(reading: Promise<T>): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), SILENCE_MS_MAX);
  });
  try {
    return await Promise.race([reading, silence]);
  } finally {
    clearTimeout(timer);
  }
}

/** Cuts text into events, however it is split. */
export class Cutter {
  #rest = "";
  #id = "";
  #name = "";
  #data: string[] = [];

  *take(text: string): Generator<ServerEvent> {
    this.#rest += text;
    for (;;) {
      const end = this.#rest.search(/[\r\n]/);
      // A carriage return at the very end may be half of a line's end.
      if (end < 0 || (this.#rest[end] === "\r" && end === this.#rest.length - 1)) break;
      const line = this.#rest.slice(0, end);
      const skip = this.#rest.startsWith("\r\n", end) ? 2 : 1;
      this.#rest = this.#rest.slice(end + skip);
      const event = this.#line(line);
      if (event) yield event;
    }
    if (this.#rest.length > EVENT_LENGTH_MAX) throw new RangeError("an event is too long");
  }

  #line(line: string): ServerEvent | undefined {
    if (line === "") return this.#end();
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.#data.push(value);
    else if (field === "event") this.#name = value;
    else if (field === "id" && !value.includes("\0")) this.#id = value;
    return undefined;
  }

  #end(): ServerEvent | undefined {
    const event = { id: this.#id, name: this.#name || "message", data: this.#data.join("\n") };
    const empty = this.#data.length === 0;
    this.#name = "";
    this.#data = [];
    return empty ? undefined : event;
  }
}
