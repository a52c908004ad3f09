/** People of a library: how they come in, through the page or past it, and what they hold in their hands. */
import { createHmac } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, PASSWORD, type Program } from "./program";

/** Makes somebody one of the library's people, past the page. */
export async function join(
  program: Program,
  email: string,
  role: string,
  name: string,
): Promise<void> {
  const { token } = JSON.parse(program.run(["--json", "user", "invite", email, "--role", role]));
  const reply = await fetch(`${program.address}/api/v1/auth/invitation`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ token, name, password: PASSWORD }),
  });
  if (!reply.ok) throw new Error(`${reply.status}: ${await reply.text()}`);
}

/** Fills in address and password on the page that stands open, and sends them. */
export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  await page.getByLabel("E-mail address").fill(email);
  await page.getByRole("textbox", { name: "Password", exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Chooses something in the menu of whoever is signed in. */
export async function ownMenu(page: Page, name: string, item: string): Promise<void> {
  await page.getByRole("button", { name: `${name}: account, appearance, language` }).click();
  await page.getByRole("menuitem", { name: item }).click();
}

/** What the API gives to whoever is signed in in this browser. */
export async function own<T>(page: Page, path: string): Promise<T> {
  return page.evaluate(async (wanted) => {
    const { access } = JSON.parse(localStorage.getItem("alexandria.session") ?? "{}");
    const reply = await fetch(wanted, { headers: { Authorization: `Bearer ${access}` } });
    return reply.json();
  }, path);
}

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const STEP_MS = 30_000;

/**
 * An authenticator as people carry it (RFC 6238). A code is good once, so each call takes the next time
 * step; the server bears one that is a step early.
 */
export class Authenticator {
  readonly #secret: Buffer;
  #last = 0;

  constructor(secret: string) {
    const bits = [...secret.replace(/\s/g, "")]
      .map((letter) => LETTERS.indexOf(letter).toString(2).padStart(5, "0"))
      .join("");
    this.#secret = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  }

  /** The six digits that count next; waits for the clock where they would come too early. */
  async code(): Promise<string> {
    const step = Math.max(this.#last + 1, Math.floor(Date.now() / STEP_MS));
    await expect
      .poll(() => Math.floor(Date.now() / STEP_MS) >= step - 1, { timeout: 2 * STEP_MS })
      .toBe(true);
    this.#last = step;
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(step));
    const digest = createHmac("sha1", this.#secret).update(counter).digest();
    const offset = digest.readUInt8(digest.length - 1) & 0xf;
    const number = (digest.readUInt32BE(offset) & 0x7fff_ffff) % 1_000_000;
    return String(number).padStart(6, "0");
  }
}
