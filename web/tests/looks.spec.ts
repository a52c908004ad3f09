/**
 * How the pages look, compared with pictures taken before: by day, by night and on a phone. Pictures are
 * the same only where Chromium and the fonts are; `drawn-with.txt` beside them says with which they were
 * taken. `scripts/test-web PROGRAM looks --update-snapshots` takes them anew.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Browser, Page, PageAssertionsToHaveScreenshotOptions } from "@playwright/test";
import { printed } from "./paper";
import { expect, Program, test } from "./program";
import { drawnWith, still } from "./still";
import { GARDEN, HARBOUR } from "./texts";

const DRAWN_WITH = join(import.meta.dirname, "pictures/drawn-with.txt");
const QUESTION = "Who built the lighthouse of Orvane?";
/** A moved button changes thousands of points; edges of letters may differ in a few. */
const COMPARED: PageAssertionsToHaveScreenshotOptions = { maxDiffPixels: 200, threshold: 0.2 };

const LOOKS = [
  { name: "light", theme: "light", viewport: { width: 1280, height: 800 } },
  { name: "dark", theme: "dark", viewport: { width: 1280, height: 800 } },
  { name: "phone", theme: "light", viewport: { width: 390, height: 844 } },
] as const;
type Look = (typeof LOOKS)[number]["name"];

// They stay in one worker: it is one library, with one conversation in it.
test.describe.configure({ mode: "default" });
test.setTimeout(180_000);

let library: Program;
let closed: Program;
let pdf: string;
let text: string;
let conversation: string;

test.beforeAll(async ({ browser }) => {
  const now = drawnWith(browser);
  if (["all", "changed"].includes(test.info().config.updateSnapshots)) {
    writeFileSync(DRAWN_WITH, now);
  }
  const then = readFileSync(DRAWN_WITH, "utf8");
  test.skip(now !== then, `the pictures were drawn with ${then.trim()}; here is ${now.trim()}`);
  [library, closed] = await Promise.all([Program.start(), Program.start({}, "owner@example.org")]);
  await library.add("garden.md", GARDEN, "Gardens");
  text = await library.add("harbour.md", HARBOUR, "Coasts");
  pdf = await library.add("The harbour of Orvane.pdf", await printed(browser), "Coasts");
  conversation = await asked(browser);
});
test.afterAll(async () => {
  await Promise.all([library?.remove(), closed?.remove()]);
});

/** Asks, and gives the address of the conversation. */
async function asked(browser: Browser): Promise<string> {
  const page = await browser.newPage();
  await page.goto(`${library.address}/ask?question=${encodeURIComponent(QUESTION)}`);
  await expect(page.getByRole("button", { name: /^Source 1, / }).first()).toBeVisible({
    timeout: 30_000,
  });
  await expect(page).toHaveURL(/\/ask\/[0-9a-f-]{36}/);
  const { pathname } = new URL(page.url());
  await page.close();
  return pathname;
}

/** The pictures: what is opened, what is done there, and in which looks it is compared. */
const PICTURES: readonly {
  name: string;
  looks: readonly Look[];
  show(page: Page): Promise<void>;
}[] = [
  {
    name: "shelves",
    looks: ["light", "dark", "phone"],
    show: (page) => books(page, "/library"),
  },
  { name: "covers", looks: ["light"], show: (page) => books(page, "/library?view=grid") },
  { name: "list", looks: ["light"], show: (page) => books(page, "/library?view=list") },
  {
    name: "reader-pdf",
    looks: ["light", "dark"],
    async show(page) {
      await page.goto(`${library.address}/read/${pdf}?find=lighthouse`);
      await expect(page.getByText("1874").first()).toBeVisible();
      await painted(page);
    },
  },
  {
    name: "reader-text",
    looks: ["light"],
    async show(page) {
      const path = `/api/v1/documents/${text}/text?start=0&end=200`;
      const stored = await (await fetch(`${library.address}${path}`)).json();
      const start = stored.text.indexOf("The lighthouse of Orvane was");
      const end = stored.text.indexOf(" It stands");
      await page.goto(`${library.address}/read/${text}?start=${start}&end=${end}`);
      await expect(page.getByTestId("mark").first()).toHaveText(/^The lighthouse.*in 1874\.$/);
    },
  },
  {
    name: "answer",
    looks: ["light", "dark", "phone"],
    async show(page) {
      await page.goto(`${library.address}${conversation}`);
      const citation = page.getByRole("button", { name: /^Source 1, / }).first();
      await expect(citation).toBeVisible();
      if ((page.viewportSize()?.width ?? 0) < 1000) return;
      await citation.click();
      await expect(page.getByTestId("mark").first()).toBeVisible();
    },
  },
  {
    name: "search",
    looks: ["light", "phone"],
    async show(page) {
      await page.goto(`${library.address}/search?q=lighthouse`);
      await page.getByRole("button", { name: "Why this result?" }).first().click();
      await expect(page.getByText(/by words\. Rare words/).first()).toBeVisible();
    },
  },
  {
    name: "administration",
    looks: ["light", "dark"],
    async show(page) {
      await page.goto(`${library.address}/admin`);
      await expect(page.getByText("Database")).toBeVisible();
    },
  },
  {
    name: "sign-in",
    looks: ["light", "phone"],
    async show(page) {
      await page.goto(`${closed.address}/sign-in`);
      await expect(page.getByLabel("E-mail address")).toBeVisible();
    },
  },
];

async function books(page: Page, path: string): Promise<void> {
  await page.goto(`${library.address}${path}`);
  await expect(page.getByText("The garden of Velm").first()).toBeVisible();
  // The PDF has a cover of its own.
  const drawn = () =>
    page
      .locator("main img")
      .evaluateAll(
        (all) =>
          all.filter((one) => one instanceof HTMLImageElement && one.naturalWidth > 0).length,
      );
  await expect.poll(drawn).toBeGreaterThan(0);
}

/** Waits until the page of paper has been painted: before that it has no canvas. */
async function painted(page: Page): Promise<void> {
  await expect(page.locator("main canvas").first()).toBeVisible({ timeout: 20_000 });
}

for (const look of LOOKS) {
  test(`the pages look as before, ${look.name}`, async ({ browser }) => {
    const { name, ...options } = look;
    const context = await still(browser, options);
    const page = await context.newPage();
    for (const picture of PICTURES.filter(({ looks }) => looks.includes(name))) {
      await picture.show(page);
      await page.waitForLoadState("networkidle");
      // Hints that follow the pointer and the focus are not part of the picture.
      await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
      await page.mouse.move(0, 0);
      await expect.soft(page).toHaveScreenshot(`${picture.name}-${name}.png`, COMPARED);
    }
    await context.close();
  });
}
