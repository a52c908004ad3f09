/** The pictures of the handbook: each page by day, by night and on a phone. `scripts/test-web PROGRAM pictures` renews them. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { printed } from "./paper";
import { expect, type Program, test } from "./program";
import { GARDEN } from "./texts";

const DOCS = join(import.meta.dirname, "../../docs");
const PICTURES = join(DOCS, "pictures");
const QUESTION = "Who built the lighthouse of Orvane?";

const LOOKS = [
  { name: "light", theme: "light", viewport: { width: 1280, height: 800 } },
  { name: "dark", theme: "dark", viewport: { width: 1280, height: 800 } },
  { name: "phone", theme: "light", viewport: { width: 390, height: 844 } },
] as const;

test.skip(process.env.ALEXANDRIA_PICTURES !== "renew", "the pictures are renewed on demand");

for (const look of LOOKS) {
  test(`pictures, ${look.name}`, async ({ browser, program }) => {
    test.setTimeout(240_000);
    const { harbour } = await fill(program, await printed(browser));
    const context = await browser.newContext({
      viewport: look.viewport,
      locale: "en-GB",
      reducedMotion: "reduce",
      deviceScaleFactor: 1,
    });
    await context.addInitScript(
      (value) => localStorage.setItem("alexandria.theme", value),
      look.theme,
    );
    const page = await context.newPage();
    const take = async (name: string) => {
      await page.waitForLoadState("networkidle");
      await page.screenshot({ path: join(PICTURES, `${name}-${look.name}.png`) });
    };
    await page.goto(`${program.address}/library`);
    await expect(page.getByText("The garden of Velm").first()).toBeVisible();
    await take("library");
    await page.goto(`${program.address}/ask?question=${encodeURIComponent(QUESTION)}`);
    const citation = page.getByRole("button", { name: /^Source 1, / }).first();
    await expect(citation).toBeVisible({ timeout: 30_000 });
    if (look.name !== "phone") {
      await citation.click();
      await expect(page.getByTestId("mark").first()).toBeAttached({ timeout: 20_000 });
    }
    // The hint with the quote would lie over the answer.
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    await page.mouse.move(0, 0);
    await page.waitForTimeout(1_500);
    await take("answer");
    await page.goto(`${program.address}/read/${harbour}`);
    await expect(page.locator("canvas").first()).toBeVisible({ timeout: 20_000 });
    await page.waitForTimeout(1_500);
    await take("reader");
    await page.goto(`${program.address}/search?q=lighthouse`);
    await expect(page.getByText("Sela Marrow").first()).toBeVisible();
    await take("search");
    for (const tab of ["", "usage", "jobs", "settings"]) {
      await page.goto(`${program.address}/admin${tab && `/${tab}`}`);
      await expect(page.getByRole("heading").first()).toBeVisible();
      await take(`administration-${tab || "overview"}`);
    }
    await context.close();
  });
}

async function fill(program: Program, pdf: Buffer): Promise<{ harbour: string }> {
  await program.add("garden.md", GARDEN, "Reading room");
  for (const name of readdirSync(DOCS).filter((one) =>
    /^(answers|searching|access|budgets|privacy|running)\.md$/.test(one),
  )) {
    await program.add(name, readFileSync(join(DOCS, name)), "Handbook");
  }
  const harbour = await program.add("The harbour of Orvane.pdf", pdf, "Reading room");
  return { harbour };
}
