/** The real program, started in a directory of its own on a free port, and stopped with the test. */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test as base, expect, type Page } from "@playwright/test";

const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 50;
/** The password of everybody in the tests. */
export const PASSWORD = "correct horse battery staple";

/** A running server. */
export class Program {
  #child: ChildProcess | undefined;
  address = "";

  private constructor(
    readonly home: string,
    readonly settings: Record<string, string>,
  ) {}

  /** Starts a server; with `owner`, somebody has to sign in. */
  static async start(settings: Record<string, string> = {}, owner?: string): Promise<Program> {
    const program = new Program(mkdtempSync(join(tmpdir(), "alexandria-web-")), settings);
    if (owner) {
      program.run(
        ["init", "--email", owner, "--name", "Olga Owner", "--password-stdin"],
        `${PASSWORD}\n`,
      );
    }
    await program.begin("0");
    return program;
  }

  /** Starts it (again), on the port that it had. */
  async begin(port = new URL(this.address).port): Promise<void> {
    const log = openSync(join(this.home, "server.log"), "a");
    const child = spawn(binary(), ["--data", join(this.home, "data"), "serve", "--port", port], {
      cwd: this.home,
      env: this.#environment(),
      stdio: ["ignore", log, log],
    });
    this.#child = child;
    const until = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        const presence = JSON.parse(readFileSync(join(this.home, "data/server.json"), "utf8"));
        if (presence.pid === child.pid) {
          this.address = presence.address;
          return;
        }
      } catch {
        // Not yet.
      }
      if (child.exitCode !== null || Date.now() > until)
        throw new Error(`the server does not listen:\n${this.log()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** A command on the same library. */
  run(command: string[], input = ""): string {
    return execFileSync(binary(), ["--data", join(this.home, "data"), ...command], {
      cwd: this.home,
      env: this.#environment(),
      input,
      encoding: "utf8",
    });
  }

  /** Ends it; with `SIGKILL` as a crash would. */
  async end(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill(signal);
    await ended;
  }

  /** Ends it and removes what it kept. */
  async remove(): Promise<void> {
    await this.end("SIGKILL");
    rmSync(this.home, { recursive: true, force: true });
  }

  /** What it has written. */
  log(): string {
    return readFileSync(join(this.home, "server.log"), "utf8");
  }

  /** Puts a file in and waits until it is ready; gives its id. */
  async add(
    name: string,
    content: string | Buffer,
    collection = "Library",
    token?: string,
    patienceMs = PATIENCE_MS,
  ): Promise<string> {
    const form = new FormData();
    form.append("collection", collection);
    form.append(
      "file",
      new Blob([typeof content === "string" ? content : new Uint8Array(content)]),
      name,
    );
    const headers: Record<string, string> = token ? { Authorization: `Bearer ${token}` } : {};
    const reply = await fetch(`${this.address}/api/v1/documents`, {
      method: "POST",
      body: form,
      headers,
    });
    if (!reply.ok) throw new Error(`${reply.status}: ${await reply.text()}`);
    const id: string = (await reply.json()).documents[0].document.id;
    const until = Date.now() + patienceMs;
    for (;;) {
      const document = await (
        await fetch(`${this.address}/api/v1/documents/${id}`, { headers })
      ).json();
      const whole = this.settings.ALEXANDRIA_EMBEDDER === "off" ? "searchable" : "ready";
      if (document.state === whole) return id;
      if (document.state === "failed" || Date.now() > until)
        throw new Error(`${name}: ${JSON.stringify(document)}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Signs somebody in without a browser; gives an access token. */
  async token(email: string): Promise<string> {
    const reply = await fetch(`${this.address}/api/v1/auth/sign-in`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ email, password: PASSWORD }),
    });
    return (await reply.json()).access_token;
  }

  #environment(): NodeJS.ProcessEnv {
    const { HOME, PATH, ALEXANDRIA_MODELS } = process.env;
    return {
      PATH,
      ALEXANDRIA_MODELS: ALEXANDRIA_MODELS ?? join(HOME ?? "", ".cache/alexandria/models"),
      HOME: this.home,
      ...this.settings,
    };
  }
}

function binary(): string {
  const path = process.env.ALEXANDRIA_PROGRAM;
  if (!path)
    throw new Error("ALEXANDRIA_PROGRAM names the program to be tested: scripts/test-web PROGRAM");
  return path;
}

/** Tests with a server of their own: `program` for one user, `shared` where everybody signs in. */
export const test = base.extend<{ program: Program; shared: Program }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs
  program: async ({}, use) => {
    const program = await Program.start();
    await use(program);
    await program.remove();
  },
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of what a fixture needs
  shared: async ({}, use) => {
    const program = await Program.start({}, "owner@example.org");
    await use(program);
    await program.remove();
  },
});

/** Fails a test when a page says on its console that something is wrong, the fence among it. */
export function watch(page: Page, allowed: RegExp[] = []): string[] {
  const said: string[] = [];
  page.on("console", (message) => {
    const text = message.text();
    if (message.type() === "error" && !allowed.some((one) => one.test(text))) said.push(text);
  });
  page.on("pageerror", (error) => said.push(String(error)));
  return said;
}

export { expect };
