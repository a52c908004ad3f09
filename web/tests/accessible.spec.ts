/** No page breaks a rule that axe knows (WCAG 2.2 A and AA, best practices), by day, by night and on a phone. */
import AxeBuilder from "@axe-core/playwright";
import type { Page } from "@playwright/test";
import { figure } from "./figures";
import { signIn } from "./hands";
import { printed } from "./paper";
import { expect, type Program, test } from "./program";
import { GARDEN, HARBOUR } from "./texts";

const OWNER = "owner@example.org";
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** A page, and what is to be seen before it is looked at. */
interface Seen {
  readonly path: string;
  readonly seen: RegExp;
}

const TABS = ["", "/people", "/keys", "/usage", "/jobs", "/audit", "/quality", "/settings"];
const ADMINISTRATION: readonly Seen[] = TABS.map((tab) => ({ path: `/admin${tab}`, seen: /./ }));

/** The pages of a library of one person, in which there are a text and a PDF. */
const own = (text: string, pdf: string): readonly Seen[] => [
  { path: "/library", seen: /harbour of Orvane/i },
  { path: "/library?view=grid", seen: /harbour of Orvane/i },
  { path: "/library?view=list", seen: /harbour of Orvane/i },
  { path: `/read/${text}`, seen: /Sela Marrow/ },
  { path: `/read/${pdf}?find=lighthouse`, seen: /Sela Marrow/ },
  { path: "/ask", seen: /like to know/i },
  {
    path: `/ask?question=${encodeURIComponent("Who built the lighthouse of Orvane?")}`,
    seen: /Sela Marrow/,
  },
  { path: "/search?q=lighthouse", seen: /Sela Marrow/ },
  ...ADMINISTRATION,
  { path: "/welcome", seen: /./ },
  { path: "/library/nowhere-at-all", seen: /nothing/i },
];
/** The pages before somebody has signed in, and those that are otherwise when it is known who it is. */
const OUTSIDE: readonly Seen[] = [
  { path: "/sign-in", seen: /e-mail/i },
  { path: "/invitation#none", seen: /./ },
];
const INSIDE: readonly Seen[] = [
  { path: "/library", seen: /./ },
  { path: "/account", seen: /./ },
  ...ADMINISTRATION,
];

/** What is broken on the pages. */
async function broken(page: Page, address: string, pages: readonly Seen[]): Promise<string[]> {
  const found: string[] = [];
  for (const { path, seen } of pages) {
    await page.goto(`${address}${path}`);
    await expect(page.locator("main").getByText(seen).first()).toBeVisible({ timeout: 20_000 });
    await page.waitForLoadState("networkidle");
    await expect(page.getByRole("status").getByText("Loading …")).toHaveCount(0);
    const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
    for (const one of violations) {
      const where = one.nodes.map((node) => node.html.slice(0, 160)).join(" | ");
      found.push(`${path}: ${one.id}: ${where}`);
    }
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    if (wide > 0) found.push(`${path}: ${wide} px wider than the window`);
  }
  return found;
}

async function filled(program: Program, pdf: Buffer): Promise<readonly Seen[]> {
  await program.add("garden.md", GARDEN, "Gardens");
  const text = await program.add("harbour.md", HARBOUR);
  return own(text, await program.add("The harbour of Orvane.pdf", pdf));
}

for (const theme of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries({
    desk: { width: 1280, height: 800 },
    phone: { width: 360, height: 740 },
  })) {
    test(`every page by ${theme} on a ${size}`, async ({ browser, page, program, shared }) => {
      test.setTimeout(240_000);
      const pages = await filled(program, await printed(browser));
      await page.setViewportSize(viewport);
      await page.addInitScript((value) => localStorage.setItem("alexandria.theme", value), theme);
      const found = await broken(page, program.address, pages);
      found.push(...(await broken(page, shared.address, OUTSIDE)));
      await page.goto(`${shared.address}/sign-in`);
      await signIn(page, OWNER);
      await expect(page).toHaveURL(/\/library/);
      found.push(...(await broken(page, shared.address, INSIDE)));
      expect(found).toEqual([]);
      const count = pages.length + OUTSIDE.length + INSIDE.length;
      figure(`axe, ${count} pages, ${theme}, ${size}`, found.length, "violations", { most: 0 });
    });
  }
}
