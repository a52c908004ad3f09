/** No page breaks a rule that axe knows (WCAG 2.2 A and AA, best practices), by day, by night and on a phone. */
import AxeBuilder from "@axe-core/playwright";
import { figure } from "./figures";
import { expect, type Program, test } from "./program";
import { GARDEN, HARBOUR } from "./texts";

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** The pages, and what is to be seen before one is looked at. */
const PAGES: readonly { path: (id: string) => string; seen: RegExp }[] = [
  { path: () => "/library", seen: /harbour of Orvane/i },
  { path: (id) => `/read/${id}`, seen: /Sela Marrow/ },
  { path: () => "/ask", seen: /like to know/i },
  {
    path: () => `/ask?question=${encodeURIComponent("Who built the lighthouse of Orvane?")}`,
    seen: /Sela Marrow/,
  },
  { path: () => "/search?q=lighthouse", seen: /Sela Marrow/ },
  ...["", "/people", "/keys", "/usage", "/jobs", "/audit", "/quality", "/settings"].map((tab) => ({
    path: () => `/admin${tab}`,
    seen: /./,
  })),
  { path: () => "/library/nowhere-at-all", seen: /nothing/i },
];

async function filled(program: Program): Promise<string> {
  await program.add("garden.md", GARDEN, "Gardens");
  return program.add("harbour.md", HARBOUR);
}

for (const theme of ["light", "dark"]) {
  for (const [size, viewport] of Object.entries({
    desk: { width: 1280, height: 800 },
    phone: { width: 360, height: 740 },
  })) {
    test(`every page by ${theme} on a ${size}`, async ({ page, program }) => {
      test.setTimeout(180_000);
      const id = await filled(program);
      await page.setViewportSize(viewport);
      await page.addInitScript((value) => localStorage.setItem("alexandria.theme", value), theme);
      const broken: string[] = [];
      for (const { path, seen } of PAGES) {
        await page.goto(`${program.address}${path(id)}`);
        await expect(page.locator("main").getByText(seen).first()).toBeVisible({ timeout: 20_000 });
        await page.waitForLoadState("networkidle");
        await expect(page.getByRole("status").getByText("Loading …")).toHaveCount(0);
        const { violations } = await new AxeBuilder({ page }).withTags(RULES).analyze();
        for (const one of violations) {
          broken.push(
            `${path(id)}: ${one.id}: ${one.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`,
          );
        }
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        if (wide > 0) broken.push(`${path(id)}: ${wide} px wider than the window`);
      }
      expect(broken).toEqual([]);
      figure(`axe, ${PAGES.length} pages, ${theme}, ${size}`, broken.length, "violations", {
        most: 0,
      });
    });
  }
}
