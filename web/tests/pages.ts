/** Every page of the application, in a library with something in each of them. */
import type { Browser, BrowserContext, Page } from "@playwright/test";
import { printed } from "./paper";
import { join } from "./people";
import { expect, PASSWORD, type Program } from "./program";
import { GARDEN, HARBOUR } from "./texts";

const OWNER = "owner@example.org";
const QUESTION = "Who built the lighthouse of Orvane?";

/** A page, and what is to be seen before one looks at it. */
export interface Place {
  readonly path: string;
  readonly seen: RegExp | string;
  /** Whether it is for people who are not let in yet. */
  readonly outside?: true;
}

/** What a library holds that is `filled`. */
export interface Holdings {
  /** A text, and a PDF of one page. */
  readonly text: string;
  readonly pdf: string;
  /** The session of its owner, as the browser keeps it. */
  readonly session: string;
}

/** Fills a library for many: documents, people, a key, an invitation, a question that was asked. */
export async function filled(program: Program, browser: Browser): Promise<Holdings> {
  await join(program, "rosa@example.org", "reader", "Rosa Reader");
  program.run(["user", "invite", "ivo@example.org", "--role", "editor"]);
  program.run(["api-key", "create", "Web site", "--scopes", "ask"]);
  const reply = await fetch(`${program.address}/api/v1/auth/sign-in`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ email: OWNER, password: PASSWORD }),
  });
  const signedIn = await reply.json();
  const token: string = signedIn.access_token;
  await program.add("garden.md", GARDEN, "Gardens", token);
  const text = await program.add("harbour.md", HARBOUR, "Coasts", token);
  const pdf = await program.add("harbour.pdf", await printed(browser), "Coasts", token);
  await fetch(`${program.address}/api/v1/ask`, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
    body: JSON.stringify({ question: QUESTION }),
  });
  const session = JSON.stringify({
    access: token,
    accessEnds: Date.now() + signedIn.expires_in * 1000,
    refresh: signedIn.refresh_token,
    user: signedIn.user,
    mustEnrol: signedIn.must_enrol,
  });
  return { text, pdf, session };
}

/** All of them. What is seen is a word of the library, not of the application, where the language changes. */
export function places({ text, pdf }: Holdings): Place[] {
  return [
    { path: "/library", seen: /The garden of Velm/ },
    { path: "/library?view=list", seen: /The garden of Velm/ },
    { path: `/read/${text}`, seen: /Sela Marrow/ },
    { path: `/read/${pdf}`, seen: /Sela Marrow|1874/ },
    { path: "/ask", seen: /./ },
    { path: `/ask?question=${encodeURIComponent(QUESTION)}`, seen: /Sela Marrow/ },
    { path: "/search?q=lighthouse", seen: /Sela Marrow/ },
    { path: "/account", seen: /owner@example.org/ },
    { path: "/admin", seen: /./ },
    { path: "/admin/people", seen: /Rosa Reader/ },
    { path: "/admin/keys", seen: /Web site/ },
    { path: "/admin/usage", seen: /./ },
    { path: "/admin/jobs", seen: /./ },
    { path: "/admin/audit", seen: /Olga Owner/ },
    { path: "/admin/quality", seen: /./ },
    { path: "/admin/settings", seen: "oidc.issuer" },
    { path: "/library/nowhere-at-all", seen: /./ },
    { path: "/sign-in", seen: /./, outside: true },
    { path: "/welcome", seen: /./, outside: true },
    { path: "/invitation", seen: /./, outside: true },
  ];
}

/** Puts the owner's session into a browser. */
export async function signedIn(context: BrowserContext, { session }: Holdings): Promise<void> {
  await context.addInitScript((kept) => {
    if (!/^\/(sign-in|welcome|invitation)/.test(location.pathname))
      localStorage.setItem("alexandria.session", kept);
    else localStorage.removeItem("alexandria.session");
  }, session);
}

/** Opens a page and waits until it stands still. */
export async function open(page: Page, address: string, { path, seen }: Place): Promise<void> {
  await page.goto(`${address}${path}`);
  const words = page.locator("main").getByText(seen).filter({ visible: true });
  await expect(words.first(), path).toBeVisible({ timeout: 20_000 });
  await page.waitForLoadState("networkidle");
  // The word for it is the same in all languages: three dots.
  await expect(page.getByRole("status").filter({ hasText: "…" }), path).toHaveCount(0);
}
