/** A long book is open at any of its pages at once. */
import type { BrowserContext } from "@playwright/test";
import { book, wordsOf } from "./book";
import { figure, median } from "./figures";
import { expect, Program, test } from "./program";

const PAGES = 1_000;
const WANTED = 700;
/** From the call of the address until the page can be read. */
const ASKED_MS = 1_500;
/** How far off it may be until the browser itself has drawn it, which is not reached on every machine yet. */
const OWN_PASSES_MS = 2_500;
const VISITS = 5;
const READING_MS_MAX = 120_000;

test("a book of a thousand pages opens at page 700", async ({ browser, page }) => {
  test.setTimeout(240_000);
  const program = await Program.start({ ALEXANDRIA_EMBEDDER: "off" });
  const file = await book(page, PAGES);
  const id = await program.add("ledger.pdf", file, "Library", undefined, READING_MS_MAX);
  const address = `${program.address}/read/${id}?page=${WANTED}`;
  const first: Times[] = [];
  for (let visit = 0; visit < VISITS; visit += 1) {
    const context = await browser.newContext();
    first.push(await opened(context, address));
    await context.close();
  }
  const again: Times[] = [];
  const context = await browser.newContext();
  for (let visit = 0; visit < VISITS; visit += 1) again.push(await opened(context, address));
  await context.close();
  await program.remove();
  const asked = { most: ASKED_MS };
  for (const [who, times] of [
    ["a browser that has nothing of ours", first],
    ["one that was here before", again],
  ] as const) {
    const what = `page ${WANTED} of ${PAGES.toLocaleString("en")}, by ${who}`;
    const middle = (which: keyof Times) => median(times.map((one) => one[which]));
    figure(`${what}: can be read`, middle("readable"), "ms", asked);
    const passes = { most: OWN_PASSES_MS };
    figure(`${what}: drawn by the browser itself`, middle("own"), "ms", asked, passes);
  }
});

/** Milliseconds after the address is called. */
interface Times {
  /** The page is drawn, by the server or the browser. */
  readonly readable: number;
  /** The browser has drawn it itself. */
  readonly own: number;
}

/** Opens the book at the page. */
async function opened(context: BrowserContext, address: string): Promise<Times> {
  const page = await context.newPage();
  const start = Date.now();
  await page.goto(address, { waitUntil: "commit" });
  const sheet = page.locator(`[data-page="${WANTED}"]`);
  await page.waitForFunction(isDrawn, WANTED, { polling: "raf" });
  const readable = Date.now() - start;
  await page.waitForSelector(`[data-page="${WANTED}"] canvas`);
  const own = Date.now() - start;
  await expect(sheet).toContainText(wordsOf(WANTED));
  await expect(sheet).toBeInViewport();
  // The server's picture makes room for what the browser draws.
  await expect(sheet.locator("img")).toHaveCount(0);
  await page.close();
  return { readable, own };
}

/** Whether a page is there to be read: drawn by the browser, or by the server until then. */
function isDrawn(wanted: number): boolean {
  const sheet = document.querySelector(`[data-page="${wanted}"]`);
  const picture = sheet?.querySelector("img");
  return Boolean(sheet?.querySelector("canvas") ?? (picture?.complete && picture.naturalWidth > 0));
}
