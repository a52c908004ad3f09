/** A long book is open at any of its pages at once. */
import type { BrowserContext } from "@playwright/test";
import { book, wordsOf } from "./book";
import { figure, median } from "./figures";
import { expect, Program, test } from "./program";

const PAGES = 1_000;
const WANTED = 700;
/** From the call of the address until the page is drawn, and what it may take where others work as well. */
const ASKED_MS = 1_500;
const PASSES_MS = 2_000;
const VISITS = 5;
const READING_MS_MAX = 120_000;

test("a book of a thousand pages opens at page 700", async ({ browser, page }) => {
  test.setTimeout(240_000);
  const program = await Program.start({ ALEXANDRIA_EMBEDDER: "off" });
  const file = await book(page, PAGES);
  const id = await program.add("ledger.pdf", file, "Library", undefined, READING_MS_MAX);
  const address = `${program.address}/read/${id}?page=${WANTED}`;
  const first: number[] = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const context = await browser.newContext();
    first.push(await opened(context, address));
    await context.close();
  }
  const again: number[] = [];
  const context = await browser.newContext();
  for (let visit = 0; visit < VISITS; visit += 1) again.push(await opened(context, address));
  await context.close();
  await program.remove();
  const what = "page 700 of 1,000 drawn after the address is called";
  const told = (by: string, times: readonly number[]) =>
    figure(`${what}, by ${by}`, median(times), "ms", { most: ASKED_MS }, { most: PASSES_MS });
  told("a browser that has nothing of ours", first);
  told("one that was here before", again);
});

/** Opens the book at the page; gives the milliseconds until it is drawn. */
async function opened(context: BrowserContext, address: string): Promise<number> {
  const page = await context.newPage();
  const start = Date.now();
  await page.goto(address, { waitUntil: "commit" });
  const sheet = page.locator(`[data-page="${WANTED}"]`);
  await page.waitForFunction(isDrawn, WANTED, { polling: "raf" });
  const took = Date.now() - start;
  await expect(sheet).toContainText(wordsOf(WANTED));
  await expect(sheet).toBeInViewport();
  // The server's picture makes room for what the browser draws.
  await sheet.locator("canvas").waitFor();
  await expect(sheet.locator("img")).toHaveCount(0);
  await page.close();
  return took;
}

/** Whether a page is there to be read: drawn by the browser, or by the server until then. */
function isDrawn(wanted: number): boolean {
  const sheet = document.querySelector(`[data-page="${wanted}"]`);
  const picture = sheet?.querySelector("img");
  return Boolean(sheet?.querySelector("canvas") ?? (picture?.complete && picture.naturalWidth > 0));
}
