/** A language model for tests that speaks as OpenAI does and writes as slowly as it is told. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** It writes these words, one after the other. */
export interface Writer {
  readonly settings: Record<string, string>;
  /** How many answers have been asked for. */
  asked(): number;
  /** Lets it write on where it was to wait, now and from now on. */
  goOn(): void;
  end(): Promise<void>;
}

/** Begins to listen. Each word of `says` takes `pauseMs`; after the word `until` it waits to be told to go on. */
export async function writer(says: string, pauseMs: number, until?: string): Promise<Writer> {
  let asked = 0;
  let goOn = () => {};
  const told = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const server: Server = createServer(async (request, reply) => {
    let body = "";
    for await (const piece of request) body += piece;
    if (request.method !== "POST") {
      reply.writeHead(200, { "Content-Type": "application/json" });
      reply.end(JSON.stringify({ object: "list", data: [{ id: "slow", object: "model" }] }));
      return;
    }
    const { stream } = JSON.parse(body);
    if (!stream) {
      reply.writeHead(200, { "Content-Type": "application/json" });
      reply.end(
        JSON.stringify({
          choices: [
            { index: 0, message: { role: "assistant", content: says }, finish_reason: "stop" },
          ],
        }),
      );
      return;
    }
    asked += 1;
    reply.writeHead(200, { "Content-Type": "text/event-stream" });
    const tell = (delta: object, finish: string | null) =>
      reply.write(
        `data: ${JSON.stringify({ choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`,
      );
    for (const word of says.split(/(?<= )/)) {
      if (reply.destroyed) return;
      tell({ content: word }, null);
      if (word.trim() === until) await told;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    tell({}, "stop");
    reply.end("data: [DONE]\n\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    settings: {
      ALEXANDRIA_GENERATOR: "compatible",
      ALEXANDRIA_GENERATOR_NAME: "slow",
      OPENAI_URL: `http://127.0.0.1:${port}/v1`,
    },
    asked: () => asked,
    goOn,
    end: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
